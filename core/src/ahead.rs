//! A clock that tests put forward: expiry without waiting for it.

use crate::clock::{Clock, Flag, Reading, SystemClock, nanos};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Whoever waits notices within this time that the clock was put forward.
const NOTICE: Duration = Duration::from_millis(20);

/// The machine's own clocks, and what they were put forward by. Thread-safe.
#[derive(Default)]
pub struct AheadClock(AtomicU64);

impl AheadClock {
    /// Puts both clocks forward, for good; to the end of time at most.
    pub fn advance(&self, length: Duration) {
        // A third of what the engine's own arithmetic holds: 195 years, and none of its sums overflows.
        let add = |ahead: u64| Some(ahead.saturating_add(nanos(length)).min(u64::MAX / 3));
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add);
    }

    /// How far ahead it is.
    pub fn ahead(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::SeqCst))
    }
}

impl Clock for AheadClock {
    fn now(&self) -> Reading {
        let (now, ahead) = (SystemClock.now(), self.ahead());
        Reading { boot: now.boot + ahead, wall: now.wall + ahead }
    }

    fn wait(&self, flag: &Flag, until: Duration) -> bool {
        loop {
            let left = until.saturating_sub(self.now().boot);
            if left.is_zero() {
                return flag.is_set();
            }
            if flag.wait_for(left.min(NOTICE)) {
                return true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn both_clocks_go_on_from_where_they_are_put() {
        let clock = AheadClock::default();
        let before = clock.now();
        clock.advance(Duration::from_secs(3600));
        let after = clock.now();
        let hour = Duration::from_secs(3600)..Duration::from_secs(3660);
        assert!(hour.contains(&(after.boot - before.boot)));
        assert!(after.wall.duration_since(before.wall).is_ok_and(|length| hour.contains(&length)));
    }

    #[test]
    fn a_wait_ends_when_the_clock_is_put_behind_its_end() {
        let clock = Arc::new(AheadClock::default());
        let until = clock.now().boot + Duration::from_secs(3600);
        let waits = clock.clone();
        let waiting = std::thread::spawn(move || waits.wait(&Flag::default(), until));
        clock.advance(Duration::from_secs(3600));
        assert!(!waiting.join().unwrap());
    }

    #[test]
    fn the_end_of_time_is_no_overflow() {
        let clock = AheadClock::default();
        (0..3).for_each(|_| clock.advance(Duration::MAX));
        assert!(clock.now().boot > Duration::from_secs(100 * 365 * 86400));
    }
}
