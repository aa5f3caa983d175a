//! What the fuzz targets reach besides the public items; in no ordinary build.

pub use crate::response::{Asked, access_token};
pub use crate::transport::{End, Framing};

use crate::config::Config;
use crate::error::Error;
use std::ffi::OsString;

/// [`Config::from_env`] with another environment.
///
/// # Errors
/// As [`Config::from_env`].
pub fn config_from(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Config, Error> {
    Config::from_lookup(lookup)
}
