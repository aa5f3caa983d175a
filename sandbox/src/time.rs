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
    /// Seconds since 1970.
    pub fn now(&self) -> u64 {
        let ahead = Duration::from_millis(self.ahead_ms.load(Ordering::SeqCst));
        (SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + ahead).as_secs()
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

    /// An id for a token of this generation.
    pub fn token_id(&self, random: &str) -> String {
        format!("{}.{random}", self.generation.load(Ordering::SeqCst))
    }

    /// Whether a token of this id was revoked.
    pub fn is_revoked(&self, token_id: &str) -> bool {
        let generation = self.generation.load(Ordering::SeqCst).to_string();
        token_id.split('.').next() != Some(generation.as_str())
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
        assert!((3600..3700).contains(&(time.now() - before)));
        time.advance(Duration::MAX);
        assert!(time.now() - before <= FURTHEST / 1000 + 100);
    }

    #[test]
    fn revoking_ends_the_tokens_before_and_none_after() {
        let time = Time::default();
        let first = time.token_id("x.0");
        assert!(!time.is_revoked(&first));
        time.revoke();
        assert!(time.is_revoked(&first) && !time.is_revoked(&time.token_id("y")));
    }
}
