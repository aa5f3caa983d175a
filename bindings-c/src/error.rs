//! Errors, and the status that every function that can fail returns.

use crate::guard;
use crate::pointers::{free, into_handle, put};
use once_cell::sync::Lazy;
use std::ffi::{CString, c_char, c_int};
use std::ptr::null;
use xilnex_auth::{Error, Kind};

/// 0 for success, else the number of the error's kind. Numbers never change their meaning; new ones may come.
pub type xilnex_auth_status = i32;

/// Success.
pub const XILNEX_AUTH_OK: xilnex_auth_status = 0;
/// The caller's mistake: a wrong or missing option or argument, or a buffer that is too small.
pub const XILNEX_AUTH_INVALID_CONFIG: xilnex_auth_status = 1;
/// The host name could not be resolved.
pub const XILNEX_AUTH_DNS: xilnex_auth_status = 2;
/// No connection could be opened.
pub const XILNEX_AUTH_CONNECT: xilnex_auth_status = 3;
/// The proxy did not open a tunnel.
pub const XILNEX_AUTH_PROXY: xilnex_auth_status = 4;
/// No trusted TLS connection could be made; nothing secret was sent.
pub const XILNEX_AUTH_TLS: xilnex_auth_status = 5;
/// The deadline passed.
pub const XILNEX_AUTH_TIMEOUT: xilnex_auth_status = 6;
/// The authorization server cannot answer now.
pub const XILNEX_AUTH_UNAVAILABLE: xilnex_auth_status = 7;
/// The authorization server refused the request (RFC 6749 section 5.2).
pub const XILNEX_AUTH_REJECTED: xilnex_auth_status = 8;
/// The answer is not a token response.
pub const XILNEX_AUTH_BAD_RESPONSE: xilnex_auth_status = 9;
/// The client is closed.
pub const XILNEX_AUTH_CLOSED: xilnex_auth_status = 10;
/// A bug in this library.
pub const XILNEX_AUTH_INTERNAL: xilnex_auth_status = 11;

/// Why a call failed. Holds no secret and no token. Freed with xilnex_auth_error_free.
pub struct xilnex_auth_error {
    error: Error,
    message: CString,
    hint: Option<CString>,
    oauth_error: Option<CString>,
}

/// # Safety
/// `target` is NULL or writable.
pub(crate) unsafe fn give(error: Error, target: *mut *mut xilnex_auth_error) -> xilnex_auth_status {
    let status = xilnex_auth_status::from(error.kind().number());
    if !target.is_null() {
        let handle = into_handle(xilnex_auth_error {
            message: text(error.message()),
            hint: error.hint().map(text),
            oauth_error: error.oauth_error().map(text),
            error,
        });
        // SAFETY: the caller's promise.
        unsafe { put(target, handle) };
    }
    status
}

fn text(told: &str) -> CString {
    CString::new(told.replace('\0', "")).unwrap_or_default()
}

/// # Safety
/// As [`crate::pointers::handle`].
unsafe fn read<T>(
    error: *const xilnex_auth_error,
    fallback: T,
    get: impl FnOnce(&xilnex_auth_error) -> T,
) -> T {
    // SAFETY: the caller's promise.
    match unsafe { error.as_ref() } {
        Some(error) => get(error),
        None => fallback,
    }
}

fn id_of(status: xilnex_auth_status) -> *const c_char {
    static IDS: Lazy<Vec<(xilnex_auth_status, CString)>> = Lazy::new(|| {
        let kinds = Kind::all().map(|kind| (xilnex_auth_status::from(kind.number()), text(kind.id())));
        kinds.chain([(XILNEX_AUTH_OK, text("ok"))]).collect()
    });
    IDS.iter().find(|(number, _)| *number == status).map_or(c"unknown".as_ptr(), |(_, id)| id.as_ptr())
}

/// The id of a status, such as "rejected", the same in every language; "ok" for success, "unknown" for a number
/// that this version does not have. Static; never NULL. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_status_id(status: xilnex_auth_status) -> *const c_char {
    guard::value(null(), || id_of(status))
}

/// The status that the call returned; 0 for NULL. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_error_status(error: *const xilnex_auth_error) -> xilnex_auth_status {
    // SAFETY: the caller gives NULL or a live error.
    guard::value(0, || unsafe { read(error, 0, |e| e.error.kind().number().into()) })
}

/// The id of the kind, such as "rejected". Static; never NULL. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_error_id(error: *const xilnex_auth_error) -> *const c_char {
    // SAFETY: the caller gives NULL or a live error.
    guard::value(null(), || id_of(unsafe { read(error, 0, |e| e.error.kind().number().into()) }))
}

/// What happened, for a person. Lives as long as the error; empty for NULL. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_error_message(error: *const xilnex_auth_error) -> *const c_char {
    // SAFETY: the caller gives NULL or a live error.
    guard::value(null(), || unsafe { read(error, c"".as_ptr(), |e| e.message.as_ptr()) })
}

/// What to look at or to do. Lives as long as the error; NULL where there is no hint. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_error_hint(error: *const xilnex_auth_error) -> *const c_char {
    // SAFETY: the caller gives NULL or a live error.
    guard::value(null(), || unsafe {
        read(error, null(), |e| e.hint.as_ref().map_or(null(), |t| t.as_ptr()))
    })
}

/// The error code of RFC 6749 section 5.2, such as "invalid_client". Lives as long as the error; NULL where the
/// server gave none. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_error_oauth_error(error: *const xilnex_auth_error) -> *const c_char {
    // SAFETY: the caller gives NULL or a live error.
    guard::value(null(), || unsafe {
        read(error, null(), |e| e.oauth_error.as_ref().map_or(null(), |t| t.as_ptr()))
    })
}

/// The status of the HTTP answer; 0 where there was none. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_error_http_status(error: *const xilnex_auth_error) -> c_int {
    // SAFETY: the caller gives NULL or a live error.
    guard::value(0, || unsafe { read(error, 0, |e| e.error.http_status().unwrap_or(0).into()) })
}

/// Seconds that the server asks to wait before the next request; negative where it asks for none. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_error_retry_after(error: *const xilnex_auth_error) -> f64 {
    // SAFETY: the caller gives NULL or a live error.
    guard::value(-1.0, || unsafe {
        read(error, -1.0, |e| e.error.retry_after().map_or(-1.0, |wait| wait.as_secs_f64()))
    })
}

/// How many token requests were sent before the library gave up. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_error_attempts(error: *const xilnex_auth_error) -> c_int {
    // SAFETY: the caller gives NULL or a live error.
    guard::value(0, || unsafe {
        read(error, 0, |e| c_int::try_from(e.error.attempts()).unwrap_or(c_int::MAX))
    })
}

/// 1 if the same call may succeed later without a change by the caller, else 0. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_error_is_retryable(error: *const xilnex_auth_error) -> c_int {
    // SAFETY: the caller gives NULL or a live error.
    guard::value(0, || unsafe { read(error, 0, |e| e.error.is_retryable().into()) })
}

/// Frees an error; NULL is fine. Its texts are gone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_error_free(error: *mut xilnex_auth_error) {
    // SAFETY: the caller gives NULL or an error that it does not use again.
    guard::value((), || unsafe { free(error) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statuses_are_the_numbers_of_the_kinds() {
        let header = [
            (XILNEX_AUTH_INVALID_CONFIG, "invalid_config"),
            (XILNEX_AUTH_DNS, "dns"),
            (XILNEX_AUTH_CONNECT, "connect"),
            (XILNEX_AUTH_PROXY, "proxy"),
            (XILNEX_AUTH_TLS, "tls"),
            (XILNEX_AUTH_TIMEOUT, "timeout"),
            (XILNEX_AUTH_UNAVAILABLE, "unavailable"),
            (XILNEX_AUTH_REJECTED, "rejected"),
            (XILNEX_AUTH_BAD_RESPONSE, "bad_response"),
            (XILNEX_AUTH_CLOSED, "closed"),
            (XILNEX_AUTH_INTERNAL, "internal"),
        ];
        let core: Vec<_> = Kind::all().map(|kind| (i32::from(kind.number()), kind.id())).collect();
        assert_eq!(core, header);
    }
}
