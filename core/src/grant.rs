//! One token by the client credentials grant: request, transport, response, and another look at the secret.

use crate::clock::Clock;
use crate::error::Error;
use crate::request::access_token_request;
use crate::response::{self, Asked};
use crate::secret::Secret;
use crate::settings::{Settings, read_secret};
use crate::token::AccessToken;
use crate::transport::Transport;
use arc_swap::ArcSwap;
use std::sync::Arc;
use std::time::Duration;

/// Asks the authorization server; keeps nothing.
pub struct Grant {
    settings: Settings,
    /// SHA-256 of the secret that the last request carried.
    sent: ArcSwap<[u8; 32]>,
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

    /// Requests a token with this secret, once, within `budget`.
    ///
    /// # Errors
    /// Every kind but `closed` and `internal`; `invalid_config` only when the certificate file has gone meanwhile.
    pub fn access_token(&self, client_secret: &Secret, budget: Duration) -> Result<AccessToken, Error> {
        self.sent.store(Arc::new(client_secret.fingerprint()));
        let request = access_token_request(&self.settings, client_secret);
        let sent = self.clock.now();
        let answer = self.transport.send(&request, budget)?;
        let scope = self.settings.scope.as_deref();
        response::access_token(
            &answer,
            &Asked { sent, scope, client_secret, client_id: &self.settings.client_id, draw: fastrand::f64() },
        )
    }

    /// Reads the secret file again, if there is one, and gives the secret in it where that is another one than the last
    /// request carried. A file that cannot be read leaves the refusal of the server standing, and so does a pipe, which
    /// would be waited for in vain.
    pub fn reread_secret(&self) -> Option<Secret> {
        let file = self.settings.client_secret_file.as_deref().filter(|path| path.is_file())?;
        read_secret(file).ok().filter(|found| found.fingerprint() != **self.sent.load())
    }
}
