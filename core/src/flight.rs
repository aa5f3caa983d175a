//! One token request for any number of callers: all share its token or its error.

use crate::clock::{Clock, Flag, nanos};
use crate::error::{Error, Kind};
use crate::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use crate::sync::{Mutex, Once, lock};
use crate::token::AccessToken;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// What a flight ends with.
pub type Outcome = Result<Arc<AccessToken>, Error>;

type Listener = Box<dyn FnOnce(Outcome) + Send>;

/// Set when a client is closed. Its clones and their callers share it.
pub type Exit = Arc<AtomicBool>;

/// A request under way. It belongs to no caller: one that leaves early changes nothing for the others. It lasts for as
/// long as the most patient of them waits.
pub struct Flight {
    process: u32,
    started: Duration,
    /// On the boot clock, in nanoseconds, as the other two.
    deadline: AtomicU64,
    /// Nobody who boards makes it last longer than this.
    latest: AtomicU64,
    /// By then its thread gives a sign of life.
    aimed: AtomicU64,
    is_awaited: AtomicBool,
    attempts: AtomicU32,
    outcome: Once<Outcome>,
    listeners: Mutex<Vec<(Exit, Listener)>>,
    landed: Flag,
}

/// A thread that was killed cannot land its flight; this long after it should have shown itself another one takes off.
const GRACE: Duration = Duration::from_secs(2);

impl Flight {
    /// A flight that takes off now and has until `deadline` on the boot clock, or longer for those who board.
    pub fn new(now: Duration, deadline: Duration) -> Flight {
        Flight {
            process: std::process::id(),
            started: now,
            deadline: AtomicU64::new(nanos(deadline)),
            latest: AtomicU64::new(u64::MAX),
            aimed: AtomicU64::new(nanos(deadline)),
            is_awaited: AtomicBool::new(false),
            attempts: AtomicU32::new(0),
            outcome: Once::new(),
            listeners: Mutex::default(),
            landed: Flag::default(),
        }
    }

    /// Another request is sent.
    pub fn attempt(&self) {
        self.attempts.fetch_add(1, Ordering::SeqCst);
    }

    /// How many requests were sent so far.
    pub fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::SeqCst)
    }

    /// When it took off.
    pub fn started(&self) -> Duration {
        self.started
    }

    /// Until when it has time, as things stand.
    pub fn deadline(&self) -> Duration {
        Duration::from_nanos(self.deadline.load(Ordering::SeqCst).min(self.latest.load(Ordering::SeqCst)))
    }

    /// Its thread lives: it works until the deadline of this moment, which it gets, and then looks again who waits.
    pub fn aim(&self) -> Duration {
        let aimed = self.deadline();
        self.aimed.store(nanos(aimed), Ordering::SeqCst);
        aimed
    }

    /// A caller without a token boards: the flight lasts until `until` at least, and asks again where that may help.
    pub fn board(&self, until: Duration) {
        self.is_awaited.store(true, Ordering::SeqCst);
        self.deadline.fetch_max(nanos(until), Ordering::SeqCst);
    }

    /// It flies on the thread of a caller who waits until `until` and no longer, whoever else boards.
    pub fn shorten(&self, until: Duration) {
        self.latest.store(nanos(until), Ordering::SeqCst);
    }

    /// Whether it has only the time of the caller on whose thread it flies and who has no token.
    pub fn is_hurried(&self) -> bool {
        self.latest.load(Ordering::SeqCst) != u64::MAX && self.is_awaited()
    }

    /// Whether somebody who has no token waits for it.
    pub fn is_awaited(&self) -> bool {
        self.is_awaited.load(Ordering::SeqCst)
    }

    /// Whether its thread must have vanished without landing it: callers who go on boarding must not keep it alive.
    pub fn is_lost(&self, now: Duration) -> bool {
        now > self.lost_after() && self.outcome.get().is_none()
    }

    /// When it counts as lost, if nothing is seen of its thread until then.
    pub fn lost_after(&self) -> Duration {
        Duration::from_nanos(self.aimed.load(Ordering::SeqCst)) + GRACE
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
        tell(listeners, outcome);
    }

    /// Releases those whose client was closed. The flight goes on, and so do the others.
    pub fn release_closed(&self) {
        let leaving: Vec<_> =
            lock(&self.listeners).extract_if(.., |(exit, _)| exit.load(Ordering::SeqCst)).collect();
        self.landed.stir();
        tell(leaving, &Err(closed()));
    }

    /// Waits until the flight has landed, the client is closed or the boot clock reaches `until`; `None` when that is all.
    pub fn wait(&self, clock: &dyn Clock, until: Duration, exit: &Exit) -> Option<Outcome> {
        if self.is_foreign() {
            return Some(Err(stayed_behind()));
        }
        clock.wait(&self.landed.or(exit), until);
        self.outcome.get().or_else(|| exit.load(Ordering::SeqCst).then(|| Err(closed())))
    }

    /// Calls `listener` when the flight lands, on the thread that lands it or gives it up, or when the client is closed,
    /// on the thread that closes it; at once if that has happened.
    pub fn on_landing(&self, exit: &Exit, listener: Listener) {
        if self.is_foreign() {
            return listener(Err(stayed_behind()));
        }
        let mut listeners = lock(&self.listeners);
        let is_closed = || exit.load(Ordering::SeqCst).then(|| Err(closed()));
        match self.outcome.get().or_else(is_closed) {
            None => listeners.push((exit.clone(), listener)),
            Some(outcome) => {
                drop(listeners);
                listener(outcome);
            }
        }
    }
}

fn tell(listeners: Vec<(Exit, Listener)>, outcome: &Outcome) {
    for (_, listener) in listeners {
        // One that panics takes nothing from the others.
        let _ = catch_unwind(AssertUnwindSafe(|| listener(outcome.clone())));
    }
}

/// What the callers of a closed client are told.
pub fn closed() -> Error {
    Error::new(Kind::Closed, "the client is closed: make a new one")
}

/// What a caller that was forked while it waited is told, without a look at locks that nobody may open any more.
fn stayed_behind() -> Error {
    Error::new(Kind::Unavailable, "the token request stayed with the parent process: call again")
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
        assert!(flight.is_lost(seconds(13)));
        assert_eq!(flight.aim(), seconds(20));
        assert!(!flight.is_lost(seconds(22)));
        flight.land(&Err(Error::new(Kind::Connect, "scripted")));
        assert!(!flight.is_lost(seconds(60)));
    }

    #[test]
    fn a_flight_of_another_process_keeps_nobody_whatever_its_locks_are() {
        let flight = Flight { process: 0, ..Flight::new(seconds(1), seconds(10)) };
        let _held = lock(&flight.listeners);
        let outcome = flight.wait(&SystemClock, SystemClock.now().boot + seconds(60), &Exit::default());
        assert_eq!(outcome.unwrap().unwrap_err().kind(), Kind::Unavailable);
        let (sender, receiver) = std::sync::mpsc::channel();
        flight.on_landing(
            &Exit::default(),
            Box::new(move |outcome| sender.send(outcome.unwrap_err().kind()).unwrap()),
        );
        assert_eq!(receiver.try_recv(), Ok(Kind::Unavailable));
    }
}
