//! The locks of the engine. Those of the standard library: parking_lot keeps all that wait in one table of the process,
//! which a fork may find locked for ever; here waiting is a matter of the lock alone.

use std::sync::PoisonError;

#[cfg(not(loom))]
pub use std::sync::{Condvar, Mutex, MutexGuard, atomic};

#[cfg(loom)]
pub use loom::sync::{Condvar, Mutex, MutexGuard, atomic};

/// Locks. What a panic left behind is taken as it is: nothing here is ever half done when foreign code runs.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
