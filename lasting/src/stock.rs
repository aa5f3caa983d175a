//! What is free to be used again.

use arc_swap::ArcSwapOption;
use std::sync::Arc;

/// Things that nobody uses at the moment. They were leaked once, and are never freed. Thread-safe.
pub struct Stock<T: 'static>(ArcSwapOption<Vec<&'static T>>);

impl<T> Default for Stock<T> {
    fn default() -> Stock<T> {
        Stock::new()
    }
}

impl<T> Stock<T> {
    /// Nothing.
    pub const fn new() -> Stock<T> {
        Stock(ArcSwapOption::const_empty())
    }

    /// The one that came last of those that fit: of all who ask, one gets it.
    pub fn take(&self, fits: impl Fn(&T) -> bool) -> Option<&'static T> {
        let mut taken = None;
        self.0.rcu(|free| {
            let mut left = Vec::from(free.as_deref().map_or(&[][..], Vec::as_slice));
            taken = left.iter().rposition(|one| fits(one)).map(|at| left.remove(at));
            taken.map_or_else(|| free.clone(), |_| Some(Arc::new(left)))
        });
        taken
    }

    /// Lets one be used again. Whoever gives it does nothing with it from now on.
    pub fn put(&self, one: &'static T) {
        self.0.rcu(|free| {
            let mut all = Vec::from(free.as_deref().map_or(&[][..], Vec::as_slice));
            all.push(one);
            Some(Arc::new(all))
        });
    }

    /// How many are free.
    pub fn count(&self) -> usize {
        self.0.load().as_deref().map_or(0, Vec::len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn what_came_last_and_fits_goes_first() {
        static STOCK: Stock<u32> = Stock::new();
        assert_eq!(STOCK.take(|_| true), None);
        [&3, &1, &2].into_iter().for_each(|one| STOCK.put(one));
        assert_eq!(STOCK.count(), 3);
        assert_eq!(STOCK.take(|one| *one > 2), Some(&3));
        assert_eq!(STOCK.take(|one| *one > 2), None);
        assert_eq!(
            (STOCK.take(|_| true), STOCK.take(|_| true), STOCK.take(|_| true)),
            (Some(&2), Some(&1), None)
        );
    }

    #[test]
    fn nobody_gets_what_another_has() {
        static STOCK: Stock<AtomicBool> = Stock::new();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..2_000 {
                        let mine = STOCK.take(|_| true).unwrap_or_else(|| Box::leak(Box::default()));
                        assert!(!mine.swap(true, Ordering::SeqCst));
                        mine.store(false, Ordering::SeqCst);
                        STOCK.put(mine);
                    }
                });
            }
        });
        assert!((1..=4).contains(&STOCK.count()));
    }
}
