//! A token with what is known of it.

use crate::guard;
use crate::pointers::free;
use std::ffi::{CString, c_char};
use std::ptr::null;
use std::time::UNIX_EPOCH;
use xilnex_auth::AccessToken;
use xilnex_auth::sealed::Sealed;
use zeroize::Zeroizing;

/// An access token; immutable. Freed with xilnex_auth_token_free, which overwrites it.
pub struct xilnex_auth_token {
    /// Each with a NUL at its end.
    value: Sealed,
    header: Sealed,
    token_type: CString,
    scope: Option<CString>,
    expires_at: i64,
}

fn terminated(text: &str) -> Sealed {
    Sealed::new(&Zeroizing::new(format!("{text}\0")))
}

impl From<&AccessToken> for xilnex_auth_token {
    fn from(token: &AccessToken) -> xilnex_auth_token {
        let expires_at = token.expires_at().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        xilnex_auth_token {
            value: terminated(token.value()),
            header: terminated(&Zeroizing::new(token.authorization_header())),
            token_type: CString::new(token.token_type()).unwrap_or_default(),
            // A scope with a NUL in it is shown up to there, as C would.
            scope: token
                .scope()
                .map(|scope| CString::new(scope.split('\0').next().unwrap_or("")).unwrap_or_default()),
            expires_at: i64::try_from(expires_at).unwrap_or(i64::MAX),
        }
    }
}

/// # Safety
/// As [`crate::pointers::handle`].
unsafe fn read<T>(
    token: *const xilnex_auth_token,
    fallback: T,
    get: impl FnOnce(&xilnex_auth_token) -> T,
) -> T {
    // SAFETY: the caller's promise.
    match unsafe { token.as_ref() } {
        Some(token) => get(token),
        None => fallback,
    }
}

/// The token text. Lives as long as the token; NULL for NULL. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_token_value(token: *const xilnex_auth_token) -> *const c_char {
    // SAFETY: the caller gives NULL or a live token.
    guard::value(null(), || unsafe { read(token, null(), |t| t.value.text().as_ptr().cast()) })
}

/// How the token is used: "Bearer". Lives as long as the token; NULL for NULL. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_token_type(token: *const xilnex_auth_token) -> *const c_char {
    // SAFETY: the caller gives NULL or a live token.
    guard::value(null(), || unsafe { read(token, null(), |t| t.token_type.as_ptr()) })
}

/// The granted scope, separated by spaces. Lives as long as the token; NULL where none is known. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_token_scope(token: *const xilnex_auth_token) -> *const c_char {
    // SAFETY: the caller gives NULL or a live token.
    guard::value(null(), || unsafe {
        read(token, null(), |t| t.scope.as_ref().map_or(null(), |scope| scope.as_ptr()))
    })
}

/// When the token expires, in seconds since 1970-01-01 UTC; 0 for NULL. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_token_expires_at(token: *const xilnex_auth_token) -> i64 {
    // SAFETY: the caller gives NULL or a live token.
    guard::value(0, || unsafe { read(token, 0, |t| t.expires_at) })
}

/// The value of an Authorization header: "Bearer ", then the token. Lives as long as the token; NULL for NULL.
/// Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_token_authorization_header(
    token: *const xilnex_auth_token,
) -> *const c_char {
    // SAFETY: the caller gives NULL or a live token.
    guard::value(null(), || unsafe { read(token, null(), |t| t.header.text().as_ptr().cast()) })
}

/// Overwrites and frees a token; NULL is fine. Its texts are gone then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_token_free(token: *mut xilnex_auth_token) {
    // SAFETY: the caller gives NULL or a token that it does not use again.
    guard::value((), || unsafe { free(token) });
}
