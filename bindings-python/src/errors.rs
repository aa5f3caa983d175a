//! The engine's error as the exception of its kind; which class that is, `xilnex_auth._errors` says.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;
use xilnex_auth::Error;

/// Makes the exception.
pub fn raised(py: Python<'_>, error: &Error) -> PyErr {
    exception(py, error).map_or_else(|broken| broken, PyErr::from_value)
}

fn exception<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let make = MAKE.get_or_try_init(py, || {
        let module = py.import("xilnex_auth._errors")?;
        Ok::<_, PyErr>(module.getattr("from_kind")?.unbind())
    })?;
    let parts = (
        error.kind().id(),
        error.message(),
        error.hint(),
        error.oauth_error(),
        error.http_status(),
        error.retry_after().map(|wait| wait.as_secs_f64()),
        error.attempts(),
        error.is_retryable(),
        error.is_repeated(),
    );
    make.bind(py).call1(parts)
}

/// Why something cannot be pickled.
pub fn no_pickle(kind: &Bound<'_, PyType>) -> PyErr {
    let name = kind.name().map_or_else(|_| "object".into(), |name| name.to_string());
    pyo3::exceptions::PyTypeError::new_err(format!(
        "cannot pickle {name}: it would carry a secret or a token; make a Client in each process instead"
    ))
}
