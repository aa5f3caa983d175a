//! The token at hand, as both clocks judge it.

use crate::clock::{Clock, Reading};
use crate::error::{Error, Kind};
use crate::flight::Outcome;
use crate::lifetime::Verdict;
use crate::token::AccessToken;
use arc_swap::ArcSwapOption;
use std::sync::Arc;
use std::time::Duration;

/// Holds one token or none; read without a lock.
pub struct Slot {
    /// The clock that it is judged by.
    pub clock: Arc<dyn Clock>,
    token: ArcSwapOption<AccessToken>,
}

impl Slot {
    /// An empty slot.
    pub fn new(clock: Arc<dyn Clock>) -> Slot {
        Slot { clock, token: ArcSwapOption::empty() }
    }

    /// The token at hand, whatever its age.
    pub fn token(&self) -> Option<Arc<AccessToken>> {
        self.token.load_full()
    }

    /// The token at hand and what to do with it.
    pub fn judge(&self, now: &Reading, min_ttl: Duration) -> Option<(Arc<AccessToken>, Verdict)> {
        let token = self.token()?;
        let verdict = token.lifetime().judge(now.since(token.sent()), min_ttl);
        Some((token, verdict))
    }

    /// The token at hand, if it may still be handed out.
    pub fn valid(&self) -> Option<Arc<AccessToken>> {
        let (token, verdict) = self.judge(&self.clock.now(), Duration::ZERO)?;
        (verdict != Verdict::Expired).then_some(token)
    }

    /// Keeps a token unless the one at hand was asked for later. One caller at a time.
    pub fn put(&self, token: Arc<AccessToken>) {
        if self.token.load().as_ref().is_none_or(|held| held.sent().boot <= token.sent().boot) {
            self.token.store(Some(token));
        }
    }

    /// Drops this token, and no other; false when it was no longer at hand.
    pub fn take(&self, token: &Arc<AccessToken>) -> bool {
        let previous = self.token.compare_and_swap(token, None);
        previous.as_ref().is_some_and(|previous| Arc::ptr_eq(previous, token))
    }

    /// What a caller gets of what its flight ended with: a failure never takes a valid token away, and a token that
    /// expired on its way here is none.
    pub fn settle(&self, outcome: Outcome) -> Outcome {
        match outcome {
            Ok(token) if token.left(&self.clock.now()).is_zero() => {
                let told = "the answer took longer than the token in it lives";
                self.valid().ok_or_else(|| Error::new(Kind::Unavailable, told).with_attempts(1))
            }
            Ok(token) => Ok(token),
            // A closed client gives nothing, whatever the others have.
            Err(error) if error.kind() == Kind::Closed => Err(error),
            Err(error) => self.valid().ok_or(error),
        }
    }
}
