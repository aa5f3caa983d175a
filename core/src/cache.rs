//! The engine: the token at hand, the flight that fetches the next, and who waits for it.

use crate::call::Call;
use crate::clock::{Clock, Reading};
use crate::error::{Error, Kind};
use crate::flight::{Flight, Outcome};
use crate::grant::Grant;
use crate::lifetime::{Verdict, pause_after};
use crate::settings::{Key, Settings};
use crate::store::Store;
use crate::token::AccessToken;
use arc_swap::ArcSwapOption;
use parking_lot::{Mutex, MutexGuard};
use std::panic::{AssertUnwindSafe, catch_unwind};
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
    cache: Arc<Cache>,
    flight: Arc<Flight>,
    until: Duration,
}

/// One token for one configuration, shared by all its callers. Thread-safe.
pub struct Cache {
    key: Key,
    grant: Grant,
    clock: Arc<dyn Clock>,
    store: Option<Arc<dyn Store>>,
    slot: ArcSwapOption<AccessToken>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    flight: Option<Arc<Flight>>,
    failures: u32,
    /// No refresh ahead of expiry before this time of the boot clock.
    not_before: Duration,
}

impl Cache {
    /// An empty cache. The parts are arguments so that tests can put their own in.
    pub fn new(grant: Grant, clock: Arc<dyn Clock>, store: Option<Arc<dyn Store>>) -> Arc<Cache> {
        let key = grant.settings().key();
        Arc::new(Cache { key, grant, clock, store, slot: ArcSwapOption::empty(), state: Mutex::default() })
    }

    /// What this cache was configured with.
    pub fn settings(&self) -> &Settings {
        self.grant.settings()
    }

    /// A token, or a place in the flight that fetches one. Never waits for the network, unless the system
    /// refuses a thread: then the caller's own has to fly.
    pub fn get(self: &Arc<Self>, call: &Call) -> Answer {
        match self.ready(call) {
            Some(token) => Answer::Ready(token),
            None => self.join(&self.clock.now(), call),
        }
    }

    /// The token at hand, if it serves this call; a refresh that is due is started. Never waits for the network.
    pub fn ready(self: &Arc<Self>, call: &Call) -> Option<Arc<AccessToken>> {
        let now = self.clock.now();
        let (token, verdict) = self.held(&now, call.min_ttl)?;
        if verdict == Verdict::RefreshAhead {
            self.refresh_ahead(&now);
        }
        matches!(verdict, Verdict::Fresh | Verdict::RefreshAhead).then_some(token)
    }

    /// Whether a token request is under way.
    pub fn is_refreshing(&self) -> bool {
        self.state.lock().has_flight(self.clock.now().boot)
    }

    /// Drops the token at hand if it is this one; a newer one stays. True when it was dropped.
    pub fn invalidate(&self, token: &str) -> bool {
        let held = self.slot.load_full();
        let Some(held) = held.filter(|held| held.value() == token) else {
            return false;
        };
        let previous = self.slot.compare_and_swap(&held, None);
        if let Some(store) = &self.store {
            store.forget(&self.key, token);
        }
        previous.as_ref().is_some_and(|previous| Arc::ptr_eq(previous, &held))
    }

    fn held(&self, now: &Reading, min_ttl: Duration) -> Option<(Arc<AccessToken>, Verdict)> {
        let token = self.slot.load_full()?;
        let verdict = token.lifetime().judge(now.since(token.sent()), min_ttl);
        Some((token, verdict))
    }

    /// The token at hand, if it may still be handed out.
    fn valid(&self) -> Option<Arc<AccessToken>> {
        let (token, verdict) = self.held(&self.clock.now(), Duration::ZERO)?;
        (verdict != Verdict::Expired).then_some(token)
    }

    fn refresh_ahead(self: &Arc<Self>, now: &Reading) {
        let state = self.state.lock();
        // A flight may have landed between the look at the slot and this lock.
        let is_due = matches!(self.held(now, Duration::ZERO), Some((_, Verdict::RefreshAhead)));
        if !is_due || now.boot < state.not_before || state.has_flight(now.boot) {
            return;
        }
        let deadline = now.boot + self.settings().timeout;
        let flight = take_off(state, deadline);
        // Without a thread the caller keeps its token and a later caller tries again.
        if self.clone().spawn(flight.clone(), deadline).is_err() {
            self.fail(&flight, Error::new(Kind::Internal, "no thread for a refresh"));
        }
    }

    fn join(self: &Arc<Self>, now: &Reading, call: &Call) -> Answer {
        let wait = call.timeout.unwrap_or(self.settings().timeout);
        let state = self.state.lock();
        // A flight may have landed between the look at the slot and this lock.
        if let Some((token, Verdict::Fresh | Verdict::RefreshAhead)) = self.held(now, call.min_ttl) {
            return Answer::Ready(token);
        }
        let flying = state.flight.clone().filter(|_| state.has_flight(now.boot));
        let flight = match flying {
            Some(flight) => flight,
            None => {
                let deadline = now.boot + wait.max(self.settings().timeout);
                let flight = take_off(state, deadline);
                if self.clone().spawn(flight.clone(), deadline).is_err() {
                    self.fly(&flight, now.boot + wait);
                }
                flight
            }
        };
        Answer::Pending(Pending { cache: self.clone(), flight, until: now.boot + wait })
    }

    fn spawn(self: Arc<Self>, flight: Arc<Flight>, until: Duration) -> std::io::Result<()> {
        let thread = std::thread::Builder::new().name("xilnex-auth".into());
        thread.spawn(move || self.fly(&flight, until)).map(drop)
    }

    /// Fetches and lands, whatever happens on the way.
    fn fly(&self, flight: &Arc<Flight>, until: Duration) {
        let fetched = catch_unwind(AssertUnwindSafe(|| self.fetch(until)));
        match fetched {
            Ok(Ok(token)) => self.succeed(flight, Arc::new(token)),
            Ok(Err(error)) => self.fail(flight, error),
            Err(_) => self.fail(flight, Error::new(Kind::Internal, "the token request ended in a panic")),
        }
    }

    fn fetch(&self, until: Duration) -> Result<AccessToken, Error> {
        if let Some(shared) = self.store.as_ref().and_then(|store| store.load(&self.key))
            && self.is_news(&shared)
        {
            return Ok(shared);
        }
        let token = self.grant.access_token(budget(until.saturating_sub(self.clock.now().boot)))?;
        if let Some(store) = &self.store {
            store.save(&self.key, &token);
        }
        Ok(token)
    }

    /// Whether a token from the store is fresh and not the one that is to be replaced.
    fn is_news(&self, shared: &AccessToken) -> bool {
        let age = self.clock.now().since(shared.sent());
        let is_held = self.slot.load().as_ref().is_some_and(|held| held.value() == shared.value());
        !is_held && shared.lifetime().judge(age, Duration::ZERO) == Verdict::Fresh
    }

    /// The token is in the slot before the flight is gone: nobody finds neither. A flight that was given up for
    /// lost and lands all the same takes no newer token away.
    fn succeed(&self, flight: &Arc<Flight>, token: Arc<AccessToken>) {
        let mut state = self.state.lock();
        if self.slot.load().as_ref().is_none_or(|held| held.sent().boot <= token.sent().boot) {
            self.slot.store(Some(token.clone()));
        }
        if state.clear(flight) {
            state.failures = 0;
            state.not_before = Duration::ZERO;
        }
        drop(state);
        flight.land(&Ok(token));
    }

    fn fail(&self, flight: &Arc<Flight>, error: Error) {
        let mut state = self.state.lock();
        if state.clear(flight) {
            state.failures = state.failures.saturating_add(1);
            let pause = pause_after(state.failures, error.retry_after(), fastrand::f64());
            state.not_before = self.clock.now().boot + pause;
        }
        drop(state);
        flight.land(&Err(error));
    }
}

/// A flight ends a little before the caller that started it gives up: so its own error is told, and a caller who tries
/// again is not handed a flight at its very end.
fn budget(left: Duration) -> Duration {
    left - Duration::from_millis(25).min(left / 20)
}

/// Begins a flight and frees whoever still waits for the lost one that it replaces, once the lock is gone.
fn take_off(mut state: MutexGuard<'_, State>, deadline: Duration) -> Arc<Flight> {
    let flight = Arc::new(Flight::new(deadline));
    let lost = state.flight.replace(flight.clone());
    drop(state);
    if let Some(lost) = lost {
        lost.land(&Err(Error::new(Kind::Timeout, "the token request did not end in its time")));
    }
    flight
}

impl State {
    fn has_flight(&self, now: Duration) -> bool {
        self.flight.as_ref().is_some_and(|flight| !flight.is_lost(now))
    }

    /// Forgets the flight; false when it was given up for lost and another has taken its place.
    fn clear(&mut self, flight: &Arc<Flight>) -> bool {
        self.flight.take_if(|current| Arc::ptr_eq(current, flight)).is_some()
    }
}

impl Answer {
    /// Waits for the token until the deadline of the call.
    ///
    /// # Errors
    /// The flight's error, or `timeout` when the caller's deadline passed first.
    pub fn wait(self) -> Outcome {
        match self {
            Answer::Ready(token) => Ok(token),
            Answer::Pending(pending) => pending.wait(),
        }
    }
}

impl Pending {
    /// Waits until the deadline of the call.
    ///
    /// # Errors
    /// The flight's error, or `timeout` when the caller's deadline passed first.
    pub fn wait(self) -> Outcome {
        self.wait_until(self.until).unwrap_or_else(|| self.late())
    }

    /// Waits at most this long, for callers that have to look after something else meanwhile; `None`: not yet.
    pub fn wait_for(&self, at_most: Duration) -> Option<Outcome> {
        let now = self.cache.clock.now().boot;
        let slice = self.until.min(now + at_most);
        self.wait_until(slice).or_else(|| (slice == self.until).then(|| self.late()))
    }

    /// How long the call may still wait; zero once its deadline has passed.
    pub fn left(&self) -> Duration {
        self.until.saturating_sub(self.cache.clock.now().boot)
    }

    /// Calls `listener` once, when the flight lands, on the flight's thread; at once if it has. The client's
    /// timeout bounds the flight, a shorter timeout of the call does not.
    pub fn on_ready(&self, listener: impl FnOnce(Outcome) + Send + 'static) {
        let cache = self.cache.clone();
        self.flight.on_landing(Box::new(move |outcome| listener(settle(&cache, outcome))));
    }

    fn wait_until(&self, until: Duration) -> Option<Outcome> {
        let outcome = self.flight.wait(&*self.cache.clock, until)?;
        Some(settle(&self.cache, outcome))
    }

    fn late(&self) -> Outcome {
        let told = "no token within the timeout of the call";
        settle(&self.cache, Err(Error::new(Kind::Timeout, told)))
    }
}

/// A failed request never takes a valid token away, and a token that expired on its way here is none.
fn settle(cache: &Cache, outcome: Outcome) -> Outcome {
    match outcome {
        Ok(token) if token.lifetime().left(cache.clock.now().since(token.sent())).is_zero() => {
            Err(Error::new(Kind::Unavailable, "the answer took longer than the token in it lives")
                .with_attempts(1))
        }
        Ok(token) => Ok(token),
        Err(error) => cache.valid().ok_or(error),
    }
}
