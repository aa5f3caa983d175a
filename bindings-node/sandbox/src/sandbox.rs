//! The sandbox in the process, behind `xilnex-auth/testing`.

use crate::failure::Failure;
use napi::bindgen_prelude::{Buffer, Either, retain_current_module_for_unload_safety};
use napi_derive::napi;
use xilnex_auth::Error;
use xilnex_auth_cli::testing::TestSandbox;

/// A running authorization server for tests; once it was stopped it has nothing to tell.
#[napi]
pub struct Sandbox(Option<TestSandbox>);

/// A name and its value.
#[napi(object, object_from_js = false)]
pub struct Pair {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// A request as it was received.
#[napi(object, object_from_js = false)]
pub struct Recorded {
    /// The method.
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// The headers in order.
    pub headers: Vec<Pair>,
    /// The body.
    pub body: Buffer,
}

/// Starts a sandbox with options as JSON, or tells why not.
#[napi(catch_unwind)]
#[allow(clippy::needless_pass_by_value, reason = "napi has no borrowed text")]
pub fn start_sandbox(options: String) -> Either<Sandbox, Failure> {
    match TestSandbox::start(&options) {
        Ok(sandbox) => {
            // Its threads end after the worker that started it, as in the addon of the engine.
            retain_current_module_for_unload_safety();
            Either::A(Sandbox(Some(sandbox)))
        }
        Err(error) => Either::B(Failure::from(&error)),
    }
}

#[napi]
impl Sandbox {
    /// Why there can be no client of it, if it was stopped.
    #[napi(catch_unwind)]
    pub fn stopped(&self) -> Option<Failure> {
        self.running().err().map(|error| Failure::from(&error))
    }

    /// The variables that configure a program for it.
    #[napi(catch_unwind)]
    pub fn environment(&self) -> Vec<Pair> {
        let variables = self.0.as_ref().map(TestSandbox::environment).unwrap_or_default().into_iter();
        variables.map(|(name, value)| Pair { name: name.to_owned(), value }).collect()
    }

    /// How many requests reached the token endpoint.
    #[napi(catch_unwind)]
    #[allow(clippy::cast_precision_loss, reason = "nobody waits for 2^53 requests")]
    pub fn token_requests(&self) -> f64 {
        self.0.as_ref().map_or(0, TestSandbox::token_requests) as f64
    }

    /// The latest requests, at most a thousand.
    #[napi(catch_unwind)]
    pub fn requests(&self) -> Vec<Recorded> {
        let requests = self.0.as_ref().map(TestSandbox::requests).unwrap_or_default().into_iter();
        requests
            .map(|one| Recorded {
                method: one.method,
                path: one.path,
                headers: one.headers.into_iter().map(|(name, value)| Pair { name, value }).collect(),
                body: one.body.into(),
            })
            .collect()
    }

    /// Puts its time forward, not that of its clients; what is wrong with the number, if anything is.
    #[napi(catch_unwind)]
    pub fn advance(&self, seconds: f64) -> Option<Failure> {
        let done = self.running().and_then(|sandbox| sandbox.advance(seconds));
        done.err().map(|error| Failure::from(&error))
    }

    /// Makes its resource refuse every token that was issued before.
    #[napi(catch_unwind)]
    pub fn revoke_tokens(&self) {
        if let Some(sandbox) = &self.0 {
            sandbox.revoke_tokens();
        }
    }

    /// Ends it, once or more often.
    #[napi(catch_unwind)]
    pub fn stop(&mut self) {
        self.0 = None;
    }

    fn running(&self) -> Result<&TestSandbox, Error> {
        self.0.as_ref().ok_or_else(|| Error::invalid_config("the sandbox was stopped"))
    }
}
