//! How a request reaches the server: the trait, and the answer as it came.

pub mod trace;
mod names;
mod judging;
mod judges;
mod trust;
mod resolve;
mod connecting;
mod noticing;
mod stage;
mod tls;
mod framing;
mod watched;
mod http1;

#[cfg(fuzzing)]
pub use framing::{End, Framing};
pub use http1::UreqTransport;

use crate::error::Error;
use crate::request::HttpRequest;
use std::time::Duration;
use zeroize::Zeroizing;

/// The largest body that is read.
pub const MAX_BODY: u64 = 64 * 1024;

/// An answer. The body holds a token, so there is no `Debug`.
#[derive(Clone, Default)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// The `Retry-After` header.
    pub retry_after: Option<String>,
    /// The `Date` header.
    pub date: Option<String>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The `Content-Encoding` header, several joined by commas.
    pub content_encoding: Option<String>,
    /// The body, at most [`MAX_BODY`] bytes; overwritten when dropped.
    pub body: Zeroizing<Vec<u8>>,
    /// Why the body is not there, where reading it failed; status and header may tell enough.
    pub broken: Option<Error>,
}

/// Sends one request and gives its answer. Follows no redirect, keeps no connection and no cookie.
pub trait Transport: Send + Sync {
    /// # Errors
    /// `dns`, `connect`, `proxy` or `tls` where the network failed, `timeout` when `timeout` passed,
    /// `unavailable` for a torn answer, `bad_response` for one that is not HTTP or too large.
    fn send(&self, request: &HttpRequest, timeout: Duration) -> Result<HttpResponse, Error>;
}
