//! An error as plain data for JavaScript, the same from both addons.

use crate::spelling;
use napi_derive::napi;
use std::time::Duration;
use xilnex_auth::Error;

/// An error, on its way to become one that can be thrown.
#[napi(object, object_from_js = false)]
pub struct Failure {
    /// The id of its kind.
    pub code: &'static str,
    /// What happened.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// The error code of the authorization server.
    pub oauth_error: Option<String>,
    /// The status of the HTTP answer.
    pub http_status: Option<u32>,
    /// Seconds to wait before the next call.
    pub retry_after: Option<f64>,
    /// How many requests were sent.
    pub attempts: u32,
    /// Whether the same call may succeed later.
    pub is_retryable: bool,
    /// Whether it is the failure of an earlier request, given again.
    pub is_repeated: bool,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Failure {
        Failure {
            code: error.kind().id(),
            message: spelling::message(error),
            hint: error.hint().map(spelling::in_camel_case),
            oauth_error: error.oauth_error().map(str::to_owned),
            http_status: error.http_status().map(u32::from),
            retry_after: error.retry_after().as_ref().map(Duration::as_secs_f64),
            attempts: error.attempts(),
            is_retryable: error.is_retryable(),
            is_repeated: error.is_repeated(),
        }
    }
}
