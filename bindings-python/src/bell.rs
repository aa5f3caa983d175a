//! What wakes the one Python thread that waits for all asyncio tasks.

use pyo3::prelude::*;
// Not parking_lot: it keeps all that wait in one table of the process, which a fork may find locked for ever.
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Rung when a token request ends. A ring is kept until somebody has heard it.
#[pyclass(frozen, module = "xilnex_auth._native")]
#[derive(Clone, Default)]
pub struct Bell(Arc<(Mutex<bool>, Condvar)>);

#[pymethods]
impl Bell {
    #[new]
    fn new() -> Bell {
        Bell::default()
    }

    /// Waits until the bell rings, at most this many seconds, with the GIL released.
    fn wait(&self, py: Python<'_>, seconds: f64) {
        let at_most = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        py.detach(|| {
            let (rung, ringing) = &*self.0;
            let rung = rung.lock().unwrap_or_else(PoisonError::into_inner);
            let waited = ringing.wait_timeout_while(rung, at_most, |rung| !*rung);
            *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
        });
    }

    /// Wakes who waits.
    pub fn ring(&self) {
        let (rung, ringing) = &*self.0;
        *rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        ringing.notify_one();
    }
}
