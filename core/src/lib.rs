//! OAuth 2.0 client-credentials access tokens from Xilnex Auth: fetched once, kept, handed out.
//!
//! ```no_run
//! let token = xilnex_auth::get_token()?; // configured by XILNEX_CLIENT_ID, XILNEX_CLIENT_SECRET …
//! # Ok::<(), xilnex_auth::Error>(())
//! ```
//!
//! A program that wants to say more makes a client:
//!
//! ```no_run
//! use xilnex_auth::{Client, Config};
//!
//! let mut config = Config::from_env()?;
//! config.set("client_id", "etl")?.set("client_secret_file", "/run/secrets/xilnex")?;
//! let client = Client::new(config)?;
//! let header = client.authorization_header()?;
//! # Ok::<(), xilnex_auth::Error>(())
//! ```
//!
//! # Why you can rely on it
//! - A token is never handed out once it has expired or is about to: both the boot clock and the wall clock
//!   are looked at, and age counts from the moment the request was sent.
//! - Any number of callers cause one request, and share its token or its error.
//! - A token that is still valid is handed out even while the server cannot be reached.
//! - A server that fails is left alone for a while, and no process sends it more than ten requests a minute
//!   for one configuration.
//! - The secret goes to the token endpoint and nowhere else: no redirect is followed, TLS is always verified,
//!   and no error, `Debug` or log line holds a secret or a token.
//!
//! The modules form layers; each names only those above it in the list below.
#![forbid(unsafe_code)]

mod sync;
mod local;
pub mod error;
pub mod leftovers;
pub mod clock;
mod lease;
mod stats;
mod window;
pub mod sealed;
pub mod secret;
pub mod ahead;
mod skew;
pub mod lifetime;
pub mod pace;
pub mod token;
mod envelope;
pub mod base_url;
pub mod origins;
pub mod proxy;
pub mod config;
mod file;
pub mod settings;
pub mod request;
pub mod transport;
mod response;
pub mod store;
mod grant;
mod call;
mod flight;
mod slot;
mod pending;
pub mod event;
mod cache;
mod registry;
mod client;
pub mod probe;
#[cfg(fuzzing)]
pub mod fuzzing;

pub use cache::Lent;
pub use call::Call;
pub use client::{Client, default_client};
pub use config::Config;
pub use error::{Error, Kind};
pub use event::Event;
pub use origins::Origins;
pub use pending::{Answer, Pending};
pub use stats::Stats;
pub use token::AccessToken;
pub use window::{Seen, Window};

/// The version of this library.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The text of a valid access token, by the client that the environment configures.
///
/// # Errors
/// As [`Client::new`] and [`Client::get_token`].
pub fn get_token() -> Result<String, Error> {
    default_client()?.get_token()
}

/// Compiles the Rust program of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
