//! One token request that keeps nothing and tells what it met on its way: for whoever looks for a fault.

use crate::clock::SystemClock;
use crate::config::Config;
use crate::error::Error;
use crate::grant::Grant;
use crate::leftovers::{OF_A_CALL, wiped};
use crate::proxy::Route;
use crate::request::HttpRequest;
use crate::settings::Settings;
use crate::skew;
use crate::token::AccessToken;
use crate::transport::trace::{Facts, Trace};
use crate::transport::{HttpResponse, Transport, UreqTransport};
use std::sync::Arc;
use std::time::Duration;

/// What became of the request. Holds no secret; the token in it is redacted when printed.
#[derive(Debug)]
pub struct Probe {
    /// The host of the server and its port.
    pub server: (String, u16),
    /// Whether the connection is TLS.
    pub is_https: bool,
    /// The scope that was asked for.
    pub scope: Option<String>,
    /// Through which proxy the request goes, and why.
    pub route: Route,
    /// What was met on the way, as far as the request came.
    pub facts: Facts,
    /// How many seconds this machine's clock is ahead of the server's, where the answer told the time.
    pub skew: Option<i64>,
    /// The token, or why there is none.
    pub outcome: Result<AccessToken, Error>,
}

impl Probe {
    /// A sentence about the two clocks, and whether somebody should set one.
    pub fn clocks(&self) -> Option<(String, bool)> {
        self.skew.map(|skew| (skew::sentence(skew), skew::is_wrong(skew)))
    }
}

/// Sends one token request of its own, whatever tokens are kept. Blocks for at most the configuration's timeout.
///
/// # Errors
/// `invalid_config`, before anything is sent.
pub fn probe(config: &Config) -> Result<Probe, Error> {
    wiped::<OF_A_CALL, _>(|| {
        let (settings, secret) = Settings::new(config)?;
        let trace = Trace::taken();
        let transport = Traced { inner: UreqTransport::new(&settings)?, trace: trace.clone() };
        let (server, is_https) = (settings.base_url.host_and_port(), settings.base_url.is_https());
        let (scope, route, timeout) = (settings.scope.clone(), settings.route.clone(), settings.timeout);
        let grant = Grant::new(settings, Arc::new(transport), Arc::new(SystemClock));
        let (outcome, skew) = grant.access_token(&secret, timeout);
        Ok(Probe { server, is_https, scope, route, facts: trace.facts(), skew, outcome })
    })
}

struct Traced {
    inner: UreqTransport,
    trace: Trace,
}

impl Transport for Traced {
    fn send(&self, request: &HttpRequest, timeout: Duration) -> Result<HttpResponse, Error> {
        self.inner.send_traced(request, timeout, self.trace.clone())
    }
}
