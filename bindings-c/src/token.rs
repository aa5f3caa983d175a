//! A token with what is known of it.

use crate::guard;
use crate::handles::{Object, Type, free, read, table};
use crate::pointers::optional;
use std::ffi::{CString, c_char};
use std::ptr::null;
use std::time::UNIX_EPOCH;
use xilnex_auth::AccessToken;
use xilnex_auth::sealed::Sealed;
use xilnex_auth_handles::Table;
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

impl Object for xilnex_auth_token {
    type Beside = ();

    fn table() -> &'static Table<Self> {
        static TOKENS: Table<xilnex_auth_token> = table(Type::Token);
        &TOKENS
    }
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

/// The token text. Lives as long as the token; NULL for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_token_value(token: *const xilnex_auth_token) -> *const c_char {
    guard::value(null(), || read(token, |t| t.value.text().as_ptr().cast()))
}

/// How the token is used: "Bearer". Lives as long as the token; NULL for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_token_type(token: *const xilnex_auth_token) -> *const c_char {
    guard::value(null(), || read(token, |t| t.token_type.as_ptr()))
}

/// The granted scope, separated by spaces. Lives as long as the token; NULL where none is known, and
/// for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_token_scope(token: *const xilnex_auth_token) -> *const c_char {
    guard::value(null(), || read(token, |t| optional(t.scope.as_ref())))
}

/// When the token expires, in seconds since 1970-01-01 UTC; 0 for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_token_expires_at(token: *const xilnex_auth_token) -> i64 {
    guard::value(0, || read(token, |t| t.expires_at))
}

/// The value of an Authorization header: "Bearer ", then the token. Lives as long as the token; NULL for a dead
/// handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_token_authorization_header(token: *const xilnex_auth_token) -> *const c_char {
    guard::value(null(), || read(token, |t| t.header.text().as_ptr().cast()))
}

/// Overwrites and frees a token, and with it its texts; a dead handle is fine. While another thread is in a call with
/// it, that happens when the call returns. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_token_free(token: *mut xilnex_auth_token) {
    guard::value((), || free(token));
}
