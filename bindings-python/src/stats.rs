//! The figures of Python.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::time::Duration;

/// What the clients of one configuration have done in this process: a picture of one moment.
#[pyclass(frozen, module = "xilnex_auth")]
pub struct Stats(pub xilnex_auth::Stats);

#[pymethods]
impl Stats {
    /// Token requests, whether they arrived or not: as many as successes and failures together, but for one under way.
    #[getter]
    fn requests(&self) -> u64 {
        self.0.requests
    }

    /// Requests that brought a token.
    #[getter]
    fn successes(&self) -> u64 {
        self.0.successes
    }

    /// Requests that failed, by the kind of the error; kinds that did not occur are left out.
    #[getter]
    fn failures<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counts = PyDict::new(py);
        for (kind, count) in &self.0.failures {
            counts.set_item(kind.id(), count)?;
        }
        Ok(counts)
    }

    /// Calls that were answered from memory.
    #[getter]
    fn hits(&self) -> u64 {
        self.0.hits
    }

    /// Refreshes that were begun ahead of expiry.
    #[getter]
    fn refreshes_ahead(&self) -> u64 {
        self.0.refreshes_ahead
    }

    /// Calls that were answered from memory although the last refresh had failed.
    #[getter]
    fn served_while_failing(&self) -> u64 {
        self.0.served_while_failing
    }

    /// Calls that were given the last error again, without a request.
    #[getter]
    fn refused_in_cool_down(&self) -> u64 {
        self.0.refused_in_cool_down
    }

    /// Calls that were refused because of too many requests a minute.
    #[getter]
    fn refused_by_budget(&self) -> u64 {
        self.0.refused_by_budget
    }

    /// Seconds that the last successful refresh took, its pauses included; None before the first.
    #[getter]
    fn last_refresh(&self) -> Option<f64> {
        self.0.last_refresh.as_ref().map(Duration::as_secs_f64)
    }

    /// Seconds that the token at hand may still be handed out, 0.0 when it has expired; None where there is none.
    #[getter]
    fn expires_in(&self) -> Option<f64> {
        self.0.expires_in.as_ref().map(Duration::as_secs_f64)
    }

    /// Seconds that this machine's clock is ahead of the server's, negative when it is behind: the least that explains the
    /// Date of the last answer that had one; None where none had.
    #[getter]
    fn clock_skew(&self) -> Option<i64> {
        self.0.clock_skew
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let shown = MEMBERS.iter().map(|name| Ok(format!(" {name}={}", slf.getattr(*name)?.repr()?)));
        Ok(format!("<xilnex_auth.Stats{}>", shown.collect::<PyResult<String>>()?))
    }
}

const MEMBERS: [&str; 11] = [
    "requests",
    "successes",
    "failures",
    "hits",
    "refreshes_ahead",
    "served_while_failing",
    "refused_in_cool_down",
    "refused_by_budget",
    "last_refresh",
    "expires_in",
    "clock_skew",
];
