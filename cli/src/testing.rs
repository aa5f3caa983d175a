//! The sandbox as the test modules of the bindings offer it: one time for server and clients, which tests put forward.

use std::sync::Arc;
use std::time::Duration;
use xilnex_auth::ahead::AheadClock;
use xilnex_auth::{Client, Config, Error, Kind};
use xilnex_auth_sandbox::{Options, RecordedRequest, Sandbox};

/// A running sandbox and the clock of its clients. Thread-safe; it ends when it is dropped.
pub struct TestSandbox {
    sandbox: Sandbox,
    clock: Arc<AheadClock>,
}

impl TestSandbox {
    /// Starts a sandbox with options in JSON, as [`Options::from_json`] reads them.
    ///
    /// # Errors
    /// `invalid_config` naming the option; `connect` where the port cannot be had.
    pub fn start(options: &str) -> Result<TestSandbox, Error> {
        let sandbox = listening(Options::from_json(options).map_err(Error::invalid_config)?)?;
        Ok(TestSandbox { sandbox, clock: Arc::default() })
    }

    /// The options of its first client, below those that are laid over them; the environment is not looked at.
    ///
    /// # Errors
    /// `invalid_config`, if the sandbox was given what no client may have.
    pub fn config(&self) -> Result<Config, Error> {
        let variables = self.environment();
        let value =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
        Config::from_lookup(value)
    }

    /// A client that shares no token with others and goes by the time of the sandbox.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn client(&self, config: Config) -> Result<Client, Error> {
        Client::with_clock(config, self.clock.clone())
    }

    /// Puts the time of the sandbox and of its clients forward by so many seconds.
    ///
    /// # Errors
    /// `invalid_config` for a number that is negative or none.
    pub fn advance(&self, seconds: f64) -> Result<(), Error> {
        let length = forward(seconds)?;
        self.sandbox.advance(length);
        self.clock.advance(length);
        Ok(())
    }

    /// Makes resource servers refuse every token that was issued before.
    pub fn revoke_tokens(&self) {
        self.sandbox.revoke_tokens();
    }

    /// The environment variables that configure a program for it.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        self.sandbox.environment()
    }

    /// How many requests reached the token endpoint.
    pub fn token_requests(&self) -> u64 {
        self.sandbox.token_requests()
    }

    /// The latest requests in order, at most a thousand.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.sandbox.requests()
    }
}

/// So many seconds as a length that time can be put forward by.
///
/// # Errors
/// `invalid_config` for a number that is negative or none.
pub fn forward(seconds: f64) -> Result<Duration, Error> {
    Duration::try_from_secs_f64(seconds).map_err(|_| {
        Error::invalid_config("time goes forward only: advance takes seconds such as 3600 or 0.5")
    })
}

/// A sandbox with these options.
///
/// # Errors
/// `connect` where the port cannot be had.
pub(crate) fn listening(options: Options) -> Result<Sandbox, Error> {
    Sandbox::start(options)
        .map_err(|problem| Error::new(Kind::Connect, format!("the sandbox cannot listen: {problem}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_put_forward_ends_a_token_for_server_and_client_alike() {
        let sandbox = TestSandbox::start(r#"{"ttl": 600}"#).unwrap();
        let client = sandbox.client(sandbox.config().unwrap()).unwrap();
        let first = client.get_token().unwrap();
        assert_eq!(client.get_token().unwrap(), first);
        sandbox.advance(600.0).unwrap();
        assert_ne!(client.get_token().unwrap(), first);
        assert_eq!(sandbox.token_requests(), 2);
    }

    #[test]
    fn mistakes_are_named() {
        let told = TestSandbox::start(r#"{"tll": 600}"#).err().unwrap();
        assert!(told.message().contains("tll"), "{told}");
        let sandbox = TestSandbox::start("{}").unwrap();
        for seconds in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(sandbox.advance(seconds).unwrap_err().kind(), Kind::InvalidConfig);
        }
    }
}
