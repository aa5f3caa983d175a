//! A flight from its beginning to its landing: asking, asking again, and what its end means for those who come later.

use super::{Cache, Outage};
use crate::clock::nanos;
use crate::error::{Error, Kind};
use crate::event::Happening;
use crate::flight::{Flight, Outcome};
use crate::leftovers::{OF_A_CALL, wiped};
use crate::lifetime::Verdict;
use crate::pace::{ATTEMPTS, retry};
use crate::skew;
use crate::token::AccessToken;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

impl Cache {
    /// Fetches and lands, whatever happens on the way.
    pub(super) fn fly(&self, flight: &Arc<Flight>) {
        self.tell(Happening::RefreshStarted, None, |_| ());
        let fetched = catch_unwind(AssertUnwindSafe(|| self.fetch(flight)));
        let outcome = fetched.unwrap_or_else(|_| {
            self.counters.failure(Kind::Internal);
            Err(Error::new(Kind::Internal, "the token request ended in a panic"))
        });
        let outcome = outcome.map(Arc::new);
        let is_current = self.conclude(flight, &outcome);
        // Before the callers go on: the last thing that a program does may be one call.
        self.report(flight, &outcome, is_current);
        // After the failure was told: what follows from it is told later.
        self.state.with(|state| self.outage.store(state.outage() as u8, Ordering::Relaxed));
        // Calls are counted otherwise from now on.
        self.slot.window.close();
        flight.land(&outcome);
    }

    /// Asks, and asks again where that may help and somebody waits.
    fn fetch(&self, flight: &Flight) -> Result<AccessToken, Error> {
        if let Some(Some(shared)) = self.with_store(|store| store.load(&self.key))
            && self.is_news(&shared)
        {
            return Ok(shared);
        }
        let most = self.state.with(|state| state.pace.attempts());
        let mut attempt = 1;
        loop {
            let aimed = flight.aim();
            flight.attempt();
            let mut error = match self.ask(margin(aimed.saturating_sub(self.clock.now().boot))) {
                Ok(token) => return Ok(token),
                Err(error) => error.with_attempts(attempt),
            };
            let mut is_replaced = false;
            if error.oauth_error() == Some("invalid_client") && attempt == 1 {
                match self.rereads_secret() {
                    Ok(is_new) => is_replaced = is_new,
                    Err(problem) => error = error.with_remark(problem.message()),
                }
            }
            let pause = if is_replaced {
                Some(Duration::ZERO)
            } else {
                self.pause(flight, &error, attempt, most, aimed)
            };
            let Some(pause) = pause else {
                return Err(error);
            };
            flight.aim();
            self.clock.sleep(self.clock.now().boot + pause);
            // The first request was taken out of the budget when the flight took off.
            let now = self.clock.now().boot;
            if !self.state.with(|state| state.pace.take(now)) {
                return Err(error);
            }
            attempt += 1;
        }
    }

    /// One request.
    fn ask(&self, budget: Duration) -> Result<AccessToken, Error> {
        let Some(secret) = self.slot.secret() else {
            return Err(Error::new(Kind::Closed, "the client was closed before its token request was sent"));
        };
        self.counters.requests.add();
        let (answer, skew) = self.grant.access_token(&secret, budget);
        if let Some(skew) = skew {
            self.counters.measured(skew);
            self.tell_of_skew(skew);
        }
        match &answer {
            Ok(token) => {
                self.counters.successes.add();
                self.with_store(|store| store.save(&self.key, token));
            }
            Err(error) => self.counters.failure(error.kind()),
        }
        answer.map_err(|error| self.mind_the_clock(error))
    }

    /// Once for each change: a clock that stays wrong is no news with every refresh.
    fn tell_of_skew(&self, skew: i64) {
        if skew::differ(skew, self.told_skew.load(Ordering::Relaxed)) {
            self.told_skew.store(skew, Ordering::Relaxed);
            self.tell(Happening::ClockSkew, None, |event| {
                (event.is_warning, event.clock_skew) = (skew::is_wrong(skew), Some(skew));
            });
        }
    }

    /// A refusal and a certificate that is not trusted may have no other reason than a clock that is wrong.
    fn mind_the_clock(&self, error: Error) -> Error {
        let wrong = self.counters.clock_skew().filter(|skew| skew::is_wrong(*skew));
        match (error.kind(), wrong) {
            (Kind::Rejected | Kind::Tls, Some(skew)) => error.with_remark(&skew::sentence(skew)),
            _ => error,
        }
    }

    /// How long to wait before a flight that failed asks again; `None` when it has to end.
    fn pause(
        &self,
        flight: &Flight,
        error: &Error,
        attempt: u32,
        most: u32,
        aimed: Duration,
    ) -> Option<Duration> {
        if !flight.is_awaited() {
            return None;
        }
        let left = flight.deadline().saturating_sub(self.clock.now().boot);
        // Somebody boarded whose time is not over yet.
        if error.kind() == Kind::Timeout && flight.deadline() > aimed && !left.is_zero() {
            return (attempt < ATTEMPTS).then_some(Duration::ZERO);
        }
        if attempt < most { retry(error, attempt, left, fastrand::f64()) } else { None }
    }

    /// Whether there is another secret in the file than the last request carried, which the next one will.
    ///
    /// # Errors
    /// What is the matter with the file; the refusal of the server stands.
    pub(super) fn rereads_secret(&self) -> Result<bool, Error> {
        let found = wiped::<OF_A_CALL, _>(|| self.grant.reread_secret())?;
        Ok(found.inspect(|secret| self.slot.renew(secret)).is_some())
    }

    /// Whether a token from the store is fresh and not the one that is to be replaced.
    fn is_news(&self, shared: &AccessToken) -> bool {
        let age = self.clock.now().since(shared.sent());
        let is_held = self.slot.token().is_some_and(|held| held.value() == shared.value());
        !is_held && shared.lifetime().judge(age, Duration::ZERO) == Verdict::Fresh
    }

    /// The token is in the slot before the flight is gone: nobody finds neither. A flight that was given up for lost
    /// and lands all the same takes no newer token away and tells nothing of the server; true for any other.
    fn conclude(&self, flight: &Arc<Flight>, outcome: &Outcome) -> bool {
        let now = self.clock.now().boot;
        self.state.with(|state| {
            if let Ok(token) = outcome {
                self.slot.put(token);
            }
            if !state.clear(flight) {
                return false;
            }
            match outcome {
                Ok(_) => {
                    state.pace.begin_anew();
                    self.counters.refreshed(now.saturating_sub(flight.started()));
                    self.outage.store(Outage::None as u8, Ordering::Relaxed);
                }
                // No client was there any more; the server was not asked.
                Err(error) if error.kind() == Kind::Closed => {}
                // The time of the one caller was over, which it chose itself; the server may be well.
                Err(error) if flight.is_hurried() && error.kind() == Kind::Timeout => {}
                Err(error) => state.pace.failed(now, error, fastrand::f64()),
            }
            self.quiet.store(nanos(state.pace.ahead(now)), Ordering::Relaxed);
            true
        })
    }

    fn report(&self, flight: &Flight, outcome: &Outcome, is_current: bool) {
        let took = Some(self.clock.now().boot.saturating_sub(flight.started()));
        match outcome {
            Ok(token) => self.tell(Happening::RefreshSucceeded, Some(token), |event| event.took = took),
            Err(error) => {
                // Without a token the callers have the error themselves.
                let valid = self.slot.valid().filter(|_| is_current);
                self.tell(Happening::RefreshFailed, valid.as_deref(), |event| {
                    (event.is_warning, event.took) = (valid.is_some(), took);
                    event.error = Some(error.clone());
                });
            }
        }
    }
}

/// What is done within this time ends a little before it: a request, so that its own error is told to the caller who
/// waits as long; waiting near the end of a token, so that it is not over.
pub(super) fn margin(left: Duration) -> Duration {
    left - Duration::from_millis(25).min(left / 20)
}
