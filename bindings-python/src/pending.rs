//! A place in a token request, for those who cannot block.

use crate::access_token::AccessToken;
use crate::bell::Bell;
use crate::errors::raised;
use crate::events;
use pyo3::prelude::*;
use std::time::Duration;

/// How often a blocked call looks for Ctrl-C.
const SLICE: Duration = Duration::from_millis(50);

/// A token request under way.
#[pyclass(frozen, module = "xilnex_auth._native")]
pub struct Pending(pub xilnex_auth::Pending);

#[pymethods]
impl Pending {
    /// The token if the request has ended, None if it has not; raises what it ended with, or that the call's time
    /// is over.
    fn poll(&self, py: Python<'_>) -> PyResult<Option<AccessToken>> {
        let outcome = self.0.wait_for(Duration::ZERO);
        events::report(py)?;
        match outcome {
            None => Ok(None),
            Some(Ok(token)) => Ok(Some(AccessToken(token))),
            Some(Err(error)) => Err(raised(py, &error)),
        }
    }

    /// Seconds until there is something to decide, if the request does not end before.
    fn left(&self) -> f64 {
        self.0.left().as_secs_f64()
    }

    /// Rings the bell when the request ends; at once if it has.
    fn ring(&self, bell: &Bound<'_, Bell>) {
        let bell = bell.get().clone();
        self.0.on_ready(move |_| bell.ring());
    }
}

/// Waits for the token with the GIL released; signal handlers run meanwhile, and may end it with an exception.
pub fn wait(
    py: Python<'_>,
    pending: &xilnex_auth::Pending,
) -> PyResult<std::sync::Arc<xilnex_auth::AccessToken>> {
    loop {
        let outcome = py.detach(|| pending.wait_for(SLICE));
        events::report(py)?;
        if let Some(outcome) = outcome {
            return outcome.map_err(|error| raised(py, &error));
        }
        py.check_signals()?;
    }
}
