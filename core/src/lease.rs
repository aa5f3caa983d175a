//! For how long what the exact clocks said stands, so that most calls cost a look at a clock that is nearly free.

use crate::clock::{Clock, Glance, nanos};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// No longer than this, so that one clock that is set back, or stands still, misleads nobody for longer.
pub const LONGEST: Duration = Duration::from_secs(1);

/// No clock shows it.
const UNSEEN: u64 = u64::MAX;

const LONGEST_NANOS: u64 = LONGEST.as_nanos() as u64;

/// A wall clock that stands still keeps the other one from being heard for so many calls of a thread at most.
const CALLS_OF_A_LOOK: u64 = 64;

/// Whether it is time for [`Lease::look_again`], after so many calls.
#[inline]
pub fn is_due(calls: u64) -> bool {
    calls.is_multiple_of(CALLS_OF_A_LOOK)
}

/// Until when a token may be handed out without another look at the exact clocks. Nobody has one at first.
///
/// It holds while both clocks are within its last second: one that goes back ends it as one that goes on does.
#[derive(Debug)]
pub struct Lease {
    awake: AtomicU64,
    wall: AtomicU64,
    /// The wall clock when it was last found to hold by both.
    seen: AtomicU64,
}

impl Default for Lease {
    fn default() -> Lease {
        // Half of time away from every clock.
        Lease { awake: (u64::MAX / 2).into(), wall: (u64::MAX / 2).into(), seen: UNSEEN.into() }
    }
}

impl Clone for Lease {
    fn clone(&self) -> Lease {
        let copy = Lease::default();
        copy.set(self);
        copy
    }
}

impl Lease {
    /// Begins one of this length, or of [`LONGEST`], at a glance that was cast before the clocks were read. Two threads
    /// may do so at once: what comes of both is within what each of them may.
    pub fn grant(&self, from: Glance, length: Duration) {
        let length = nanos(length.min(LONGEST));
        self.awake.store(from.awake.wrapping_add(length), Ordering::Relaxed);
        self.wall.store(from.wall.wrapping_add(length), Ordering::Relaxed);
        self.forget();
    }

    /// Becomes the same as another.
    pub fn set(&self, other: &Lease) {
        self.awake.store(other.awake.load(Ordering::Relaxed), Ordering::Relaxed);
        self.wall.store(other.wall.load(Ordering::Relaxed), Ordering::Relaxed);
        self.forget();
    }

    /// Whether it holds now. In the same tick of the wall clock it does as it did, which saves half of the looks.
    #[inline]
    pub fn stands<C: Clock + ?Sized>(&self, clock: &C) -> bool {
        let is_seen = |wall| self.seen.load(Ordering::Relaxed) == wall;
        clock.wall().is_some_and(|wall| is_seen(wall) || self.is_seen_to_hold(clock))
    }

    #[cold]
    fn is_seen_to_hold<C: Clock + ?Sized>(&self, clock: &C) -> bool {
        let held = clock.glance().filter(|glance| self.holds(*glance));
        self.seen.store(held.map_or(UNSEEN, |glance| glance.wall), Ordering::Relaxed);
        held.is_some()
    }

    /// Looks at both clocks, whatever was seen. Writes nothing as long as it holds, since other threads look here.
    #[cold]
    pub fn look_again<C: Clock + ?Sized>(&self, clock: &C) {
        if !clock.glance().is_some_and(|glance| self.holds(glance)) {
            self.forget();
        }
    }

    fn forget(&self) {
        self.seen.store(UNSEEN, Ordering::Relaxed);
    }

    /// Whether it holds at this glance.
    #[inline]
    pub fn holds(&self, now: Glance) -> bool {
        let is_within = |end: &AtomicU64, now: u64| {
            end.load(Ordering::Relaxed).wrapping_sub(now).wrapping_sub(1) < LONGEST_NANOS
        };
        is_within(&self.awake, now.awake) && is_within(&self.wall, now.wall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: u64 = 1_000_000_000;

    fn at(awake: u64, wall: u64) -> Glance {
        Glance { awake, wall }
    }

    #[test]
    fn it_holds_until_its_end_and_not_before_it_could_have_begun() {
        let lease = Lease::default();
        assert!(!lease.holds(at(0, 0)) && !lease.holds(at(5 * SECOND, 1_700_000_000 * SECOND)));
        lease.grant(at(100 * SECOND, 900 * SECOND), Duration::from_millis(400));
        let end = (100 * SECOND + 400_000_000, 900 * SECOND + 400_000_000);
        for (awake, wall, holds) in [
            (100 * SECOND, 900 * SECOND, true),
            (end.0 - 1, end.1 - 1, true),
            (end.0, end.1 - 1, false),
            (end.0 - 1, end.1, false),
            (end.0 - 1, end.1 + 1, false),
            (end.0 - 1, end.1 - SECOND, true), // the least that it can know: it began within a second before its end
            (end.0 - 1, end.1 - SECOND - 1, false),
            (end.0 - SECOND - 1, end.1 - 1, false),
            (100 * SECOND, 4500 * SECOND, false), // asleep for an hour
        ] {
            assert_eq!(lease.holds(at(awake, wall)), holds, "{awake} {wall}");
        }
    }

    proptest! {
        #[test]
        fn it_never_outlives_a_second_by_either_clock(
            awake in any::<u64>(), wall in any::<u64>(), length in any::<u64>(), later in 0..u64::MAX / 4, other in any::<u64>(),
        ) {
            let lease = Lease::default();
            lease.grant(at(awake, wall), Duration::from_nanos(length));
            let is_over = later >= length.min(SECOND);
            prop_assert!(!(is_over && lease.holds(at(awake.wrapping_add(later), other))));
            prop_assert!(!(is_over && lease.holds(at(other, wall.wrapping_add(later)))));
            let within = later % length.clamp(1, SECOND);
            let holds = lease.holds(at(awake.wrapping_add(within), wall.wrapping_add(within)));
            prop_assert!(holds || length == 0);
        }
    }
}
