//! One token request for any number of callers: all share its token or its error.

use crate::clock::{Clock, Event};
use crate::error::Error;
use crate::token::AccessToken;
use once_cell::sync::OnceCell;
use parking_lot::Mutex;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// What a flight ends with.
pub type Outcome = Result<Arc<AccessToken>, Error>;

type Listener = Box<dyn FnOnce(Outcome) + Send>;

/// A request under way. It belongs to no caller: one that leaves early changes nothing for the others.
pub struct Flight {
    process: u32,
    deadline: Duration,
    landed: Event,
    outcome: OnceCell<Outcome>,
    listeners: Mutex<Vec<Listener>>,
}

/// A thread that was killed cannot land its flight; this long after its deadline another one takes off.
const GRACE: Duration = Duration::from_secs(2);

impl Flight {
    /// A flight that will have landed by `deadline` on the boot clock.
    pub fn new(deadline: Duration) -> Flight {
        Flight {
            process: std::process::id(),
            deadline,
            landed: Event::default(),
            outcome: OnceCell::new(),
            listeners: Mutex::default(),
        }
    }

    /// Whether its thread must have vanished without landing it. A forked child has no thread of its parent's.
    pub fn is_lost(&self, now: Duration) -> bool {
        let has_vanished = now > self.deadline + GRACE || self.process != std::process::id();
        has_vanished && self.outcome.get().is_none()
    }

    /// Ends the flight for everybody. Only the first outcome counts.
    pub fn land(&self, outcome: &Outcome) {
        let listeners = {
            // Under this lock, so that a listener comes either before the outcome or after it, never between.
            let mut listeners = self.listeners.lock();
            let _ = self.outcome.set(outcome.clone());
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
        clock.wait(&self.landed, until);
        self.outcome.get().cloned()
    }

    /// Calls `listener` when the flight lands, on the thread that lands it; at once if it has.
    pub fn on_landing(&self, listener: Listener) {
        let mut listeners = self.listeners.lock();
        match self.outcome.get().cloned() {
            None => listeners.push(listener),
            Some(outcome) => {
                drop(listeners);
                listener(outcome);
            }
        }
    }
}
