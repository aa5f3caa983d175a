//! The client of the process, which the functions of the module go by.

use crate::client::Client;
use crate::kept::Kept;
use pyo3::prelude::*;
use pyo3::types::PyString;

static CLIENT: Kept<Py<Client>> = Kept::none();

/// The text of a valid access token, by the client that the environment configures.
///
/// Arguments and errors are those of Client.get_token. The environment is read at the first call that succeeds.
#[pyfunction]
#[pyo3(pass_module, signature = (*, min_ttl = 0.0, timeout = None))]
pub fn get_token(module: &Bound<'_, PyModule>, min_ttl: f64, timeout: Option<f64>) -> PyResult<Py<PyString>> {
    Client::get_token(&default_client(module)?, min_ttl, timeout)
}

/// The text of a token at hand, or None where get_token would have to wait.
#[pyfunction]
#[pyo3(pass_module)]
pub fn at_hand(module: &Bound<'_, PyModule>) -> PyResult<Option<Py<PyString>>> {
    Client::at_hand(&default_client(module)?)
}

/// The client of the process. A failure to make it is not remembered: the next call reads the environment again.
#[pyfunction]
#[pyo3(pass_module)]
pub fn default_client<'py>(module: &Bound<'py, PyModule>) -> PyResult<Bound<'py, Client>> {
    let py = module.py();
    // SAFETY: of one module, which alone has this function; counting a reference runs no Python code.
    let found = unsafe { CLIENT.look(module, |kept| kept.map(|client| client.clone_ref(py))) };
    match found {
        Some(client) => Ok(client.into_bound(py)),
        // Two threads may both make one; equal clients share their token, so it does not matter which of them stays.
        None => {
            let made = py.import("xilnex_auth")?.getattr("Client")?.call0()?.cast_into::<Client>()?;
            replace_default_client(module, Some(made.clone().unbind()));
            Ok(made)
        }
    }
}

/// Puts another one in its place, or none, and gives what was there.
#[pyfunction]
#[pyo3(pass_module, signature = (client))]
pub fn replace_default_client(
    module: &Bound<'_, PyModule>,
    client: Option<Py<Client>>,
) -> Option<Py<Client>> {
    // SAFETY: of one module, which alone has this function.
    unsafe { CLIENT.change(module, |kept| (kept, client)) }
}
