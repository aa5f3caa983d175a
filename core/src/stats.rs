//! What one engine has done, counted without a lock.

use crate::clock::nanos;
use crate::error::Kind;
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// What the clients of one configuration have done in this process; a forked child counts on from its parent's.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Stats {
    /// Token requests, whether they arrived or not: as many as successes and failures together, but for one under way.
    pub requests: u64,
    /// Requests that brought a token.
    pub successes: u64,
    /// Requests that failed, by kind; kinds that did not occur are left out.
    pub failures: Vec<(Kind, u64)>,
    /// Calls that were answered from memory.
    pub hits: u64,
    /// Refreshes that were begun ahead of expiry.
    pub refreshes_ahead: u64,
    /// Calls that were answered from memory although the last refresh had failed.
    pub served_while_failing: u64,
    /// Calls that were given the last error again, without a request.
    pub refused_in_cool_down: u64,
    /// Calls that were refused because of too many requests a minute.
    pub refused_by_budget: u64,
    /// How long the last successful refresh took, its pauses included.
    pub last_refresh: Option<Duration>,
    /// How long the token at hand may still be handed out; zero when it has expired.
    pub expires_in: Option<Duration>,
    /// How many seconds this machine's clock is ahead of the server's, negative when it is behind: the least that explains
    /// the `Date` of the last answer that had one.
    pub clock_skew: Option<i64>,
}

/// So many threads count in a place of their own; those that come later share as many others.
const OWN: usize = 8;
const SHARDS: usize = 2 * OWN;

// The place of this thread; none at first, which costs no destructor.
thread_local!(static MINE: Cell<usize> = const { Cell::new(usize::MAX) });

/// A line of the processor's cache for itself, so that threads that count do not wait for each other.
#[derive(Default)]
#[repr(align(128))]
struct Shard(AtomicU64);

/// How many calls were answered from memory.
#[derive(Default)]
pub struct Hits([Shard; SHARDS]);

impl Hits {
    /// So many more; gives how many there were, of this thread or of those that share its place.
    #[inline(always)]
    pub fn add(&self, count: u64) -> u64 {
        let mine = MINE.with(Cell::get);
        let Some(Shard(hits)) = self.0.get(mine) else {
            return self.add_first(count);
        };
        if mine >= OWN {
            return hits.fetch_add(count, Ordering::Relaxed);
        }
        // Nobody else writes there, so it costs no more than a number.
        let before = hits.load(Ordering::Relaxed);
        hits.store(before + count, Ordering::Relaxed);
        before
    }

    #[cold]
    fn add_first(&self, count: u64) -> u64 {
        static COME: AtomicUsize = AtomicUsize::new(0);
        let before = COME.fetch_add(1, Ordering::Relaxed);
        MINE.set(if before < OWN { before } else { OWN + before % OWN });
        self.add(count)
    }

    /// All of them.
    pub fn get(&self) -> u64 {
        self.0.iter().map(|shard| shard.0.load(Ordering::Relaxed)).sum()
    }
}

/// The other counters behind [`Stats`].
#[derive(Default)]
pub struct Counters {
    pub requests: Count,
    pub successes: Count,
    pub refreshes_ahead: Count,
    pub served_while_failing: Count,
    pub refused_in_cool_down: Count,
    pub refused_by_budget: Count,
    failures: [Count; Kind::COUNT],
    last_refresh: Count,
    clock_skew: Skew,
}

/// A number of seconds that may not be known.
struct Skew(AtomicI64);

impl Skew {
    /// No clock is so far off.
    const UNKNOWN: i64 = i64::MIN;
}

impl Default for Skew {
    fn default() -> Skew {
        Skew(AtomicI64::new(Skew::UNKNOWN))
    }
}

/// One counter.
#[derive(Default)]
pub struct Count(AtomicU64);

impl Count {
    /// One more.
    pub fn add(&self) {
        self.add_many(1);
    }

    /// So many more.
    pub fn add_many(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Counters {
    /// A request failed.
    pub fn failure(&self, kind: Kind) {
        self.failures[kind as usize].add();
    }

    /// A refresh took this long.
    pub fn refreshed(&self, took: Duration) {
        // Zero stands for none.
        self.last_refresh.0.store(nanos(took).max(1), Ordering::Relaxed);
    }

    /// An answer showed how far the clocks are apart.
    pub fn measured(&self, skew: i64) {
        self.clock_skew.0.store(skew, Ordering::Relaxed);
    }

    /// How far they are apart, as far as that is known.
    pub fn clock_skew(&self) -> Option<i64> {
        Some(self.clock_skew.0.load(Ordering::Relaxed)).filter(|skew| *skew != Skew::UNKNOWN)
    }

    /// All of them, now.
    pub fn stats(&self, hits: u64, expires_in: Option<Duration>) -> Stats {
        let failures = Kind::all().map(|kind| (kind, self.failures[kind as usize].get()));
        let last_refresh = Some(self.last_refresh.get()).filter(|nanos| *nanos > 0);
        Stats {
            requests: self.requests.get(),
            successes: self.successes.get(),
            failures: failures.filter(|(_, count)| *count > 0).collect(),
            hits,
            refreshes_ahead: self.refreshes_ahead.get(),
            served_while_failing: self.served_while_failing.get(),
            refused_in_cool_down: self.refused_in_cool_down.get(),
            refused_by_budget: self.refused_by_budget.get(),
            last_refresh: last_refresh.map(Duration::from_nanos),
            expires_in,
            clock_skew: self.clock_skew(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_told() {
        let (counters, hits) = (Counters::default(), Hits::default());
        std::thread::scope(|scope| {
            for _ in 0..40 {
                scope.spawn(|| (0..100).for_each(|_| _ = hits.add(1)));
            }
        });
        counters.requests.add();
        counters.failure(Kind::Connect);
        counters.refreshed(Duration::from_millis(3));
        counters.measured(-7200);
        let stats = counters.stats(hits.get(), Some(Duration::from_secs(9)));
        assert_eq!((stats.hits, stats.requests, stats.successes), (4000, 1, 0));
        assert_eq!(stats.failures, [(Kind::Connect, 1)]);
        assert_eq!(stats.last_refresh, Some(Duration::from_millis(3)));
        assert_eq!((stats.expires_in, stats.clock_skew), (Some(Duration::from_secs(9)), Some(-7200)));
        assert_eq!(Counters::default().stats(0, None), Stats::default());
    }
}
