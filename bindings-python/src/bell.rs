//! What wakes the one Python thread that waits for all asyncio tasks.

use parking_lot::{Condvar, Mutex};
use pyo3::prelude::*;
use std::sync::Arc;
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
            let mut rung = self.0.0.lock();
            self.0.1.wait_while_for(&mut rung, |rung| !*rung, at_most);
            *rung = false;
        });
    }

    /// Wakes who waits.
    pub fn ring(&self) {
        *self.0.0.lock() = true;
        self.0.1.notify_one();
    }
}
