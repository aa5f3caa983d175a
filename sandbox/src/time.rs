//! The time of a sandbox, which tests put forward, and which of its tokens are still good.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Further ahead than this, no date could be told.
const FURTHEST: u64 = 100 * 365 * 86_400 * 1000;

/// The machine's time and what it was put forward by. Thread-safe.
#[derive(Default)]
pub struct Time {
    ahead_ms: AtomicU64,
    generation: AtomicU64,
}

impl Time {
    /// Since 1970.
    pub fn now(&self) -> Duration {
        let ahead = Duration::from_millis(self.ahead_ms.load(Ordering::SeqCst));
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + ahead
    }

    /// Puts it forward.
    pub fn advance(&self, length: Duration) {
        let millis = u64::try_from(length.as_millis()).unwrap_or(FURTHEST);
        let add = |ahead: u64| Some(ahead.saturating_add(millis).min(FURTHEST));
        let _ = self.ahead_ms.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add);
    }

    /// Begins a new generation of tokens: those of the last are good no longer.
    pub fn revoke(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    /// An id for a token of this generation and lifetime. It knows the token's end to the millisecond, where `exp` knows
    /// the second: the token is good for its whole lifetime and not for a moment more.
    pub fn token_id(&self, lifetime: Duration, random: &str) -> String {
        let end = self.now().saturating_add(lifetime).as_millis();
        format!("{}.{end}.{random}", self.generation.load(Ordering::SeqCst))
    }

    /// Whether a token of this id has neither ended nor been revoked.
    pub fn is_good(&self, token_id: &str) -> bool {
        let mut parts = token_id.split('.');
        let generation = parts.next().and_then(|text| text.parse().ok());
        let end: Option<u128> = parts.next().and_then(|text| text.parse().ok());
        generation == Some(self.generation.load(Ordering::SeqCst))
            && end.is_some_and(|end| self.now().as_millis() < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_forward_and_never_beyond_what_can_be_told() {
        let time = Time::default();
        let before = time.now();
        time.advance(Duration::from_secs(3600));
        assert!((3600..3700).contains(&(time.now() - before).as_secs()));
        time.advance(Duration::MAX);
        assert!((time.now() - before).as_secs() <= FURTHEST / 1000 + 100);
    }

    #[test]
    fn a_token_is_good_for_its_lifetime_and_no_longer() {
        let time = Time::default();
        let id = time.token_id(Duration::from_secs(600), "x");
        time.advance(Duration::from_secs(540));
        assert!(time.is_good(&id));
        time.advance(Duration::from_secs(60));
        assert!(!time.is_good(&id));
        assert!(time.is_good(&time.token_id(Duration::MAX, "x")));
        for strange in ["", "0", "0.", "0.x.y", "x.99999999999999.y"] {
            assert!(!time.is_good(strange), "{strange}");
        }
    }

    #[test]
    fn revoking_ends_the_tokens_before_and_none_after() {
        let time = Time::default();
        let token_id = || time.token_id(Duration::from_secs(600), "x");
        let first = token_id();
        assert!(time.is_good(&first));
        time.revoke();
        assert!(!time.is_good(&first) && time.is_good(&token_id()));
    }
}
