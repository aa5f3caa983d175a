//! The engine's client, behind the `Client` that JavaScript programs see.

use crate::answer::{Answer, Last};
use crate::failure::Failure;
use crate::options::{Given, laid_over};
use crate::pending::Pending;
use crate::stats::Stats;
use napi::bindgen_prelude::{Either, Function, retain_current_module_for_unload_safety};
use napi_derive::napi;
use xilnex_auth::{Call, Config, Error};

/// A client of the engine. It lives in a private field, so nothing can take it out of a JavaScript object.
#[napi]
pub struct Client {
    client: xilnex_auth::Client,
    last: Last,
}

/// A client for these options over those of the environment, or why there is none. The environment is what `look_up` finds,
/// or else that of the process.
#[napi(catch_unwind)]
#[allow(clippy::needless_pass_by_value, reason = "napi has no borrowed lists")]
pub fn open(options: Vec<Given>, look_up: Option<LookUp<'_>>) -> Either<Client, Failure> {
    made(configured(&options, look_up).and_then(xilnex_auth::Client::new))
}

/// What finds a variable, and takes nothing for one that is not set.
pub type LookUp<'a> = Function<'a, String, Option<String>>;

/// The options over those of the environment.
pub fn configured(options: &[Given], look_up: Option<LookUp<'_>>) -> Result<Config, Error> {
    let environment = match look_up {
        Some(look_up) => Config::from_lookup(|name| Some(look_up.call(name.to_owned()).ok()??.into())),
        None => Config::from_env(),
    };
    laid_over(environment?, options)
}

/// What JavaScript gets of the attempt.
pub fn made(client: Result<xilnex_auth::Client, Error>) -> Either<Client, Failure> {
    match client {
        Ok(client) => {
            // A flight may outlast the worker that asked for it, and with the last of them Node unloads what they used.
            retain_current_module_for_unload_safety();
            Either::A(Client { client, last: Last::default() })
        }
        Err(error) => Either::B(Failure::from(&error)),
    }
}

#[napi]
impl Client {
    /// A token, an error or a pending request; null if the token that was given last still stands.
    #[napi(catch_unwind)]
    pub fn request(&self, min_ttl: f64, timeout: Option<f64>) -> Option<Either<Answer, Pending>> {
        let call = Call::from_seconds(min_ttl, timeout);
        match call.and_then(|call| self.client.request(&call)) {
            Ok(xilnex_auth::Answer::Ready(token)) if self.last.is(&token) => None,
            Ok(xilnex_auth::Answer::Ready(token)) => Some(Either::A(self.last.give(Ok(token)))),
            Ok(xilnex_auth::Answer::Pending(pending)) => {
                Some(Either::B(Pending::new(pending, self.last.clone())))
            }
            Err(error) => Some(Either::A(self.last.give(Err(error)))),
        }
    }

    /// Milliseconds for which the token that was given last may be handed out again without asking here.
    #[napi(catch_unwind)]
    pub fn lease(&self) -> f64 {
        self.last.token().map_or(0.0, |token| self.client.lease(&token).as_secs_f64() * 1000.0)
    }

    /// Counts the calls that the lease has answered.
    #[napi(catch_unwind)]
    pub fn served_by_lease(&self, count: f64) {
        if let Some(token) = self.last.token() {
            self.client.served_by_lease(&token, count as u64);
        }
    }

    /// Drops a token that a resource server refused. True when it was dropped, at most once in 30 s.
    #[napi(catch_unwind)]
    #[allow(clippy::needless_pass_by_value, reason = "napi has no borrowed text")]
    pub fn invalidate(&self, token: String) -> bool {
        self.client.invalidate(&token)
    }

    /// What all clients of this configuration have done in this process.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> Stats {
        Stats::from(self.client.stats())
    }

    /// Ends this client; others of equal configuration go on.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.client.close();
        self.last.forget();
    }

    /// The client identifier.
    #[napi(catch_unwind)]
    pub fn client_id(&self) -> &str {
        self.client.client_id()
    }

    /// The base address of the authorization server.
    #[napi(catch_unwind)]
    pub fn base_url(&self) -> &str {
        self.client.base_url()
    }

    /// The scope that is asked for.
    #[napi(catch_unwind)]
    pub fn scope(&self) -> Option<&str> {
        self.client.scope()
    }
}
