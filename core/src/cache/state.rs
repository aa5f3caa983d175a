//! What stands behind the engine's one lock: the flight under way, and when the server may be asked.

use super::Outage;
use crate::error::{Error, Kind};
use crate::flight::Flight;
use crate::pace::{Pace, Refusal};
use crate::token::AccessToken;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Who may ask the server when.
#[derive(Default)]
pub struct State {
    flight: Option<Arc<Flight>>,
    /// Every flight in which a caller may still sit: one that was given up or has brought its token may not have landed.
    boarded: Vec<Weak<Flight>>,
    pub pace: Pace,
}

/// What a caller that needs the next token has to do.
pub enum Boarding {
    /// Take this token, which has just come.
    Served(Arc<AccessToken>),
    /// Wait for this flight, which somebody else began.
    Join(Arc<Flight>),
    /// Begin this flight; the other was lost, and whoever still waits for it must be freed.
    TakeOff(Arc<Flight>, Option<Arc<Flight>>),
    /// Go without.
    Refused(Refusal),
}

impl State {
    /// The flight under way. In a forked child there is none: it has a state of its own.
    pub fn flying(&self, now: Duration) -> Option<&Arc<Flight>> {
        self.flight.as_ref().filter(|flight| !flight.is_lost(now))
    }

    /// The flight under way; else, if nothing speaks against it, a new one that lasts until `deadline`.
    pub fn join_or_take_off(&mut self, now: Duration, deadline: Duration) -> Boarding {
        if let Some(flight) = self.flying(now) {
            return Boarding::Join(flight.clone());
        }
        match self.pace.refusal(now) {
            Some(refusal) => Boarding::Refused(refusal),
            None => {
                let (flight, lost) = self.take_off(now, deadline);
                Boarding::TakeOff(flight, lost)
            }
        }
    }

    /// Begins a flight, whose first request is taken out of the budget; the other one is that which was lost.
    pub fn take_off(&mut self, now: Duration, deadline: Duration) -> (Arc<Flight>, Option<Arc<Flight>>) {
        let flight = Arc::new(Flight::new(now, deadline));
        self.boarded.retain(|known| known.strong_count() > 0);
        self.boarded.push(Arc::downgrade(&flight));
        self.pace.take(now);
        let lost = self.flight.replace(flight.clone());
        (flight, lost)
    }

    /// The flights in which a caller may sit.
    pub fn boarded(&self) -> Vec<Arc<Flight>> {
        self.boarded.iter().filter_map(Weak::upgrade).collect()
    }

    /// Forgets the flight; false when it was given up for lost and another has taken its place.
    pub fn clear(&mut self, flight: &Arc<Flight>) -> bool {
        self.flight.take_if(|current| Arc::ptr_eq(current, flight)).is_some()
    }

    /// Until when a call with a valid token has nothing to begin.
    pub fn quiet_until(&self, now: Duration) -> Duration {
        match self.flying(now) {
            Some(flight) => flight.lost_after(),
            None => self.pace.ahead(now),
        }
    }

    /// Whether the last flight failed, of which nobody was told yet what follows.
    pub fn outage(&self) -> Outage {
        if self.pace.last_error().is_some() { Outage::Untold } else { Outage::None }
    }
}

/// Frees whoever still waits for a flight that was lost.
pub fn land_lost(lost: Option<Arc<Flight>>) {
    if let Some(lost) = lost {
        lost.land(&Err(Error::new(Kind::Timeout, "the token request did not end in its time")));
    }
}
