//! What is free to be used again.

use arc_swap::ArcSwapOption;
use std::sync::Arc;

/// Things that nobody uses at the moment, one on the other. They were leaked once, and are never freed. Thread-safe.
pub struct Stock<T: 'static>(ArcSwapOption<Layer<T>>);

struct Layer<T: 'static> {
    top: &'static T,
    below: Option<Arc<Layer<T>>>,
    count: usize,
}

/// One after the other: the stack of a thread may be too small for all at once.
impl<T> Drop for Layer<T> {
    fn drop(&mut self) {
        let mut below = self.below.take();
        while let Some(mut layer) = below.and_then(Arc::into_inner) {
            below = layer.below.take();
        }
    }
}

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

    /// The one that came last, if it fits: of all who ask, one gets it.
    pub fn take(&self, fits: impl Fn(&T) -> bool) -> Option<&'static T> {
        let is_taken = |layer: &&Arc<Layer<T>>| fits(layer.top);
        let before = self.0.rcu(|layer| match layer.as_ref().filter(is_taken) {
            Some(layer) => layer.below.clone(),
            None => layer.clone(),
        });
        before.as_ref().filter(is_taken).map(|layer| layer.top)
    }

    /// Lets one be used again. Whoever gives it does nothing with it from now on.
    pub fn put(&self, one: &'static T) {
        self.0.rcu(|layer| {
            let count = layer.as_ref().map_or(0, |layer| layer.count) + 1;
            Some(Arc::new(Layer { top: one, below: layer.clone(), count }))
        });
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.load().as_ref().map_or(0, |layer| layer.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn what_came_last_goes_first_if_it_fits() {
        static STOCK: Stock<u32> = Stock::new();
        assert_eq!(STOCK.take(|_| true), None);
        [&3, &1, &2].into_iter().for_each(|one| STOCK.put(one));
        assert_eq!(STOCK.count(), 3);
        assert_eq!((STOCK.take(|one| *one > 2), STOCK.count()), (None, 3));
        assert_eq!((STOCK.take(|one| *one < 3), STOCK.take(|one| *one < 3)), (Some(&2), Some(&1)));
        assert_eq!(
            (STOCK.take(|one| *one < 3), STOCK.take(|_| true), STOCK.take(|_| true)),
            (None, Some(&3), None)
        );
    }

    #[test]
    fn many_layers_end_on_a_small_stack() {
        let stock: Stock<u32> = Stock::new();
        (0..200_000).for_each(|_| stock.put(&1));
        let small = std::thread::Builder::new().stack_size(64 * 1024);
        small.spawn(move || drop(stock)).unwrap().join().unwrap();
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
