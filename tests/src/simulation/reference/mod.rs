//! What the laws of the design demand of the engine, written a second time and only from what can be seen outside.

mod held;
mod requests;
mod seen;

pub use self::seen::Seen;

use self::held::{Held, Need};
use self::seen::{Pause, due, may_begin};
use super::server::Answer as Said;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use xilnex_auth::clock::Reading;
use xilnex_auth::{AccessToken, Answer, Error, Kind};

type Verdict = Result<(), String>;
type Outcome = Result<Arc<AccessToken>, Error>;

/// What is this close to an edge may fall to either side of it.
const EDGE: Duration = Duration::from_micros(1);

struct Flight {
    began: Duration,
    deadline: Duration,
    /// By then its thread has to show itself.
    aimed: Duration,
    is_awaited: bool,
    is_ahead: bool,
    most: usize,
    requests: usize,
    last: Option<(Duration, Said)>,
    token: Option<Held>,
}

/// The watcher of one world.
pub struct Reference {
    timeout: Duration,
    has_threads: bool,
    held: Option<Held>,
    known: BTreeMap<String, Held>,
    current: Option<u64>,
    flights: BTreeMap<u64, Flight>,
    ended: BTreeMap<u64, Option<Kind>>,
    failures: u32,
    failed: Option<(Duration, Said)>,
    sent: VecDeque<Duration>,
    dropped: Option<Duration>,
    calling: Option<(Duration, Seen)>,
}

fn broken(told: impl Into<String>) -> Verdict {
    Err(told.into())
}

impl Reference {
    /// A watcher of an engine with this timeout.
    pub fn new(timeout: Duration, has_threads: bool) -> Reference {
        Reference {
            timeout,
            has_threads,
            held: None,
            known: BTreeMap::new(),
            current: None,
            flights: BTreeMap::new(),
            ended: BTreeMap::new(),
            failures: 0,
            failed: None,
            sent: VecDeque::new(),
            dropped: None,
            calling: None,
        }
    }

    /// The token that a caller would have.
    pub fn at_hand(&self) -> Option<String> {
        self.held.as_ref().map(|held| held.name.clone())
    }

    /// A time at which something changes, if nobody touches the clocks.
    pub fn edge(&self) -> Option<Duration> {
        let held = self.held.as_ref()?;
        let share = [0.75, 0.8, 0.85, 0.9, 0.95, 1.0][fastrand::usize(..6)];
        let near_end = [5, 60][fastrand::usize(..2)];
        let late = held.total.saturating_sub(Duration::from_secs(near_end));
        Some(held.sent.boot + held.total.mul_f64(share).max(late.min(held.total)))
    }

    fn has_valid(&self, now: &Reading) -> bool {
        self.held.as_ref().is_some_and(|held| held.left(held.age(now)) > EDGE)
    }

    fn has_budget(&self, now: Duration) -> bool {
        self.sent.iter().filter(|sent| **sent + Duration::from_secs(60) > now).count() < 10
    }

    /// The flight that callers may join.
    fn flying(&self, now: Duration) -> Option<u64> {
        let lost = |id: &u64| now > self.flights[id].aimed + Duration::from_secs(2);
        self.current.filter(|id| !lost(id))
    }

    /// The shortest and the longest pause after the last failure, for a caller without a token and for a refresh.
    fn pauses(&self) -> [(Duration, Duration); 2] {
        let Some((_, said)) = &self.failed else {
            return [(Duration::ZERO, Duration::ZERO); 2];
        };
        let seconds = |count: u64| Duration::from_secs(count);
        let doublings = self.failures.saturating_sub(1).min(8);
        let base = seconds(1 << doublings).min(seconds(30));
        let cold = if *said == Said::Rejected { (seconds(30), seconds(36)) } else { (base, base * 5 / 4) };
        let cold = (cold.0.max(said.retry_after()), cold.1.max(said.retry_after()));
        let ahead = seconds(30 << doublings.min(2)).min(seconds(120));
        [cold, (cold.0.max(ahead / 2), cold.1.max(ahead * 3 / 2))]
    }

    fn pause(&self, now: Duration, (least, most): (Duration, Duration)) -> Pause {
        match &self.failed {
            Some((at, _)) if now + EDGE < *at + least => Pause::On,
            Some((at, _)) if now < *at + most + EDGE => Pause::Perhaps,
            _ => Pause::Over,
        }
    }

    /// Somebody is about to call.
    pub fn calls(&mut self, now: &Reading, min_ttl: Duration, until: Duration) -> Seen {
        let need = |shift: i32| {
            self.held.as_ref().map_or(Need::Token, |held| {
                let age = held.age(now);
                held.need(
                    if shift < 0 { age.saturating_sub(EDGE) } else { age + EDGE * shift.unsigned_abs() },
                    min_ttl,
                )
            })
        };
        let flight = self.flying(now.boot);
        let [cold, ahead] = self.pauses();
        let seen = Seen {
            called: now.boot,
            until,
            need: need(0),
            is_on_edge: need(-1) != need(1),
            flight,
            flight_began: flight.map_or(now.boot, |id| self.flights[&id].began),
            old_until: now.boot + self.held.as_ref().map_or(Duration::ZERO, |held| held.left(held.age(now))),
            cold: self.pause(now.boot, cold),
            ahead: self.pause(now.boot, ahead),
            has_budget: self.has_budget(now.boot),
        };
        self.calling = Some((now.boot, seen.clone()));
        seen
    }

    /// The engine began a flight for the call that is being made.
    pub fn begins(&mut self, id: u64) {
        let (now, seen) = self.calling.clone().expect("a flight begins in a call");
        let is_ahead = matches!(seen.need, Need::PerhapsAhead | Need::Ahead);
        let least = now + self.timeout;
        let deadline = if is_ahead { least } else { least.max(seen.until) };
        self.current = Some(id);
        self.flights.insert(
            id,
            Flight {
                began: now,
                deadline,
                aimed: deadline,
                is_awaited: false,
                is_ahead,
                most: if self.failures == 0 { 3 } else { 1 },
                requests: 0,
                last: None,
                token: None,
            },
        );
    }

    /// What the call came to.
    ///
    /// # Errors
    /// The law that was broken.
    pub fn answered(
        &mut self,
        now: &Reading,
        seen: &mut Seen,
        answer: &Result<Answer, Error>,
        has_begun: bool,
    ) -> Verdict {
        self.calling = None;
        if let Ok(Answer::Ready(token)) = answer {
            self.may_hand_out(now, token)?;
        }
        if answer.is_err() && self.has_valid(now) {
            return broken("law 2: an error in spite of a valid token");
        }
        if has_begun && seen.flight.is_some() {
            return broken("law 4: a second flight");
        }
        if let Ok(Answer::Pending(_)) = answer {
            seen.flight = self.current;
            let flight = seen.flight.and_then(|id| self.flights.get_mut(&id));
            if let Some(flight) = flight.filter(|_| matches!(seen.need, Need::Longer | Need::Token)) {
                flight.is_awaited = true;
                flight.deadline = flight.deadline.max(seen.until);
            }
            if let Some(flight) = self.current.and_then(|id| self.flights.get(&id)) {
                seen.flight_began = flight.began;
            }
        }
        if seen.is_on_edge || !self.has_threads { Ok(()) } else { self.was_due(now, seen, answer, has_begun) }
    }

    /// Whether exactly this was to be done.
    fn was_due(
        &self,
        now: &Reading,
        seen: &Seen,
        answer: &Result<Answer, Error>,
        has_begun: bool,
    ) -> Verdict {
        let is_ready = matches!(answer, Ok(Answer::Ready(_)));
        let is_pending = matches!(answer, Ok(Answer::Pending(_)));
        let joined = seen.flight.is_some() && !has_begun;
        let is_right = match seen.need {
            Need::Nothing => is_ready && !has_begun,
            Need::PerhapsAhead => is_ready && (!has_begun || may_begin(seen.ahead, seen)),
            Need::Ahead if joined => is_ready,
            Need::Ahead => is_ready && due(has_begun, seen.ahead, seen),
            Need::Near if joined && is_pending => now.boot < seen.flight_began + Duration::from_secs(1),
            Need::Near if joined => is_ready && now.boot >= seen.flight_began + Duration::from_secs(1),
            Need::Near => {
                (is_ready || is_pending) && is_pending == has_begun && due(has_begun, seen.ahead, seen)
            }
            Need::Longer if joined => is_pending,
            Need::Longer => {
                (is_ready || is_pending) && is_pending == has_begun && due(has_begun, seen.cold, seen)
            }
            Need::Token if joined => is_pending,
            Need::Token => {
                is_pending == has_begun && due(has_begun, seen.cold, seen) && self.tells_why(seen, answer)
            }
        };
        if is_right {
            return Ok(());
        }
        let got = match answer {
            Ok(Answer::Ready(token)) => token.value().to_owned(),
            Ok(Answer::Pending(_)) => "a flight".to_owned(),
            Err(error) => format!("{error:?}"),
        };
        broken(format!(
            "{:?} was answered by {got} (begun: {has_begun}, flight: {:?}, pauses: {:?} {:?}, budget: {})",
            seen.need, seen.flight, seen.cold, seen.ahead, seen.has_budget
        ))
    }

    /// A refusal without a request is the last failure again, or tells of the budget.
    fn tells_why(&self, seen: &Seen, answer: &Result<Answer, Error>) -> bool {
        let Err(error) = answer else { return true };
        let last = self.failed.as_ref().and_then(|(_, said)| said.kind());
        let is_again = error.is_repeated() && Some(error.kind()) == last;
        let is_budget = !error.is_repeated() && error.kind() == Kind::Unavailable && error.attempts() == 0;
        match seen.cold {
            Pause::On => is_again,
            Pause::Perhaps => is_again || is_budget,
            Pause::Over => is_budget,
        }
    }

    /// Law 1, on both clocks.
    fn may_hand_out(&self, now: &Reading, token: &AccessToken) -> Verdict {
        let held = self.known.get(token.value()).ok_or("a token that the server never gave")?;
        let age = held.age(now).saturating_sub(EDGE);
        if held.left(age).is_zero() {
            broken(format!("law 1: {} was handed out at {age:?}", held.name))
        } else {
            Ok(())
        }
    }

    /// A caller that waits looked for its answer.
    ///
    /// # Errors
    /// The law that was broken.
    pub fn looked(&mut self, now: &Reading, seen: &Seen, outcome: Option<Outcome>) -> Verdict {
        let ended = seen.flight.and_then(|id| self.ended.get(&id));
        let is_over = now.boot >= seen.until;
        match outcome {
            None if is_over => broken("law 4: a caller is kept beyond its deadline"),
            None if ended.is_some() => broken("law 4: a caller is kept by a flight that has landed"),
            None => {
                self.may_board(now, seen);
                Ok(())
            }
            Some(Ok(token)) => {
                self.may_hand_out(now, &token)?;
                let had_patience = is_over || now.boot + EDGE >= seen.moment();
                let is_lost = seen.flight != self.current;
                let is_fair = ended.is_some() || had_patience || is_lost || !self.has_threads;
                if is_fair {
                    Ok(())
                } else {
                    broken(format!("law 2: an old token although the next was soon to come: {seen:?}"))
                }
            }
            Some(Err(_)) if self.has_valid(now) => broken("law 2: an error in spite of a valid token"),
            Some(Err(error)) => self.may_tell(seen, &error, ended.copied(), is_over),
        }
    }

    /// Whoever waits near the end of a token needs the next one when that is over.
    fn may_board(&mut self, now: &Reading, seen: &Seen) {
        let has_old = self.has_valid(now);
        let flight = seen.flight.and_then(|id| self.flights.get_mut(&id));
        if let Some(flight) = flight.filter(|_| seen.need == Need::Near && !has_old) {
            flight.is_awaited = true;
            flight.deadline = flight.deadline.max(seen.until);
        }
    }

    fn may_tell(&self, seen: &Seen, error: &Error, ended: Option<Option<Kind>>, is_over: bool) -> Verdict {
        let is_lost = seen.flight != self.current;
        let is_right = match ended {
            Some(Some(kind)) => error.kind() == kind,
            // It was old when it came.
            Some(None) => error.kind() == Kind::Unavailable,
            None => error.kind() == Kind::Timeout && (is_over || is_lost),
        };
        let is_right = is_right || !self.has_threads || (is_over && error.kind() == Kind::Timeout);
        if is_right {
            Ok(())
        } else {
            broken(format!("law 4: {error:?} for a flight that ended with {ended:?}"))
        }
    }

    /// Somebody reported the token at hand as refused.
    ///
    /// # Errors
    /// The law that was broken.
    pub fn invalidated(&mut self, now: &Reading, was_dropped: bool, had_token: bool) -> Verdict {
        let is_valid = self.has_valid(now);
        // One that has expired costs the next request anyway.
        let may = !is_valid || self.dropped.is_none_or(|last| now.boot >= last + Duration::from_secs(30));
        if was_dropped != (may && had_token) {
            return broken(format!("law 8: dropped: {was_dropped}, due: {may}"));
        }
        if was_dropped {
            self.dropped = if is_valid { Some(now.boot) } else { self.dropped };
            self.held = None;
        }
        Ok(())
    }
}
