//! A time that tests put forward, and the clients that go by it.

use crate::client::{Client, LookUp, configured, made};
use crate::failure::Failure;
use crate::options::Given;
use napi::bindgen_prelude::Either;
use napi_derive::napi;
use std::sync::Arc;
use xilnex_auth::ahead::AheadClock;
use xilnex_auth_cli::testing::forward;

/// The time of a sandbox, which is in the other addon and has the same.
#[napi]
#[derive(Default)]
pub struct Time(Arc<AheadClock>);

#[napi]
impl Time {
    /// That of this machine, until it is put forward.
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Time {
        Time::default()
    }

    /// As `open`, a client that goes by this time and shares no token with others.
    #[napi(catch_unwind)]
    #[allow(clippy::needless_pass_by_value, reason = "napi has no borrowed lists")]
    pub fn open(&self, options: Vec<Given>, look_up: LookUp<'_>) -> Either<Client, Failure> {
        let config = configured(&options, Some(look_up));
        made(config.and_then(|config| xilnex_auth::Client::with_clock(config, self.0.clone())))
    }

    /// Puts it forward; what is wrong with the number, if anything is.
    #[napi(catch_unwind)]
    pub fn advance(&self, seconds: f64) -> Option<Failure> {
        let done = forward(seconds).map(|length| self.0.advance(length));
        done.err().map(|error| Failure::from(&error))
    }
}
