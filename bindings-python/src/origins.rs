//! Where a token may be sent, for the integrations with HTTP clients.

use crate::errors::raised;
use pyo3::prelude::*;

/// The origins that a token may be sent to; where none is listed, the first one that is asked about.
#[pyclass(frozen, module = "xilnex_auth._native")]
pub struct Origins(xilnex_auth::Origins);

#[pymethods]
impl Origins {
    #[new]
    #[allow(clippy::needless_pass_by_value, reason = "pyo3 has no borrowed lists")]
    fn new(py: Python<'_>, listed: Vec<String>) -> PyResult<Origins> {
        let origins = xilnex_auth::Origins::new(listed.iter().map(String::as_str));
        origins.map(Origins).map_err(|error| raised(py, &error))
    }

    /// Whether a request to this origin may carry a token.
    fn admit(&self, origin: &str) -> bool {
        self.0.admit(origin)
    }
}
