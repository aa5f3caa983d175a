//! What the clients of one configuration have done so far: a snapshot, read by name.

use crate::guard;
use crate::handles::{Object, Type, free, read, table};
use crate::pointers::text;
use crate::status::xilnex_auth_status;
use std::ffi::c_char;
use std::time::Duration;
use xilnex_auth::Stats;
use xilnex_auth_handles::Table;

/// What all clients of one configuration have done in this process, as it was when it was asked for; immutable. Freed
/// with xilnex_auth_stats_free.
pub struct xilnex_auth_stats {
    pub(crate) stats: Stats,
}

impl Object for xilnex_auth_stats {
    type Beside = ();

    fn table() -> &'static Table<Self> {
        static STATS: Table<xilnex_auth_stats> = table(Type::Stats);
        &STATS
    }
}

/// What is not there.
const NONE: f64 = -1.0;

type Figure = (&'static str, fn(&Stats) -> f64);

/// Every figure by the name that it has in every language.
const FIGURES: [Figure; 11] = [
    ("requests", |stats| count(stats.requests)),
    ("successes", |stats| count(stats.successes)),
    ("failures", |stats| count(stats.failures.iter().map(|(_, count)| count).sum())),
    ("hits", |stats| count(stats.hits)),
    ("refreshes_ahead", |stats| count(stats.refreshes_ahead)),
    ("served_while_failing", |stats| count(stats.served_while_failing)),
    ("refused_in_cool_down", |stats| count(stats.refused_in_cool_down)),
    ("refused_by_budget", |stats| count(stats.refused_by_budget)),
    ("last_refresh", |stats| seconds(stats.last_refresh)),
    ("expires_in", |stats| seconds(stats.expires_in)),
    ("clock_skew", |stats| signed(stats.clock_skew)),
];

#[allow(clippy::cast_precision_loss, reason = "exact up to 2^53, which no till counts to")]
fn count(number: u64) -> f64 {
    number as f64
}

pub(crate) fn seconds(length: Option<Duration>) -> f64 {
    length.map_or(NONE, |length| length.as_secs_f64())
}

#[allow(clippy::cast_precision_loss, reason = "no clock is 2^53 seconds off")]
pub(crate) fn signed(seconds: Option<i64>) -> f64 {
    seconds.map_or(f64::NAN, |seconds| seconds as f64)
}

fn figure(stats: &Stats, name: &str) -> f64 {
    FIGURES.iter().find(|(known, _)| *known == name).map_or(NONE, |(_, read)| read(stats))
}

fn failures(stats: &Stats, status: xilnex_auth_status) -> u64 {
    let is_wanted = |number: u8| xilnex_auth_status::from(number) == status;
    stats.failures.iter().find(|(kind, _)| is_wanted(kind.number())).map_or(0, |(_, count)| *count)
}

/// One figure by its name; negative for a name that this version does not have, for NULL and for a dead
/// handle. Counts, exact up to 2^53:
/// "requests": token requests, whether they arrived or not;
/// "successes" and "failures": how they ended;
/// "hits": calls that were answered from memory;
/// "refreshes_ahead": refreshes that were begun ahead of expiry;
/// "served_while_failing": calls that were answered from memory although the last refresh had failed;
/// "refused_in_cool_down": calls that were given the last error again, without a request;
/// "refused_by_budget": calls that were refused because of too many requests a minute.
/// Seconds, negative where there was none:
/// "last_refresh": how long the last successful refresh took, its pauses included;
/// "expires_in": how long the token at hand may still be handed out, 0 when it has expired.
/// Seconds of either sign, a NaN where none are known:
/// "clock_skew": how far this machine's clock is ahead of the server's, negative when it is behind: the least that explains
/// the Date of the last answer that had one. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn xilnex_auth_stats_value(
    stats: *const xilnex_auth_stats,
    name: *const c_char,
) -> f64 {
    guard::value(NONE, || {
        // SAFETY: the caller gives NULL or a text.
        let name = unsafe { text(name, "name") }.ok()?;
        read(stats, |stats| figure(&stats.stats, name))
    })
}

/// How many token requests failed with this status, such as XILNEX_AUTH_REJECTED; 0 for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_stats_failures(
    stats: *const xilnex_auth_stats,
    status: xilnex_auth_status,
) -> u64 {
    guard::value(0, || read(stats, |stats| failures(&stats.stats, status)))
}

/// Frees statistics; a dead handle is fine. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_stats_free(stats: *mut xilnex_auth_stats) {
    guard::value((), || free(stats));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::{XILNEX_AUTH_DNS, XILNEX_AUTH_REJECTED};
    use xilnex_auth::Kind;

    #[test]
    fn the_names_are_those_of_the_engine() {
        let shown = format!("{:?}", Stats::default());
        let members = shown.trim_start_matches("Stats { ").trim_end_matches(" }").split(", ");
        let engine: Vec<_> = members.filter_map(|member| Some(member.split_once(':')?.0)).collect();
        assert_eq!(FIGURES.map(|(name, _)| name).to_vec(), engine);
        let cpp = include_str!("../../include/xilnex_auth.hpp");
        for name in engine {
            assert!(
                ["COUNT", "LENGTH", "SIGNED"].iter().any(|form| cpp.contains(&format!("_{form}_({name})"))),
                "{name}"
            );
        }
    }

    #[test]
    fn figures_are_found_by_name_and_failures_by_status() {
        let mut stats = Stats::default();
        stats.hits = 7;
        stats.failures = vec![(Kind::Connect, 2), (Kind::Rejected, 3)];
        stats.last_refresh = Some(Duration::from_millis(250));
        for (name, value) in
            [("hits", 7.0), ("failures", 5.0), ("last_refresh", 0.25), ("expires_in", NONE), ("hit", NONE)]
        {
            assert!((figure(&stats, name) - value).abs() < 1e-9, "{name}");
        }
        assert!(figure(&stats, "clock_skew").is_nan());
        stats.clock_skew = Some(-7200);
        assert!((figure(&stats, "clock_skew") + 7200.0).abs() < 1e-9);
        assert_eq!(failures(&stats, XILNEX_AUTH_REJECTED), 3);
        assert_eq!([XILNEX_AUTH_DNS, 0, -1, 99].map(|status| failures(&stats, status)), [0; 4]);
    }
}
