//! The locks of the engine. Those of the standard library: parking_lot keeps all that wait in one table of the process,
//! which a fork may find locked for ever; here waiting is a matter of the lock alone. A model has its own.

use std::sync::PoisonError;

#[cfg(not(loom))]
pub use std::sync::{Condvar, Mutex, MutexGuard, atomic};

#[cfg(loom)]
pub use loom::sync::{Condvar, Mutex, MutexGuard, atomic};

/// Locks. What a panic left behind is taken as it is: nothing here is ever half done when foreign code runs.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A value that is set once; thousands may read it at the same time without waiting for each other.
#[cfg(not(loom))]
pub struct Once<T>(std::sync::OnceLock<T>);

/// The same for a model, which has to see each look at it.
#[cfg(loom)]
pub struct Once<T>(Mutex<Option<T>>);

#[cfg(not(loom))]
impl<T: Clone> Once<T> {
    /// Not set yet.
    pub fn new() -> Once<T> {
        Once(std::sync::OnceLock::new())
    }

    /// Sets it; only the first time counts.
    pub fn set(&self, value: T) {
        let _ = self.0.set(value);
    }

    /// The value, once it is set.
    pub fn get(&self) -> Option<T> {
        self.0.get().cloned()
    }
}

#[cfg(loom)]
impl<T: Clone> Once<T> {
    pub fn new() -> Once<T> {
        Once(Mutex::new(None))
    }

    pub fn set(&self, value: T) {
        lock(&self.0).get_or_insert(value);
    }

    pub fn get(&self) -> Option<T> {
        lock(&self.0).clone()
    }
}
