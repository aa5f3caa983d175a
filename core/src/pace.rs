//! When the next token request may be sent: retries, cool-down, budget and forced refreshes. Pure decisions over times
//! of the boot clock, no clock and no I/O.

use crate::error::{Error, Kind};
use std::collections::VecDeque;
use std::time::Duration;

/// How often one flight asks while callers wait for it.
pub const ATTEMPTS: u32 = 3;

/// The pause before the second attempt is drawn from zero to this, before the third from zero to twice this.
const FIRST_RETRY: Duration = Duration::from_millis(200);

/// Callers without a token are refused for this long after a failed flight; it doubles up to [`LONGEST_COOL_DOWN`].
const FIRST_COOL_DOWN: Duration = Duration::from_secs(1);
const LONGEST_COOL_DOWN: Duration = Duration::from_secs(30);

/// A refusal of the credentials does not pass by itself.
const REJECTED_COOL_DOWN: Duration = Duration::from_secs(30);

/// While a token is at hand there is no hurry: the pause after the first failed refresh, doubling up to the longest.
const FIRST_AHEAD: Duration = Duration::from_secs(30);
const LONGEST_AHEAD: Duration = Duration::from_secs(120);

/// No more requests than this within [`WINDOW`], whatever calls.
const BUDGET: usize = 10;
const WINDOW: Duration = Duration::from_secs(60);

/// A resource server that refuses every token causes no more than one new one in this time.
const FORCED: Duration = Duration::from_secs(30);

/// A secret file is looked at no more often than this while its secret stands refused.
const LOOK: Duration = Duration::from_secs(1);

/// What is remembered of the token requests of one configuration.
#[derive(Default)]
pub struct Pace {
    sent: VecDeque<Duration>,
    failures: u32,
    cool_down: Option<CoolDown>,
    ahead: Duration,
    forced: Option<Duration>,
    looked: Option<Duration>,
}

struct CoolDown {
    until: Duration,
    error: Error,
}

/// Why no request may be sent now.
#[derive(Debug)]
pub enum Refusal {
    /// The last flight failed with this error; so much of the pause after it is left.
    CoolDown(Error, Duration),
    /// There were too many requests; so long until the next may be sent.
    Budget(Duration),
}

impl Pace {
    /// Why a flight may not take off now; `None` when it may.
    pub fn refusal(&self, now: Duration) -> Option<Refusal> {
        match &self.cool_down {
            Some(pause) if now < pause.until => {
                Some(Refusal::CoolDown(pause.error.clone(), pause.until - now))
            }
            _ => self.exhausted(now).map(Refusal::Budget),
        }
    }

    /// What the last flight failed with; `None` after one that brought a token.
    pub fn last_error(&self) -> Option<&Error> {
        self.cool_down.as_ref().map(|pause| &pause.error)
    }

    /// Whether there is anything to remember. No cool-down outlasts the pause of a refresh ahead.
    pub fn has_memory(&self, now: Duration) -> bool {
        let is_recent = |time: &Duration| now < *time + WINDOW;
        self.sent.back().is_some_and(is_recent) || now < self.ahead
    }

    /// How long until the budget has room; `None` when it has.
    fn exhausted(&self, now: Duration) -> Option<Duration> {
        let oldest = self.sent.front().filter(|_| self.sent.len() >= BUDGET)?;
        Some((*oldest + WINDOW).saturating_sub(now)).filter(|left| !left.is_zero())
    }

    /// When a refresh ahead of expiry may be tried; the past when at once.
    pub fn ahead(&self, now: Duration) -> Duration {
        self.ahead.max(now + self.exhausted(now).unwrap_or_default())
    }

    /// Takes one request out of the budget; false when none is left.
    pub fn take(&mut self, now: Duration) -> bool {
        let has_room = self.exhausted(now).is_none();
        if has_room {
            // Only the last ones count; those before them have left the window.
            self.sent.drain(..(self.sent.len() + 1).saturating_sub(BUDGET));
            self.sent.push_back(now);
        }
        has_room
    }

    /// How many attempts the next flight has: a server that failed the last time is only asked whether it is back.
    pub fn attempts(&self) -> u32 {
        if self.failures == 0 { ATTEMPTS } else { 1 }
    }

    /// A flight brought a token; or there is another secret, and what the old one was refused for says nothing about it.
    pub fn begin_anew(&mut self) {
        (self.failures, self.cool_down, self.ahead) = (0, None, Duration::ZERO);
    }

    /// A flight failed. `draw` in 0..1 spreads the pauses, so that many processes do not ask in step; the server's
    /// own Retry-After is never undercut.
    pub fn failed(&mut self, now: Duration, error: &Error, draw: f64) {
        self.failures = self.failures.saturating_add(1);
        let least = error.retry_after().unwrap_or_default();
        let pause = cool_down(self.failures, error.kind(), draw).max(least);
        self.cool_down = Some(CoolDown { until: now + pause, error: error.clone() });
        self.ahead = now + doubled(FIRST_AHEAD, LONGEST_AHEAD, self.failures).mul_f64(0.5 + draw).max(pause);
    }

    /// A refresh ahead of expiry could not even begin: its request was not sent.
    pub fn put_off(&mut self, now: Duration) {
        self.sent.pop_back();
        self.ahead = now + FIRST_AHEAD;
    }

    /// Whether a valid token may be dropped now, which costs a request.
    pub fn may_force(&self, now: Duration) -> bool {
        self.forced.is_none_or(|last| now >= last + FORCED)
    }

    /// A valid token was dropped.
    pub fn forced(&mut self, now: Duration) {
        self.forced = Some(now);
    }

    /// Whether it is time to look for another secret, because the one at hand stands refused; notes that it was.
    pub fn look(&mut self, now: Duration) -> bool {
        let is_time = self.looked.is_none_or(|last| now >= last + LOOK);
        if is_time {
            self.looked = Some(now);
        }
        is_time
    }
}

/// The pause before the next attempt of a flight that has asked `attempts` times; `None` when it has to end. `left` is
/// the time until its deadline; `draw` in 0..1 is the jitter.
pub fn retry(error: &Error, attempts: u32, left: Duration, draw: f64) -> Option<Duration> {
    // An authorization server that answered in OAuth's words meant it.
    if !error.is_retryable() || error.oauth_error().is_some() || attempts >= ATTEMPTS {
        return None;
    }
    let longest = FIRST_RETRY * (1 << attempts.saturating_sub(1));
    let pause = longest.mul_f64(draw).max(error.retry_after().unwrap_or_default());
    (pause < left).then_some(pause)
}

/// Counting from the first failure. The first pause is exact, so that a caller who sleeps as long is served; the later
/// ones are spread upwards by a quarter, a refusal's by a fifth.
fn cool_down(failures: u32, kind: Kind, draw: f64) -> Duration {
    if kind == Kind::Rejected {
        return REJECTED_COOL_DOWN.mul_f64(1.0 + 0.2 * draw);
    }
    let pause = doubled(FIRST_COOL_DOWN, LONGEST_COOL_DOWN, failures);
    pause + (pause - FIRST_COOL_DOWN).mul_f64(0.25 * draw)
}

fn doubled(first: Duration, longest: Duration, failures: u32) -> Duration {
    first.saturating_mul(1 << failures.saturating_sub(1).min(8)).min(longest)
}

#[cfg(test)]
mod tests;
