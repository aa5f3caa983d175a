//! The engine: the token at hand, the flight that fetches the next, and who may ask the server when.

mod state;
mod at_hand;
mod fetch;

use crate::call::{Call, LONGEST};
use crate::clock::{Clock, Reading, nanos};
use crate::error::{Error, Kind};
use crate::event::{self, Event, Happening};
use crate::flight::{Exit, Flight};
use crate::grant::Grant;
use crate::leftovers::{OF_A_CALL, OF_A_FLIGHT, wiped};
use crate::lifetime::Verdict;
use crate::local::Local;
use crate::pace::Refusal;
use crate::pending::{Answer, Pending};
use crate::secret::Secret;
use crate::settings::{Key, Settings};
use crate::slot::Slot;
use crate::stats::{Counters, Stats};
use crate::store::Store;
use crate::token::AccessToken;
pub use at_hand::Lent;
use fetch::margin;
use state::{Boarding, State, land_lost};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

/// Near its end a token is held back for the next one, for this long after that one's request was begun.
const MOMENT: Duration = Duration::from_secs(1);

/// Whether a token is handed out although its refresh failed.
#[derive(Clone, Copy, PartialEq)]
#[repr(u8)]
enum Outage {
    None,
    /// It is, and nobody was told.
    Untold,
    Told,
}

/// One token for one configuration, shared by all its callers. Thread-safe.
pub struct Cache {
    key: Key,
    grant: Grant,
    clock: Arc<dyn Clock>,
    store: Option<Arc<dyn Store>>,
    slot: Arc<Slot>,
    state: Local<State>,
    /// No refresh ahead of expiry before this time of the boot clock, in nanoseconds: the look of every call at it
    /// costs no lock.
    quiet: AtomicU64,
    outage: AtomicU8,
    /// How far the clocks are apart, as listeners of events know it.
    told_skew: AtomicI64,
    counters: Counters,
}

impl Cache {
    /// An empty cache. The parts are arguments so that tests can put their own in.
    pub fn new(grant: Grant, clock: Arc<dyn Clock>, store: Option<Arc<dyn Store>>) -> Arc<Cache> {
        Arc::new(Cache {
            key: grant.settings().key(),
            slot: Arc::new(Slot::new(clock.clone())),
            grant,
            clock,
            store,
            state: Local::default(),
            quiet: AtomicU64::new(0),
            outage: AtomicU8::new(Outage::None as u8),
            told_skew: AtomicI64::new(0),
            counters: Counters::default(),
        })
    }

    /// What this cache was configured with.
    pub fn settings(&self) -> &Settings {
        self.grant.settings()
    }

    /// A client comes with its secret.
    pub fn enter(&self, secret: &Secret) {
        self.slot.enter(secret);
    }

    /// A client leaves. With the last one, and the flight that it may have begun, the secret goes too.
    pub fn leave(&self) {
        self.slot.leave();
    }

    /// What it has done so far.
    pub fn stats(&self) -> Stats {
        self.counters.stats(self.slot.hits(), self.slot.left(&self.clock.now()))
    }

    /// A token, or a place in the flight that fetches one. Never waits for the network, unless the system refuses a
    /// thread: then the caller's own has to fly.
    ///
    /// # Errors
    /// The last failure in the pause after it, `unavailable` when the budget of requests is used up.
    pub fn get(self: &Arc<Self>, call: &Call, exit: &Exit) -> Result<Answer, Error> {
        match self.ready(call, Arc::clone) {
            Some(token) => Ok(Answer::Ready(token)),
            None => self.join(call, exit),
        }
    }

    /// Releases the callers of clients that were closed. What they wait for goes on.
    pub fn release_closed(&self) {
        let flights = self.state.with(|state| state.boarded());
        flights.iter().for_each(|flight| flight.release_closed());
    }

    /// Whether a token request is under way.
    pub fn is_refreshing(&self) -> bool {
        let now = self.clock.now().boot;
        self.state.with(|state| state.flying(now).is_some())
    }

    /// Whether another engine in its place would ask the server for something that this one knows.
    pub fn has_memory(&self) -> bool {
        let now = self.clock.now();
        self.slot.left(&now).is_some_and(|left| !left.is_zero())
            || self.state.with(|state| state.flying(now.boot).is_some() || state.pace.has_memory(now.boot))
    }

    /// Drops the token at hand if it is this one; a newer one stays. True when it was dropped: a valid one at most once
    /// in 30 s, since each costs a request, and a resource server that refuses every token would cost one for each call.
    pub fn invalidate(&self, token: &str) -> bool {
        let Some(held) = self.slot.token().filter(|held| held.value() == token) else {
            return false;
        };
        let now = self.clock.now();
        let is_valid = !held.left(&now).is_zero();
        if is_valid && !self.state.with(|state| state.pace.may_force(now.boot)) {
            return false;
        }
        // Before the slot is empty: a flight that takes off then must not find it there.
        self.with_store(|store| store.forget(&self.key, token));
        let was_dropped = self.state.with(|state| {
            let was_dropped = self.slot.take(&held);
            if was_dropped && is_valid {
                state.pace.forced(now.boot);
            }
            was_dropped
        });
        if was_dropped {
            self.tell(Happening::Invalidated, Some(&held), |_| ());
        }
        was_dropped
    }

    /// A store that panics is an empty one.
    fn with_store<T>(&self, work: impl FnOnce(&dyn Store) -> T) -> Option<T> {
        let store = self.store.as_ref()?;
        catch_unwind(AssertUnwindSafe(|| work(&**store))).ok()
    }

    /// Whether a token near its end is to be handed out at once: its refresh failed a short while ago, or has taken
    /// longer than anybody should wait for it.
    fn needs_no_wait(&self, now: Duration) -> bool {
        self.state.with(|state| match state.flying(now) {
            Some(flight) => now >= flight.started() + MOMENT,
            None => now < state.pace.ahead(now),
        })
    }

    fn refresh_ahead(self: &Arc<Self>, now: &Reading) {
        let timeout = self.settings().timeout;
        let boarding = self.state.with(|state| {
            // A flight may have landed between the look at the slot and this lock.
            let is_due = matches!(self.slot.judge(now, Duration::ZERO), Some((_, Verdict::RefreshAhead)));
            let is_quiet = now.boot < state.pace.ahead(now.boot) || state.flying(now.boot).is_some();
            if !is_due || is_quiet {
                self.quiet.store(nanos(state.quiet_until(now.boot)), Ordering::Relaxed);
                return None;
            }
            Some(state.take_off(now.boot, now.boot + timeout))
        });
        let Some((flight, lost)) = boarding else {
            return;
        };
        land_lost(lost);
        if self.clone().spawn(flight.clone()).is_ok() {
            self.counters.refreshes_ahead.add();
        } else {
            // The caller keeps its token. Near its end somebody will fly on a thread of their own.
            self.call_off(&flight, now.boot);
        }
    }

    /// Nobody can fly now: no request was sent.
    fn call_off(&self, flight: &Arc<Flight>, now: Duration) {
        self.state.with(|state| {
            state.clear(flight);
            state.pace.put_off(now);
        });
        flight.land(&Err(Error::new(Kind::Unavailable, "the system gave no thread for a token request")));
    }

    fn join(self: &Arc<Self>, call: &Call, exit: &Exit) -> Result<Answer, Error> {
        if event::is_inside() {
            if let Some(token) = self.slot.valid() {
                return Ok(Answer::Ready(token));
            }
            let told =
                "a listener of events asked for a token while none is at hand: ask after it has returned";
            return Err(Error::invalid_config(told));
        }
        let now = self.clock.now();
        let until = now.boot + call.timeout.unwrap_or(self.settings().timeout).min(LONGEST);
        let (boarding, left) = self.board(&now, until, call.min_ttl);
        let flight = match boarding {
            Boarding::Served(token) => {
                self.served(&token);
                return Ok(Answer::Ready(token));
            }
            // Once: the file is looked at no more often than each second.
            Boarding::Refused(refusal) if self.finds_new_secret(&refusal, now.boot) => {
                return self.join(call, exit);
            }
            Boarding::Refused(refusal) => return self.refuse(refusal),
            Boarding::Join(flight) => flight,
            Boarding::TakeOff(flight, lost) => {
                land_lost(lost);
                self.begin(
                    &flight,
                    now.boot,
                    left.map_or(until, |left| until.min(now.boot + MOMENT.min(left))),
                );
                flight
            }
        };
        // The token at hand is given a little before it may be given no more.
        let moment = left.map(|left| (flight.started() + MOMENT).min(now.boot + margin(left)));
        Ok(Answer::Pending(Pending::new(self.slot.clone(), flight, exit.clone(), until, moment)))
    }

    /// What a caller has to do who waits until `until`; if it has a token that is near its end, how much of that is left.
    fn board(&self, now: &Reading, until: Duration, min_ttl: Duration) -> (Boarding, Option<Duration>) {
        self.state.with(|state| {
            let left = match self.slot.judge(now, min_ttl) {
                // A flight may have landed between the look at the slot and this lock.
                Some((token, Verdict::Fresh | Verdict::RefreshAhead)) => {
                    return (Boarding::Served(token), None);
                }
                Some((token, Verdict::Waning)) => Some(token.left(now)),
                _ => None,
            };
            let boarding = state.join_or_take_off(now.boot, until.max(now.boot + self.settings().timeout));
            if let Boarding::Join(flight) | Boarding::TakeOff(flight, _) = &boarding
                && left.is_none()
            {
                flight.board(until);
            }
            (boarding, left)
        })
    }

    /// Flies on a thread of its own; where the system refuses one, here, for as long as this caller waits, if it does.
    fn begin(self: &Arc<Self>, flight: &Arc<Flight>, now: Duration, until: Duration) {
        if self.clone().spawn(flight.clone()).is_ok() {
            return;
        }
        if until <= now {
            return self.call_off(flight, now);
        }
        flight.shorten(until);
        self.fly(flight);
    }

    /// Without a request the caller has a valid token, though one near its end or not good for as long as it asked,
    /// or an error.
    fn refuse(&self, refusal: Refusal) -> Result<Answer, Error> {
        if let Some(token) = self.slot.valid() {
            self.served(&token);
            return Ok(Answer::Ready(token));
        }
        match refusal {
            Refusal::CoolDown(error, left) => {
                self.counters.refused_in_cool_down.add();
                Err(error.again(left))
            }
            Refusal::Budget(left) => {
                self.counters.refused_by_budget.add();
                Err(over_budget(left))
            }
        }
    }

    /// Whether the secret that stands refused has been replaced in its file: what the server said is no news then.
    fn finds_new_secret(&self, refusal: &Refusal, now: Duration) -> bool {
        let is_refused =
            matches!(refusal, Refusal::CoolDown(error, _) if error.oauth_error() == Some("invalid_client"));
        let has_file = self.settings().client_secret_file.is_some();
        let is_new = is_refused
            && has_file
            && self.state.with(|state| state.pace.look(now))
            && self.rereads_secret().unwrap_or(false);
        if is_new {
            self.state.with(|state| state.pace.begin_anew());
        }
        is_new
    }

    fn spawn(self: Arc<Self>, flight: Arc<Flight>) -> std::io::Result<()> {
        let (clock, stay) = (self.clock.clone(), self.slot.stay());
        clock.spawn(Box::new(move || {
            wiped::<OF_A_FLIGHT, _>(|| self.fly(&flight));
            drop(stay);
        }))
    }

    fn tell(&self, happening: Happening, token: Option<&AccessToken>, complete: impl FnOnce(&mut Event)) {
        if !event::is_wanted() {
            return;
        }
        let now = self.clock.now();
        let mut event = Event::new(happening, now.wall, &self.settings().client_id);
        if let Some(token) = token {
            event.token = Some(wiped::<OF_A_CALL, _>(|| event::fingerprint(token.value())));
            event.expires_in = Some(token.left(&now));
        }
        complete(&mut event);
        event::tell(&event);
    }
}

fn over_budget(left: Duration) -> Error {
    Error::new(Kind::Unavailable, "ten token requests were sent within a minute, no more are")
        .with_retry_after(Some(left))
        .with_hint("something asks without end: tokens that live for seconds, or a resource server that refuses each")
}
