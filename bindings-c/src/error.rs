//! What an error object tells.

use crate::guard;
use crate::handles::{free, make, read};
use crate::pointers::optional;
use crate::status::{XILNEX_AUTH_OK, XILNEX_AUTH_PENDING, text, xilnex_auth_error, xilnex_auth_status};
use once_cell::race::OnceBox;
use std::ffi::{CString, c_char, c_int};
use std::ptr::{null, null_mut};
use xilnex_auth::Kind;

fn id_of(status: xilnex_auth_status) -> *const c_char {
    // Without a lock that a fork might find taken.
    static IDS: OnceBox<Vec<(xilnex_auth_status, CString)>> = OnceBox::new();
    let ids = IDS.get_or_init(|| {
        let kinds = Kind::all().map(|kind| (xilnex_auth_status::from(kind.number()), text(kind.id())));
        Box::new(
            kinds.chain([(XILNEX_AUTH_OK, text("ok")), (XILNEX_AUTH_PENDING, text("pending"))]).collect(),
        )
    });
    ids.iter().find(|(number, _)| *number == status).map_or(c"unknown".as_ptr(), |(_, id)| id.as_ptr())
}

/// The id of a status, such as "rejected", the same in every language; "ok" for success, "pending" for XILNEX_AUTH_PENDING,
/// "unknown" for a number that this version does not have. Static; never NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_status_id(status: xilnex_auth_status) -> *const c_char {
    guard::value(null(), || Some(id_of(status)))
}

/// The status that the call returned; 0 for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_error_status(error: *const xilnex_auth_error) -> xilnex_auth_status {
    guard::value(0, || read(error, |e| e.error.kind().number().into()))
}

/// The id of the kind, such as "rejected"; "ok" for a dead handle. Static; never NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_error_id(error: *const xilnex_auth_error) -> *const c_char {
    let status = |e: &xilnex_auth_error| e.error.kind().number().into();
    guard::value(null(), || Some(id_of(read(error, status).unwrap_or(XILNEX_AUTH_OK))))
}

/// What happened, for a person. Lives as long as the error; empty for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_error_message(error: *const xilnex_auth_error) -> *const c_char {
    guard::value(c"".as_ptr(), || read(error, |e| e.message.as_ptr()))
}

/// What to look at or to do. Lives as long as the error; NULL where there is no hint, and for
/// a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_error_hint(error: *const xilnex_auth_error) -> *const c_char {
    guard::value(null(), || read(error, |e| optional(e.hint.as_ref())))
}

/// The error code of RFC 6749 section 5.2, such as "invalid_client". Lives as long as the error; NULL where the
/// server gave none, and for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_error_oauth_error(error: *const xilnex_auth_error) -> *const c_char {
    guard::value(null(), || read(error, |e| optional(e.oauth_error.as_ref())))
}

/// The status of the HTTP answer; 0 where there was none, and for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_error_http_status(error: *const xilnex_auth_error) -> c_int {
    guard::value(0, || read(error, |e| e.error.http_status().unwrap_or(0).into()))
}

/// Seconds to wait before the next call: what the server asked for, at most 300; of a failure that is told again, how long
/// this library will send no request. Negative where there is nothing to wait for, and for a
/// dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_error_retry_after(error: *const xilnex_auth_error) -> f64 {
    guard::value(-1.0, || read(error, |e| e.error.retry_after().map_or(-1.0, |wait| wait.as_secs_f64())))
}

/// How many times the library asked for a token before it gave up, whether the request arrived or not; 0 for
/// a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_error_attempts(error: *const xilnex_auth_error) -> c_int {
    guard::value(0, || read(error, |e| c_int::try_from(e.error.attempts()).unwrap_or(c_int::MAX)))
}

/// 1 if the same call may succeed later without a change by the caller; else 0, also for a dead handle.
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_error_is_retryable(error: *const xilnex_auth_error) -> c_int {
    guard::value(0, || read(error, |e| e.error.is_retryable().into()))
}

/// 1 if this is the failure of an earlier request, given again in the pause after it, so that no request was sent for
/// this call; else 0, also for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_error_is_repeated(error: *const xilnex_auth_error) -> c_int {
    guard::value(0, || read(error, |e| e.error.is_repeated().into()))
}

/// A copy, for an error that lives too short, such as that of an event. The caller frees it; NULL for a dead
/// handle, and where there is no room for it. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_error_copy(error: *const xilnex_auth_error) -> *mut xilnex_auth_error {
    guard::value(null_mut(), || {
        read(error, |e| make(xilnex_auth_error::from(e.error.clone())).ok()).flatten()
    })
}

/// Frees an error, and with it its texts; a dead handle is fine. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_error_free(error: *mut xilnex_auth_error) {
    guard::value((), || free(error));
}
