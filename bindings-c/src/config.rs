//! Options on their way to a client.

use crate::guard;
use crate::pointers::{free, handle_mut, into_handle, text};
use crate::status::{xilnex_auth_error, xilnex_auth_status};
use std::ffi::c_char;
use std::ptr::null_mut;
use xilnex_auth::{Config, Error};

/// The options of a client. Not thread-safe. Freed with xilnex_auth_config_free.
pub struct xilnex_auth_config {
    pub(crate) config: Config,
    /// What was wrong with the environment; told by whoever can tell it first.
    pub(crate) fault: Option<Error>,
}

/// An empty configuration: defaults, and nothing from the environment. The caller frees it. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_config_new() -> *mut xilnex_auth_config {
    guard::value(null_mut(), || into_handle(xilnex_auth_config { config: Config::new(), fault: None }))
}

/// A configuration from the XILNEX_* environment variables. The caller frees it. A faulty variable is told by the
/// next xilnex_auth_config_set or xilnex_auth_client_new, so this call needs no error. Thread-safe as far as
/// nobody changes the environment meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_config_from_env() -> *mut xilnex_auth_config {
    guard::value(null_mut(), || {
        let (config, fault) = match Config::from_env() {
            Ok(config) => (config, None),
            Err(fault) => (Config::new(), Some(fault)),
        };
        into_handle(xilnex_auth_config { config, fault })
    })
}

/// Sets one option; name and value are UTF-8 and copied. The names are those of the option table in the README:
/// base_url, client_id, client_secret, client_secret_file, scope, client_auth, timeout, connect_timeout, ca_file,
/// proxy, store. On XILNEX_AUTH_INVALID_CONFIG nothing was changed. Not thread-safe.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn xilnex_auth_config_set(
    config: *mut xilnex_auth_config,
    name: *const c_char,
    value: *const c_char,
    error: *mut *mut xilnex_auth_error,
) -> xilnex_auth_status {
    // SAFETY: the caller gives NULL or a live configuration, texts and place for an error.
    unsafe {
        guard::status(error, || {
            let target = handle_mut(config, "config")?;
            let (name, value) = (text(name, "name")?, text(value, "value")?);
            match &target.fault {
                Some(fault) => Err(fault.clone()),
                None => target.config.set(name, value).map(drop),
            }
        })
    }
}

/// Frees a configuration; NULL is fine. Its secret is overwritten. Clients made from it go on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_config_free(config: *mut xilnex_auth_config) {
    // SAFETY: the caller gives NULL or a configuration that it does not use again.
    guard::value((), || unsafe { free(config) });
}
