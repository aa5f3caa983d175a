//! A caller's place in a flight.

use crate::error::{Error, Kind};
use crate::flight::{Exit, Flight, Outcome};
use crate::slot::Slot;
use crate::token::AccessToken;
use std::sync::Arc;
use std::time::Duration;

/// A token at once, or the flight to wait for.
pub enum Answer {
    /// Nothing to wait for.
    Ready(Arc<AccessToken>),
    /// A request is under way.
    Pending(Pending),
}

/// A caller's place in a flight.
pub struct Pending {
    slot: Arc<Slot>,
    flight: Arc<Flight>,
    exit: Exit,
    until: Duration,
    /// From this time on the token at hand will do.
    moment: Option<Duration>,
}

impl Answer {
    /// Waits for the token until the deadline of the call.
    ///
    /// # Errors
    /// The flight's error, `timeout` when the caller's deadline passed first, or `closed`.
    pub fn wait(self) -> Outcome {
        match self {
            Answer::Ready(token) => Ok(token),
            Answer::Pending(pending) => pending.wait(),
        }
    }
}

impl Pending {
    /// A place until `until` on the boot clock; where `moment` is given, a valid token at hand is handed out then.
    pub(crate) fn new(
        slot: Arc<Slot>,
        flight: Arc<Flight>,
        exit: Exit,
        until: Duration,
        moment: Option<Duration>,
    ) -> Pending {
        Pending { slot, flight, exit, until, moment: moment.map(|moment| moment.min(until)) }
    }

    /// Waits until the deadline of the call.
    ///
    /// # Errors
    /// The flight's error, `timeout` when the caller's deadline passed first, or `closed`.
    pub fn wait(self) -> Outcome {
        loop {
            if let Some(outcome) = self.wait_for(Duration::MAX) {
                return outcome;
            }
        }
    }

    /// Waits at most this long, for callers that have to look after something else meanwhile; `None`: not yet.
    pub fn wait_for(&self, at_most: Duration) -> Option<Outcome> {
        let now = self.slot.clock.now().boot;
        let end = self.next_decision();
        if self.moment.is_some() && self.slot.valid().is_none() && now < self.until {
            // The token at hand is over: now this caller needs the next one.
            self.flight.board(self.until);
        }
        let slice = end.min(now.saturating_add(at_most));
        if let Some(outcome) = self.flight.wait(&*self.slot.clock, slice, &self.exit) {
            return Some(self.slot.settle(outcome));
        }
        match slice {
            _ if slice < end => None,
            _ if end == self.until => Some(self.late()),
            _ => self.slot.valid().map(Ok),
        }
    }

    /// What there is at this moment, be it the token that is to be replaced; `None`: nothing yet.
    pub(crate) fn look(&self) -> Option<Outcome> {
        let landed = self.flight.wait(&*self.slot.clock, Duration::ZERO, &self.exit);
        landed.map(|outcome| self.slot.settle(outcome)).or_else(|| self.slot.valid().map(Ok))
    }

    /// How long until there is something to decide, if the flight does not land before.
    pub fn left(&self) -> Duration {
        self.next_decision().saturating_sub(self.slot.clock.now().boot)
    }

    /// Calls `listener` once, when the flight lands, on the thread that lands it or gives it up, or when the client is
    /// closed, on the thread that closes it; at once if that has happened.
    pub fn on_ready(&self, listener: impl FnOnce(Outcome) + Send + 'static) {
        let slot = self.slot.clone();
        self.flight.on_landing(&self.exit, Box::new(move |outcome| listener(slot.settle(outcome))));
    }

    /// The moment, as long as a token is at hand; else the deadline.
    fn next_decision(&self) -> Duration {
        self.moment.filter(|_| self.slot.valid().is_some()).unwrap_or(self.until)
    }

    fn late(&self) -> Outcome {
        let told = "no token within the timeout of the call";
        self.slot.settle(Err(Error::new(Kind::Timeout, told).with_attempts(self.flight.attempts())))
    }
}
