//! The token object of Python.

use crate::errors::no_pickle;
use pyo3::prelude::*;
use std::sync::Arc;
use std::time::SystemTime;

/// An access token with what is known of it. Immutable, thread-safe; its repr does not show the value.
#[pyclass(frozen, module = "xilnex_auth")]
pub struct AccessToken(pub Arc<xilnex_auth::AccessToken>);

#[pymethods]
impl AccessToken {
    /// The token text, to be sent to resource servers only.
    #[getter]
    fn value(&self) -> &str {
        self.0.value()
    }

    /// How the token is used: always "Bearer".
    #[getter]
    fn token_type(&self) -> &str {
        self.0.token_type()
    }

    /// The granted scope, separated by spaces; None where none is known.
    #[getter]
    fn scope(&self) -> Option<&str> {
        self.0.scope()
    }

    /// When the token expires, as an aware datetime in UTC.
    #[getter]
    fn expires_at(&self) -> SystemTime {
        self.0.expires_at()
    }

    /// The value of an Authorization header: "Bearer ", then the token.
    #[getter]
    fn authorization_header(&self) -> String {
        self.0.authorization_header()
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let (scope, expires_at) = (slf.getattr("scope")?, slf.getattr("expires_at")?);
        let shown = expires_at.call_method1("isoformat", ("T", "seconds"))?;
        Ok(format!("<xilnex_auth.AccessToken scope={} expires_at={shown}>", scope.repr()?))
    }

    fn __reduce_ex__(slf: &Bound<'_, Self>, _protocol: i32) -> PyResult<()> {
        Err(no_pickle(&slf.get_type()))
    }
}
