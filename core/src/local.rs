//! A value behind a lock that a forked child does not inherit: it may be locked there for ever, and half written.

use crate::sync::{Mutex, lock};
use arc_swap::ArcSwap;
use std::sync::Arc;

/// A value of this process. A child made by fork starts with a new one.
pub struct Local<T>(ArcSwap<Owned<T>>);

struct Owned<T> {
    process: u32,
    value: Mutex<T>,
}

impl<T: Default> Local<T> {
    /// Works on the value; nobody else does meanwhile. `work` must not come back here.
    pub fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        let owned = self.owned();
        work(&mut lock(&owned.value))
    }

    fn owned(&self) -> Arc<Owned<T>> {
        let held = self.0.load_full();
        if held.process == std::process::id() {
            return held;
        }
        let fresh = Arc::new(Owned::default());
        let previous = self.0.compare_and_swap(&held, fresh.clone());
        if !Arc::ptr_eq(&previous, &held) {
            return self.0.load_full();
        }
        // The parent's is never dropped here: another thread may have been in the middle of writing it.
        std::mem::forget(held);
        fresh
    }
}

impl<T: Default> Default for Owned<T> {
    fn default() -> Owned<T> {
        Owned { process: std::process::id(), value: Mutex::default() }
    }
}

impl<T: Default> Default for Local<T> {
    fn default() -> Local<T> {
        Local(ArcSwap::from_pointee(Owned::default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn another_process_starts_anew_even_where_the_lock_was_held() {
        let local: Local<u32> = Local::default();
        local.with(|value| *value = 7);
        assert_eq!(local.with(|value| *value), 7);

        let foreign = Arc::new(Owned { process: 0, value: Mutex::new(8) });
        let held = foreign.value.lock().unwrap();
        local.0.store(foreign.clone());
        assert_eq!(local.with(|value| std::mem::replace(value, 9)), 0);
        assert_eq!(local.with(|value| *value), 9);
        assert_eq!(*held, 8);
    }

    #[test]
    fn threads_that_start_anew_together_have_one_value() {
        for _ in 0..500 {
            let local: Local<u32> = Local::default();
            local.0.store(Arc::new(Owned { process: 0, value: Mutex::new(0) }));
            let arrived = AtomicU32::new(0);
            std::thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        arrived.fetch_add(1, Ordering::SeqCst);
                        while arrived.load(Ordering::SeqCst) < 2 {
                            std::hint::spin_loop();
                        }
                        local.with(|value| *value += 1);
                    });
                }
            });
            assert_eq!(local.with(|value| *value), 2);
        }
    }
}
