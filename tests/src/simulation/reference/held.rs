//! A token as the laws see it: its age on both clocks, and what a caller that has it needs.

use std::time::Duration;
use xilnex_auth::clock::Reading;

/// A token that the server gave.
#[derive(Clone)]
pub struct Held {
    pub name: String,
    pub sent: Reading,
    pub total: Duration,
}

/// What a caller needs that has this token or none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Need {
    Nothing,
    PerhapsAhead,
    Ahead,
    Near,
    Longer,
    Token,
}

impl Held {
    /// The larger of both clocks' differences.
    pub fn age(&self, now: &Reading) -> Duration {
        let boot = now.boot.saturating_sub(self.sent.boot);
        boot.max(now.wall.duration_since(self.sent.wall).unwrap_or_default())
    }

    /// How long it may be handed out.
    pub fn left(&self, age: Duration) -> Duration {
        let guard = Duration::from_secs(5).min(self.total / 20);
        (self.total - guard).saturating_sub(age)
    }

    /// What is to be done for a caller that wants it for this long.
    pub fn need(&self, age: Duration, min_ttl: Duration) -> Need {
        let is_young = age < Duration::from_secs(30).min(self.total / 4);
        let near = self.total - Duration::from_secs(60).min(self.total / 10);
        match age {
            _ if self.left(age).is_zero() => Need::Token,
            _ if self.total.saturating_sub(age) < min_ttl && !is_young => Need::Longer,
            _ if age >= near => Need::Near,
            _ if age >= self.total * 85 / 100 => Need::Ahead,
            _ if age >= self.total * 75 / 100 => Need::PerhapsAhead,
            _ => Need::Nothing,
        }
    }
}
