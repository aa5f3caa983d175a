//! One token request for any number of callers: all share its token or its error.

use crate::clock::{Clock, Flag};
use crate::error::{Error, Kind};
use crate::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use crate::sync::{Mutex, Once, lock};
use crate::token::AccessToken;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// What a flight ends with.
pub type Outcome = Result<Arc<AccessToken>, Error>;

type Listener = Box<dyn FnOnce(Outcome) + Send>;

/// A request under way. It belongs to no caller: one that leaves early changes nothing for the others. It lasts for as
/// long as the most patient of them waits.
pub struct Flight {
    process: u32,
    started: Duration,
    /// On the boot clock, in nanoseconds.
    deadline: AtomicU64,
    is_awaited: AtomicBool,
    outcome: Once<Outcome>,
    listeners: Mutex<Vec<Listener>>,
    landed: Flag,
}

/// A thread that was killed cannot land its flight; this long after its deadline another one takes off.
const GRACE: Duration = Duration::from_secs(2);

impl Flight {
    /// A flight that takes off now and will have landed by `deadline` on the boot clock.
    pub fn new(now: Duration, deadline: Duration) -> Flight {
        Flight {
            process: std::process::id(),
            started: now,
            deadline: AtomicU64::new(nanos(deadline)),
            is_awaited: AtomicBool::new(false),
            outcome: Once::new(),
            listeners: Mutex::default(),
            landed: Flag::default(),
        }
    }

    /// When it took off.
    pub fn started(&self) -> Duration {
        self.started
    }

    /// When it will have landed.
    pub fn deadline(&self) -> Duration {
        Duration::from_nanos(self.deadline.load(Ordering::SeqCst))
    }

    /// A caller without a token boards: the flight lasts until `until` at least, and asks again where that may help.
    pub fn board(&self, until: Duration) {
        self.is_awaited.store(true, Ordering::SeqCst);
        self.deadline.fetch_max(nanos(until), Ordering::SeqCst);
    }

    /// Flies on the thread of the one caller, who waits until `until` and no longer.
    pub fn shorten(&self, until: Duration) {
        self.deadline.store(nanos(until), Ordering::SeqCst);
    }

    /// Whether somebody who has no token waits for it.
    pub fn is_awaited(&self) -> bool {
        self.is_awaited.load(Ordering::SeqCst)
    }

    /// Whether its thread must have vanished without landing it. A forked child has no thread of its parent's.
    pub fn is_lost(&self, now: Duration) -> bool {
        self.is_foreign() || (now > self.deadline() + GRACE && self.outcome.get().is_none())
    }

    fn is_foreign(&self) -> bool {
        self.process != std::process::id()
    }

    /// Ends the flight for everybody. Only the first outcome counts.
    pub fn land(&self, outcome: &Outcome) {
        let listeners = {
            // Under this lock, so that a listener comes either before the outcome or after it, never between.
            let mut listeners = lock(&self.listeners);
            self.outcome.set(outcome.clone());
            std::mem::take(&mut *listeners)
        };
        self.landed.set();
        for listener in listeners {
            // One that panics takes nothing from the others.
            let _ = catch_unwind(AssertUnwindSafe(|| listener(outcome.clone())));
        }
    }

    /// Waits until the flight has landed or the boot clock reaches `until`; `None` when it has not.
    pub fn wait(&self, clock: &dyn Clock, until: Duration) -> Option<Outcome> {
        if self.is_foreign() {
            return Some(Err(stayed_behind()));
        }
        clock.wait(&self.landed, until);
        self.outcome.get()
    }

    /// Calls `listener` when the flight lands, on the thread that lands it; at once if it has.
    pub fn on_landing(&self, listener: Listener) {
        if self.is_foreign() {
            return listener(Err(stayed_behind()));
        }
        let mut listeners = lock(&self.listeners);
        match self.outcome.get() {
            None => listeners.push(listener),
            Some(outcome) => {
                drop(listeners);
                listener(outcome);
            }
        }
    }
}

/// What a caller that was forked while it waited is told, without a look at locks that nobody may open any more.
fn stayed_behind() -> Error {
    Error::new(Kind::Unavailable, "the token request stayed with the parent process: call again")
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(all(test, loom))]
mod model;

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn a_flight_is_lost_when_its_deadline_has_long_passed() {
        let flight = Flight::new(seconds(1), seconds(10));
        assert!(!flight.is_lost(seconds(12)));
        assert!(flight.is_lost(seconds(12) + Duration::from_nanos(1)));
        flight.board(seconds(20));
        assert!(!flight.is_lost(seconds(22)));
        flight.land(&Err(Error::new(Kind::Connect, "scripted")));
        assert!(!flight.is_lost(seconds(60)));
    }

    #[test]
    fn a_flight_of_another_process_keeps_nobody_whatever_its_locks_are() {
        let flight = Flight { process: 0, ..Flight::new(seconds(1), seconds(10)) };
        let _held = lock(&flight.listeners);
        assert!(flight.is_lost(seconds(1)));
        let outcome = flight.wait(&SystemClock, SystemClock.now().boot + seconds(60));
        assert_eq!(outcome.unwrap().unwrap_err().kind(), Kind::Unavailable);
        let (sender, receiver) = std::sync::mpsc::channel();
        flight.on_landing(Box::new(move |outcome| sender.send(outcome.unwrap_err().kind()).unwrap()));
        assert_eq!(receiver.try_recv(), Ok(Kind::Unavailable));
    }
}
