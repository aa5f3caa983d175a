//! What a request met on its way, for whoever looks for a fault.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What was met so far. Times count from the beginning of the request.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The host that was looked up: the server's, or the proxy's.
    pub host: Option<String>,
    /// Its addresses, and when they were known.
    pub addresses: Option<(Vec<IpAddr>, Duration)>,
    /// When there was a connection to one of them.
    pub connected: Option<Duration>,
    /// When the proxy had opened a tunnel.
    pub tunnelled: Option<Duration>,
    /// Who the certificate is for and who issued it, as the server says, trusted or not.
    pub certificate: Option<Certificate>,
    /// The version of TLS, and when its handshake was done.
    pub tls: Option<(String, Duration)>,
    /// What the server answered, and when.
    pub answer: Option<(Head, Duration)>,
}

/// The names in a certificate; none of them is to be relied on before the handshake is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it is for.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
}

/// The head of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The status code.
    pub status: u16,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The host that a redirect leads to.
    pub leads_to: Option<String>,
}

/// Takes notes where somebody wants them. A clone is the same.
#[derive(Clone, Debug, Default)]
pub struct Trace(Option<Arc<Mutex<Facts>>>);

impl Trace {
    /// A trace that takes notes; that of `default` takes none.
    pub fn taken() -> Trace {
        Trace(Some(Arc::default()))
    }

    /// What was noted so far.
    pub fn facts(&self) -> Facts {
        self.0
            .as_ref()
            .map(|facts| facts.lock().unwrap_or_else(PoisonError::into_inner).clone())
            .unwrap_or_default()
    }

    pub(super) fn note(&self, note: impl FnOnce(&mut Facts)) {
        if let Some(facts) = &self.0 {
            note(&mut facts.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}
