//! The place of one object: many work with it at once, and whoever leaves last after its end takes it out.

use std::cell::{Cell, UnsafeCell};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// The highest bit of every number. Without it, a number is that of an object that ends.
pub const LIVE: usize = 1 << (usize::BITS - 1);
const EMPTY: usize = 0;
/// No number either, for no table has so many slots: one thread has the place for itself.
const FILLING: usize = usize::MAX;

/// Enough for the cores of a till; threads beyond them share.
const SHARDS: usize = 4;

/// How many of some threads work with the object, in memory that other threads do not write to.
#[derive(Default)]
#[repr(align(128))]
struct Users(AtomicU64);

/// A place that is empty, or holds an object under a number. A number comes again only after all others of its slot.
pub struct Place<T, B> {
    state: AtomicUsize,
    /// Never dropped, so it can be looked at without a count.
    pub beside: B,
    users: [Users; SHARDS],
    object: UnsafeCell<Option<Box<T>>>,
}

// SAFETY: what is inside is used by several threads at once, and dropped by any of them.
unsafe impl<T: Send + Sync, B: Sync> Sync for Place<T, B> {}

impl<T, B: Default> Default for Place<T, B> {
    fn default() -> Place<T, B> {
        Place {
            state: EMPTY.into(),
            beside: B::default(),
            users: Default::default(),
            object: UnsafeCell::new(None),
        }
    }
}

impl<T, B> Place<T, B> {
    /// Puts an object in, to be found by this number from now on; `None` where the place is not empty. `furnish` sets what
    /// stands beside it.
    pub fn put(&self, number: usize, object: Box<T>, furnish: impl FnOnce(&T, &B)) -> Option<()> {
        self.state.compare_exchange(EMPTY, FILLING, Ordering::SeqCst, Ordering::SeqCst).ok()?;
        furnish(&object, &self.beside);
        // SAFETY: nobody reads what has no number, and only one can have changed the state so.
        unsafe { *self.object.get() = Some(object) };
        self.state.store(number, Ordering::SeqCst);
        Some(())
    }

    /// Whether the object of this number is here and does not end.
    #[inline]
    pub fn holds(&self, number: usize) -> bool {
        self.state.load(Ordering::SeqCst) == number
    }

    /// Comes to work here; `emptied` is called if this visitor turns out to be the last after the object's end.
    #[inline]
    pub fn visit<F: Fn(Box<T>)>(&self, number: usize, emptied: F) -> Visit<'_, T, B, F> {
        let users = &self.users[shard()];
        users.0.fetch_add(1, Ordering::SeqCst);
        Visit { place: self, users, number, emptied }
    }

    /// Ends the object of this number; of all who ask for it, one does so. It comes along if nobody works with it.
    pub fn end(&self, number: usize) -> Option<Option<Box<T>>> {
        let ending = number & !LIVE;
        self.state.compare_exchange(number, ending, Ordering::SeqCst, Ordering::SeqCst).ok()?;
        Some(self.take(ending))
    }

    /// The object that ends, for the one who finds nobody at work.
    ///
    /// Whoever works with it was counted before its end, and whoever comes later sees that and keeps away. So the counts,
    /// looked at one after the other, say that all have left as soon as each of them is zero.
    fn take(&self, ending: usize) -> Option<Box<T>> {
        while !self.is_visited() {
            self.state.compare_exchange(ending, FILLING, Ordering::SeqCst, Ordering::SeqCst).ok()?;
            // Once more, now that the state is this thread's alone: while it stood still since the first look, all numbers
            // of the slot may have been given, and this may be the end of another object.
            if !self.is_visited() {
                // SAFETY: nobody works with it, and only one can have changed the state so.
                let object = unsafe { (*self.object.get()).take() };
                self.state.store(EMPTY, Ordering::SeqCst);
                return object;
            }
            // Who left meanwhile found no end, so the counts are looked at again.
            self.state.store(ending, Ordering::SeqCst);
        }
        None
    }

    fn is_visited(&self) -> bool {
        self.users.iter().any(|users| users.0.load(Ordering::SeqCst) > 0)
    }
}

/// A visitor, counted out even after a panic.
pub struct Visit<'a, T, B, F: Fn(Box<T>)> {
    place: &'a Place<T, B>,
    users: &'a Users,
    number: usize,
    emptied: F,
}

impl<T, B, F: Fn(Box<T>)> Visit<'_, T, B, F> {
    /// The object, if it is that of the number.
    #[inline]
    pub fn object(&self) -> Option<&T> {
        if !self.place.holds(self.number) {
            return None;
        }
        // SAFETY: it is not taken out before this visitor has left: that one is counted, and came before the end.
        unsafe { &*self.place.object.get() }.as_deref()
    }
}

impl<T, B, F: Fn(Box<T>)> Drop for Visit<'_, T, B, F> {
    #[inline]
    fn drop(&mut self) {
        self.users.0.fetch_sub(1, Ordering::SeqCst);
        let state = self.place.state.load(Ordering::SeqCst);
        if state & LIVE == 0
            && state != EMPTY
            && let Some(object) = self.place.take(state)
        {
            (self.emptied)(object);
        }
    }
}

/// Threads take turns in choosing a shard when they first come by.
#[inline]
fn shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    // Counted from 1; 0 for a thread that has not chosen yet.
    thread_local!(static MINE: Cell<usize> = const { Cell::new(0) });
    MINE.with(|mine| {
        if mine.get() == 0 {
            mine.set(NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS + 1);
        }
        (mine.get() - 1) % SHARDS
    })
}
