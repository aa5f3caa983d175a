//! A reference that is changed in one step.

use std::ptr::{from_ref, null_mut};
use std::sync::atomic::{AtomicPtr, Ordering};

/// Shows where something lies that stays for ever, or nothing. Thread-safe.
pub struct Signpost<T: 'static>(AtomicPtr<T>);

impl<T> Default for Signpost<T> {
    fn default() -> Signpost<T> {
        Signpost(AtomicPtr::new(null_mut()))
    }
}

impl<T: Sync> Signpost<T> {
    /// What it shows. Whoever finds it there finds what was written before it was shown.
    #[inline]
    pub fn get(&self) -> Option<&'static T> {
        // SAFETY: what is in it came from such a reference, or is null.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }
    }

    /// Shows something else from now on.
    pub fn set(&self, shown: Option<&'static T>) {
        let address = shown.map_or(null_mut(), |shown| from_ref(shown).cast_mut());
        self.0.store(address, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_shows_what_was_set_last() {
        let signpost = Signpost::default();
        assert_eq!(signpost.get(), None);
        signpost.set(Some(&7));
        assert_eq!(signpost.get(), Some(&7));
        signpost.set(None);
        assert_eq!(signpost.get(), None);
    }
}
