//! Options on their way to a client.

use crate::guard;
use crate::handles::{Object, Type, free, make, table, with};
use crate::pointers::text;
use crate::status::{xilnex_auth_error, xilnex_auth_status};
use std::ffi::c_char;
use std::ptr::null_mut;
use std::sync::{Mutex, TryLockError};
use xilnex_auth::{Config, Error};
use xilnex_auth_handles::Table;

/// The options of a client. Not thread-safe. Freed with xilnex_auth_config_free.
pub struct xilnex_auth_config {
    /// Or what was wrong with the environment; told by whoever can tell it first. Nobody waits for the lock.
    options: Mutex<Result<Config, Error>>,
}

impl Object for xilnex_auth_config {
    type Beside = ();

    fn table() -> &'static Table<Self> {
        static CONFIGS: Table<xilnex_auth_config> = table(Type::Config);
        &CONFIGS
    }
}

impl xilnex_auth_config {
    fn new(options: Result<Config, Error>) -> xilnex_auth_config {
        xilnex_auth_config { options: Mutex::new(options) }
    }

    pub(crate) fn options(&self) -> Result<Config, Error> {
        self.change(|options| options.clone())
    }

    fn change<T>(
        &self,
        work: impl FnOnce(&mut Result<Config, Error>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match self.options.try_lock() {
            Ok(mut options) => work(&mut options),
            Err(TryLockError::Poisoned(options)) => work(&mut options.into_inner()),
            Err(TryLockError::WouldBlock) => Err(Error::invalid_config(
                "the argument config is changed by one thread and used by another: wait there",
            )),
        }
    }
}

/// An empty configuration: defaults, and nothing from the environment. The caller frees it. NULL where there is no room.
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_config_new() -> *mut xilnex_auth_config {
    guard::value(null_mut(), || make(xilnex_auth_config::new(Ok(Config::new()))).ok())
}

/// A configuration from the XILNEX_* environment variables. The caller frees it. A faulty variable is told by the
/// next xilnex_auth_config_set or xilnex_auth_client_new, so this call needs no error. NULL where there is no room.
/// Thread-safe as far as nobody changes the environment meanwhile.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_config_from_env() -> *mut xilnex_auth_config {
    guard::value(null_mut(), || make(xilnex_auth_config::new(Config::from_env())).ok())
}

/// Sets one option; name and value are UTF-8 and copied. The names are those of the option table in the README:
/// base_url, client_id, client_secret, client_secret_file, scope, client_auth, timeout, connect_timeout, ca_file,
/// proxy, store. Errors: XILNEX_AUTH_INVALID_CONFIG, also for a dead handle; then nothing was changed. Not thread-safe: of two
/// options that are set at once, one may be refused or lost.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn xilnex_auth_config_set(
    config: *mut xilnex_auth_config,
    name: *const c_char,
    value: *const c_char,
    error: *mut *mut xilnex_auth_error,
) -> xilnex_auth_status {
    // SAFETY: the caller gives NULL or texts and place for an error.
    unsafe {
        guard::status(error, || {
            let (name, value) = (text(name, "name")?, text(value, "value")?);
            with(config, "config", |config| {
                config.change(|options| match options {
                    Ok(options) => options.set(name, value).map(drop),
                    Err(problem) => Err(problem.clone()),
                })
            })
        })
    }
}

/// Frees a configuration; a dead handle is fine. Its secret is overwritten. Clients made from it go on. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_config_free(config: *mut xilnex_auth_config) {
    guard::value((), || free(config));
}
