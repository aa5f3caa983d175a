//! When a token is fresh, due for a refresh, near its end or expired: pure decisions over ages, no clock and no I/O.

use std::time::Duration;

/// The longest lifetime that is believed, whatever the server says.
pub const MAX_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// What a token without `expires_in` and without readable claims is given.
pub const ASSUMED_LIFETIME: Duration = Duration::from_secs(60);

/// A token younger than this, or a quarter of its life, is the best that the server has.
const YOUNG: Duration = Duration::from_secs(30);

/// What to do with a token of a given age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Hand it out.
    Fresh,
    /// Hand it out, and refresh in the background.
    RefreshAhead,
    /// It is valid, but near its end: wait a moment for a refresh, then hand it out.
    Waning,
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
    wanes_at: Duration,
    ends_at: Duration,
}

impl Lifetime {
    /// `total` is cut to 24 h. `draw` in 0..1 places the refresh between 75 % and 85 % of it, so that many
    /// processes started together do not refresh together.
    pub fn new(total: Duration, draw: f64) -> Lifetime {
        let total = total.min(MAX_LIFETIME);
        Lifetime {
            total,
            refresh_at: total.mul_f64(0.75 + 0.10 * draw.clamp(0.0, 1.0)),
            wanes_at: total - floor(total),
            ends_at: total - guard(total),
        }
    }

    /// From sending the request to expiry.
    pub fn total(&self) -> Duration {
        self.total
    }

    /// How long a token of this age may still be handed out.
    pub fn left(&self, age: Duration) -> Duration {
        self.ends_at.saturating_sub(age)
    }

    /// How long the verdict on a token of this age that may be handed out stands, if its refresh is put off.
    pub fn unchanged(&self, age: Duration) -> Duration {
        let end = if age < self.refresh_at { self.refresh_at } else { self.wanes_at };
        end.saturating_sub(age)
    }

    /// A token this young is the best that the server has: asking again at once would bring no better one, and a
    /// caller that needs more than any token lives would cost a request for each call.
    fn is_young(&self, age: Duration) -> bool {
        age < YOUNG.min(self.total / 4)
    }

    /// The decision for a token of this age and a caller that needs it for `min_ttl`.
    pub fn judge(&self, age: Duration, min_ttl: Duration) -> Verdict {
        let left = self.left(age);
        if left.is_zero() {
            Verdict::Expired
        } else if self.total.saturating_sub(age) < min_ttl && !self.is_young(age) {
            Verdict::MustRefresh
        } else if age >= self.wanes_at {
            Verdict::Waning
        } else if age >= self.refresh_at {
            Verdict::RefreshAhead
        } else {
            Verdict::Fresh
        }
    }
}

/// A token is not handed out in this last stretch of its life: it may expire on its way to the resource server.
fn guard(total: Duration) -> Duration {
    Duration::from_secs(5).min(total.mul_f64(0.05))
}

/// The stretch before expiry in which a caller would rather have the next token.
fn floor(total: Duration) -> Duration {
    Duration::from_secs(60).min(total.mul_f64(0.10))
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
            (3539.9, 0.0, Verdict::RefreshAhead),
            (3540.0, 0.0, Verdict::Waning),
            (3594.9, 0.0, Verdict::Waning),
            (3595.0, 0.0, Verdict::Expired),
            (1e9, 0.0, Verdict::Expired),
            (2999.0, 600.0, Verdict::RefreshAhead),
            (3001.0, 600.0, Verdict::MustRefresh),
            (3590.0, 600.0, Verdict::MustRefresh),
            (29.0, 7200.0, Verdict::Fresh),
            (30.0, 7200.0, Verdict::MustRefresh),
            (29.0, 3600.0, Verdict::Fresh),
            (29.0, 3590.0, Verdict::Fresh),
            (30.0, 3590.0, Verdict::MustRefresh),
            (1000.0, 2600.0, Verdict::Fresh),
            (1000.1, 2600.0, Verdict::MustRefresh),
        ] {
            assert_eq!(hour.judge(seconds(age), seconds(min_ttl)), verdict, "age {age}, min_ttl {min_ttl}");
        }
    }

    #[test]
    fn short_lifetimes_keep_a_small_guard() {
        let short = Lifetime::new(seconds(2.0), 0.0);
        assert_eq!(short.left(Duration::ZERO), seconds(1.9));
        assert_eq!(short.judge(seconds(0.49), seconds(2.0)), Verdict::Fresh);
        assert_eq!(short.judge(seconds(0.5), seconds(2.0)), Verdict::MustRefresh);
        assert_eq!(short.judge(seconds(1.79), Duration::ZERO), Verdict::RefreshAhead);
        assert_eq!(short.judge(seconds(1.8), Duration::ZERO), Verdict::Waning);
        assert_eq!(short.judge(seconds(1.89), Duration::ZERO), Verdict::Waning);
        assert_eq!(short.judge(seconds(1.9), Duration::ZERO), Verdict::Expired);
    }

    proptest! {
        #[test]
        fn nothing_is_handed_out_within_the_guard(total in 1u64..1 << 40, age in 0u64..1 << 40, draw in 0.0..1.0) {
            let lifetime = Lifetime::new(Duration::from_secs(total), draw);
            let age = Duration::from_secs(age);
            let usable = lifetime.judge(age, Duration::ZERO) != Verdict::Expired;
            prop_assert_eq!(usable, age < lifetime.total() - guard(lifetime.total()));
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
