//! One token by the client credentials grant: request, transport, response, and another look at the secret.

use crate::clock::Clock;
use crate::error::Error;
use crate::request::access_token_request;
use crate::response::{self, Asked};
use crate::secret::{Fingerprint, Secret};
use crate::settings::{Settings, read_secret};
use crate::skew;
use crate::token::AccessToken;
use crate::transport::Transport;
use arc_swap::ArcSwap;
use std::sync::Arc;
use std::time::Duration;

/// Asks the authorization server; keeps nothing.
pub struct Grant {
    settings: Settings,
    /// The secret that the last request carried.
    sent: ArcSwap<Fingerprint>,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

impl Grant {
    /// A grant for these settings over this transport.
    pub fn new(settings: Settings, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Grant {
        let sent = ArcSwap::from_pointee(settings.client_secret);
        Grant { settings, sent, transport, clock }
    }

    /// The settings as they were when the client was made.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Requests a token with this secret, once, within `budget`; tells beside it how many seconds our clock is ahead of the
    /// server's, where the answer shows it. Errors are of every kind but `closed` and `internal`; `invalid_config` only
    /// when the certificate file has gone meanwhile.
    pub fn access_token(
        &self,
        client_secret: &Secret,
        budget: Duration,
    ) -> (Result<AccessToken, Error>, Option<i64>) {
        self.sent.store(Arc::new(client_secret.fingerprint()));
        let request = access_token_request(&self.settings, client_secret);
        let sent = self.clock.now();
        let answer = match self.transport.send(&request, budget) {
            Ok(answer) => answer,
            Err(error) => return (Err(error), None),
        };
        let received = self.clock.now();
        let skew = response::date(&answer).map(|date| skew::measure(date, &sent, &received));
        let scope = self.settings.scope.as_deref();
        let token = response::access_token(
            &answer,
            &Asked { sent, scope, client_secret, client_id: &self.settings.client_id, draw: fastrand::f64() },
        );
        (token, skew)
    }

    /// Reads the secret file again, if there is one, and gives the secret in it where that is another one than the last
    /// request carried. A pipe is not read again, since it would be waited for in vain.
    ///
    /// # Errors
    /// What is the matter with the file; the refusal of the server stands.
    pub fn reread_secret(&self) -> Result<Option<Secret>, Error> {
        let file = self.settings.client_secret_file.as_deref();
        let Some(path) = file.filter(|path| path.metadata().map_or(true, |about| about.is_file())) else {
            return Ok(None);
        };
        // Not waited for: the caller may be one that never waits, and another look comes within a second.
        let found = read_secret(path, Duration::ZERO)?;
        Ok(Some(found).filter(|found| found.fingerprint() != **self.sent.load()))
    }
}
