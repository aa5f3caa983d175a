//! One token by the client credentials grant: request, transport, response, and the secret that is in force.

use crate::clock::Clock;
use crate::error::Error;
use crate::request::access_token_request;
use crate::response::{self, Asked};
use crate::secret::Secret;
use crate::settings::{Settings, read_secret};
use crate::skew;
use crate::token::AccessToken;
use crate::transport::Transport;
use arc_swap::ArcSwap;
use std::sync::Arc;
use std::time::Duration;

/// Asks the authorization server; keeps nothing but the secret.
pub struct Grant {
    settings: Settings,
    client_secret: ArcSwap<Secret>,
    /// What the last request carried.
    sent: ArcSwap<Secret>,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

impl Grant {
    /// A grant for these settings over this transport.
    pub fn new(settings: Settings, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Grant {
        let secret = Arc::new(settings.client_secret.clone());
        let (client_secret, sent) = (ArcSwap::new(secret.clone()), ArcSwap::new(secret));
        Grant { settings, client_secret, sent, transport, clock }
    }

    /// The settings as they were when the client was made.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Requests a token, once, within `budget`; tells beside it how many seconds our clock is ahead of the server's, where
    /// the answer shows it. Errors are of every kind but `closed` and `internal`; `invalid_config` only when the
    /// certificate file has gone meanwhile.
    pub fn access_token(&self, budget: Duration) -> (Result<AccessToken, Error>, Option<i64>) {
        let client_secret = self.client_secret.load_full();
        self.sent.store(client_secret.clone());
        let request = access_token_request(&self.settings, &client_secret);
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
            &Asked {
                sent,
                scope,
                client_secret: &client_secret,
                client_id: &self.settings.client_id,
                draw: fastrand::f64(),
            },
        );
        (token, skew)
    }

    /// Reads the secret file again, if there is one; true when it holds another secret than the last request carried,
    /// which the next one will. A pipe is not read again, since it would be waited for in vain.
    ///
    /// # Errors
    /// What is the matter with the file; the refusal of the server stands.
    pub fn reread_secret(&self) -> Result<bool, Error> {
        let file = self.settings.client_secret_file.as_deref();
        let Some(path) = file.filter(|path| path.metadata().map_or(true, |about| about.is_file())) else {
            return Ok(false);
        };
        let found = read_secret(path)?;
        let is_new = **self.sent.load() != found;
        if is_new {
            self.client_secret.store(Arc::new(found));
        }
        Ok(is_new)
    }
}
