//! When a token is fresh, due for a refresh, or expired: pure decisions over ages, no clock and no I/O.

use std::time::Duration;

/// The longest lifetime that is believed, whatever the server says.
pub const MAX_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// What a token without `expires_in` and without readable claims is given.
pub const ASSUMED_LIFETIME: Duration = Duration::from_secs(60);

/// The pause after the first failed refresh; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// What to do with a token of a given age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Hand it out.
    Fresh,
    /// Hand it out, and refresh in the background.
    RefreshAhead,
    /// It is valid, but not for as long as the caller asked: refresh first.
    MustRefresh,
    /// Never hand it out again.
    Expired,
}

/// How long a token lives from the moment its request was sent, and when its refresh is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    total: Duration,
    refresh_at: Duration,
}

impl Lifetime {
    /// `total` is cut to 24 h. `draw` in 0..1 places the refresh between 75 % and 85 % of it, so that many
    /// processes started together do not refresh together.
    pub fn new(total: Duration, draw: f64) -> Lifetime {
        let total = total.min(MAX_LIFETIME);
        Lifetime { total, refresh_at: total.mul_f64(0.75 + 0.10 * draw.clamp(0.0, 1.0)) }
    }

    /// From sending the request to expiry.
    pub fn total(&self) -> Duration {
        self.total
    }

    /// A token is not handed out in this last stretch: it may expire on its way to the resource server.
    fn guard(&self) -> Duration {
        Duration::from_secs(5).min(self.total.mul_f64(0.05))
    }

    /// How long a token of this age may still be handed out.
    pub fn left(&self, age: Duration) -> Duration {
        (self.total - self.guard()).saturating_sub(age)
    }

    /// A token this young is the best that the server has: asking again at once would bring no better one, and a
    /// caller that needs more than any token lives would cost a request for each call.
    fn is_young(&self, age: Duration) -> bool {
        age < FIRST_PAUSE.min(self.total / 4)
    }

    /// The decision for a token of this age and a caller that needs it for `min_ttl`.
    pub fn judge(&self, age: Duration, min_ttl: Duration) -> Verdict {
        let left = self.left(age);
        if left.is_zero() {
            Verdict::Expired
        } else if self.total.saturating_sub(age) < min_ttl && !self.is_young(age) {
            Verdict::MustRefresh
        } else if age >= self.refresh_at {
            Verdict::RefreshAhead
        } else {
            Verdict::Fresh
        }
    }
}

/// How long to leave the server alone after this many failed refreshes in a row. `draw` in 0..1 spreads the
/// pause by ±50 %; the server's own Retry-After is never undercut.
pub fn pause_after(failures: u32, retry_after: Option<Duration>, draw: f64) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(8));
    let spread = doubled.min(LONGEST_PAUSE).mul_f64(0.5 + draw.clamp(0.0, 1.0));
    spread.max(retry_after.unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seconds(count: f64) -> Duration {
        Duration::from_secs_f64(count)
    }

    #[test]
    fn verdicts_over_an_hour() {
        let hour = Lifetime::new(seconds(3600.0), 0.5);
        for (age, min_ttl, verdict) in [
            (0.0, 0.0, Verdict::Fresh),
            (2879.0, 0.0, Verdict::Fresh),
            (2880.0, 0.0, Verdict::RefreshAhead),
            (3594.9, 0.0, Verdict::RefreshAhead),
            (3595.0, 0.0, Verdict::Expired),
            (1e9, 0.0, Verdict::Expired),
            (2999.0, 600.0, Verdict::RefreshAhead),
            (3001.0, 600.0, Verdict::MustRefresh),
            (29.0, 7200.0, Verdict::Fresh),
            (30.0, 7200.0, Verdict::MustRefresh),
            (29.0, 3600.0, Verdict::Fresh),
            (29.0, 3590.0, Verdict::Fresh),
            (30.0, 3590.0, Verdict::MustRefresh),
        ] {
            assert_eq!(hour.judge(seconds(age), seconds(min_ttl)), verdict, "age {age}, min_ttl {min_ttl}");
        }
    }

    #[test]
    fn short_lifetimes_keep_a_small_guard() {
        let short = Lifetime::new(seconds(2.0), 0.0);
        assert_eq!(short.left(Duration::ZERO), seconds(1.9));
        assert_eq!(short.judge(seconds(1.89), Duration::ZERO), Verdict::RefreshAhead);
        assert_eq!(short.judge(seconds(1.9), Duration::ZERO), Verdict::Expired);
    }

    #[test]
    fn a_pause_doubles_to_its_bound_and_obeys_the_server() {
        let middle = 0.5;
        for (failures, expected) in [(1, 30), (2, 60), (3, 120), (4, 120), (u32::MAX, 120)] {
            assert_eq!(pause_after(failures, None, middle), Duration::from_secs(expected));
        }
        assert_eq!(pause_after(1, Some(seconds(200.0)), middle), seconds(200.0));
    }

    proptest! {
        #[test]
        fn nothing_is_handed_out_within_the_guard(total in 1u64..1 << 40, age in 0u64..1 << 40, draw in 0.0..1.0) {
            let lifetime = Lifetime::new(Duration::from_secs(total), draw);
            let age = Duration::from_secs(age);
            let usable = lifetime.judge(age, Duration::ZERO) != Verdict::Expired;
            prop_assert_eq!(usable, age < lifetime.total() - lifetime.guard());
            prop_assert!(lifetime.total() <= MAX_LIFETIME);
        }

        #[test]
        fn the_refresh_is_due_before_expiry(total in 1u64..1 << 40, draw in 0.0..1.0) {
            let lifetime = Lifetime::new(Duration::from_secs(total), draw);
            let due = lifetime.refresh_at;
            prop_assert!(due >= lifetime.total().mul_f64(0.7499) && due <= lifetime.total().mul_f64(0.8501));
        }
    }
}
