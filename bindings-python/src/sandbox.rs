//! The sandbox in the process, behind `xilnex_auth.testing`.

use crate::errors::raised;
use parking_lot::Mutex;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use std::sync::Arc;
use xilnex_auth_cli::testing::TestSandbox;

/// A request as it was received: method, path, headers in order, and body.
type Recorded = (String, String, Vec<(String, String)>, Vec<u8>);

/// A running authorization server for tests.
#[pyclass(frozen, module = "xilnex_auth._native")]
pub struct Sandbox(Mutex<Option<Arc<TestSandbox>>>);

#[pymethods]
impl Sandbox {
    /// Starts it, with options as JSON.
    #[new]
    fn new(py: Python<'_>, options: &str) -> PyResult<Sandbox> {
        let started = py.detach(|| TestSandbox::start(options));
        started
            .map(|sandbox| Sandbox(Mutex::new(Some(Arc::new(sandbox)))))
            .map_err(|error| raised(py, &error))
    }

    /// The variables that configure a program for it.
    fn environment(&self) -> PyResult<Vec<(&'static str, String)>> {
        Ok(self.running()?.environment())
    }

    fn token_requests(&self) -> PyResult<u64> {
        Ok(self.running()?.token_requests())
    }

    /// The latest requests, at most a thousand.
    fn requests(&self) -> PyResult<Vec<Recorded>> {
        let requests = self.running()?.requests().into_iter();
        Ok(requests.map(|one| (one.method, one.path, one.headers, one.body)).collect())
    }

    /// Puts its time and that of its clients forward.
    fn advance(&self, py: Python<'_>, seconds: f64) -> PyResult<()> {
        self.running()?.advance(seconds).map_err(|error| raised(py, &error))
    }

    /// Makes its resource refuse every token that was issued before.
    fn revoke_tokens(&self) -> PyResult<()> {
        self.running()?.revoke_tokens();
        Ok(())
    }

    /// Ends it, once or more often.
    fn stop(&self, py: Python<'_>) {
        let sandbox = self.0.lock().take();
        py.detach(|| drop(sandbox));
    }
}

impl Sandbox {
    /// The sandbox, if it was not stopped.
    pub fn running(&self) -> PyResult<Arc<TestSandbox>> {
        self.0.lock().clone().ok_or_else(|| PyRuntimeError::new_err("the sandbox was stopped"))
    }
}
