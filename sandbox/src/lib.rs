//! An authorization server for development and tests, after the integration guide of Xilnex Auth.
//!
//! It listens on this machine only, knows the clients it is given, issues signed tokens (RS256) with real claims,
//! and protects `/data` as a resource server would. It shares no code with the client library: it is a second
//! reading of the same contract. A script makes it answer wrongly, to test how a program takes it.
//!
//! ```
//! use xilnex_auth_sandbox::{Options, Sandbox};
//!
//! let sandbox = Sandbox::start(Options::default())?;
//! assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
//! assert_eq!(sandbox.token_requests(), 0);
//! # Ok::<(), std::io::Error>(())
//! ```
#![forbid(unsafe_code)]

mod http;
mod rs256;
mod keys;
mod time;
mod certificates;
mod channel;
mod elsewhere;
mod fault;
mod record;
mod script;
mod settings;
mod token_endpoint;
mod resource;
mod discovery;
mod service;
mod server;

pub use fault::{Fault, FaultPlan};
pub use record::RecordedRequest;
pub use script::Answer;
pub use server::Sandbox;

use std::fmt;
use std::time::Duration;

/// What a sandbox serves.
#[derive(Debug)]
pub struct Options {
    /// The port to listen on; 0 for a free one.
    pub port: u16,
    /// The clients it knows; at least one.
    pub clients: Vec<RegisteredClient>,
    /// How long its tokens live, in whole seconds, at least one.
    pub ttl: Duration,
    /// How long it takes to answer a token request.
    pub latency: Duration,
    /// What the first token requests are answered with, in order.
    pub script: Vec<Answer>,
    /// Whether it speaks TLS, with a certificate of an authority of its own; implied by a fault that happens in TLS.
    pub tls: bool,
    /// What goes wrong, and when; instead of a scripted answer, too.
    pub fault: Option<FaultPlan>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            port: 0,
            clients: vec![RegisteredClient {
                client_id: "sandbox-client".into(),
                client_secret: keys::random_text(),
                scope: "coreapi".into(),
            }],
            ttl: Duration::from_secs(3600),
            latency: Duration::ZERO,
            script: Vec::new(),
            tls: false,
            fault: None,
        }
    }
}

/// A client that the sandbox knows.
#[derive(Clone)]
pub struct RegisteredClient {
    /// Its identifier.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// The scopes it may ask for, separated by spaces; all are granted when it asks for none.
    pub scope: String,
}

impl fmt::Debug for RegisteredClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegisteredClient")
            .field("client_id", &self.client_id)
            .field("client_secret", &"<redacted>")
            .field("scope", &self.scope)
            .finish()
    }
}
