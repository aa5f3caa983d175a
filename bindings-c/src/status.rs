//! The status numbers, and the error object that goes with one.

use crate::handles::{Object, Type, make, table};
use crate::pointers::put;
use std::ffi::CString;
use std::ptr::null_mut;
use xilnex_auth::Error;
use xilnex_auth_handles::Table;

/// 0 for success, else the number of the error's kind. Numbers never change their meaning; new ones may come.
pub type xilnex_auth_status = i32;

/// Not yet: only xilnex_auth_try_get_token and xilnex_auth_try_access_token give it, without an error object. It is no kind
/// of error, whose numbers are all positive.
pub const XILNEX_AUTH_PENDING: xilnex_auth_status = -1;
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
    pub(crate) error: Error,
    pub(crate) message: CString,
    pub(crate) hint: Option<CString>,
    pub(crate) oauth_error: Option<CString>,
}

impl Object for xilnex_auth_error {
    type Beside = ();

    fn table() -> &'static Table<Self> {
        static ERRORS: Table<xilnex_auth_error> = table(Type::Error);
        &ERRORS
    }
}

impl From<Error> for xilnex_auth_error {
    fn from(error: Error) -> xilnex_auth_error {
        xilnex_auth_error {
            message: text(error.message()),
            hint: error.hint().map(text),
            oauth_error: error.oauth_error().map(text),
            error,
        }
    }
}

/// # Safety
/// `target` is NULL or writable.
pub(crate) unsafe fn give(error: Error, target: *mut *mut xilnex_auth_error) -> xilnex_auth_status {
    let status = xilnex_auth_status::from(error.kind().number());
    if !target.is_null() {
        // Where there is no room for the error, NULL stands for it: every function takes that.
        let handle = make(xilnex_auth_error::from(error)).unwrap_or(null_mut());
        // SAFETY: the caller's promise.
        unsafe { put(target, handle) };
    }
    status
}

pub(crate) fn text(told: &str) -> CString {
    CString::new(told.replace('\0', "")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use xilnex_auth::Kind;

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
        assert!(core.iter().all(|(number, _)| *number > XILNEX_AUTH_OK), "and none is XILNEX_AUTH_PENDING");
    }
}
