//! A value inside a Python object that costs no lock where the GIL is one anyway.

use pyo3::prelude::*;
use pyo3::sync::critical_section::with_critical_section;
use std::cell::Cell;

/// A value or none. Threads take turns with it: by the GIL, or, where Python has none, by the lock of the object.
pub struct Kept<T>(Cell<Option<T>>);

// SAFETY: it is looked at inside the critical section of one object, as `change` has its caller promise.
unsafe impl<T: Send> Sync for Kept<T> {}

impl<T> Kept<T> {
    /// No value.
    pub const fn none() -> Kept<T> {
        Kept(Cell::new(None))
    }

    /// Has `work` look at the value where it lies.
    ///
    /// # Safety
    /// `owner` is always the same object for the same value, and `work` runs no Python code, which might come by here.
    #[inline]
    pub unsafe fn look<O, R>(&self, owner: &Bound<'_, O>, work: impl FnOnce(Option<&T>) -> R) -> R {
        // SAFETY: whoever changes the value does so in the critical section of the same object, and nobody can meanwhile.
        with_critical_section(owner.as_any(), || work(unsafe { &*self.0.as_ptr() }.as_ref()))
    }

    /// Gives the value to `work`, and keeps what that wants kept, beside what it gives. Whoever comes by while it runs
    /// Python code finds none.
    ///
    /// # Safety
    /// `owner` is always the same object for the same value.
    #[inline]
    pub unsafe fn change<O, R>(
        &self,
        owner: &Bound<'_, O>,
        work: impl FnOnce(Option<T>) -> (R, Option<T>),
    ) -> R {
        with_critical_section(owner.as_any(), || {
            let (done, value) = work(self.0.take());
            drop(self.0.replace(value));
            done
        })
    }
}
