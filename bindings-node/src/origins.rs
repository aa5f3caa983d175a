//! Where a token may be sent, for authFetch and the interceptors.

use crate::failure::Failure;
use napi::bindgen_prelude::Either;
use napi_derive::napi;

/// The origins that a token may be sent to; where none is listed, the first one that is asked about.
#[napi]
pub struct Origins(xilnex_auth::Origins);

/// These origins, or what is wrong with them.
#[napi(catch_unwind)]
#[allow(clippy::needless_pass_by_value, reason = "napi has no borrowed lists")]
pub fn origins(listed: Vec<String>) -> Either<Origins, Failure> {
    match xilnex_auth::Origins::new(listed.iter().map(String::as_str)) {
        Ok(origins) => Either::A(Origins(origins)),
        Err(error) => Either::B(Failure::from(&error)),
    }
}

#[napi]
impl Origins {
    /// Whether a request to this origin may carry a token.
    #[napi(catch_unwind)]
    #[allow(clippy::needless_pass_by_value, reason = "napi has no borrowed text")]
    pub fn admit(&self, origin: String) -> bool {
        self.0.admit(&origin)
    }
}
