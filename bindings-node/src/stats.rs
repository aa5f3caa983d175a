//! What the clients of one configuration have done, as plain data for JavaScript.

use crate::answer::{seconds, signed};
use napi_derive::napi;
use std::collections::BTreeMap;

/// Counts and lengths; a count is a whole number that JavaScript holds exactly.
#[napi(object, object_from_js = false)]
pub struct Stats {
    /// Token requests.
    pub requests: f64,
    /// Those that brought a token.
    pub successes: f64,
    /// Those that failed, by code.
    pub failures: BTreeMap<&'static str, f64>,
    /// Calls that were answered from memory.
    pub hits: f64,
    /// Refreshes that were begun ahead of expiry.
    pub refreshes_ahead: f64,
    /// Calls that were answered from memory although the last refresh had failed.
    pub served_while_failing: f64,
    /// Calls that were given the last error again.
    pub refused_in_cool_down: f64,
    /// Calls that were refused because of too many requests.
    pub refused_by_budget: f64,
    /// Seconds that the last successful refresh took.
    pub last_refresh: Option<f64>,
    /// Seconds for which the token at hand may still be handed out.
    pub expires_in: Option<f64>,
    /// Seconds that this machine's clock is ahead of the server's.
    pub clock_skew: Option<f64>,
}

impl From<xilnex_auth::Stats> for Stats {
    fn from(stats: xilnex_auth::Stats) -> Stats {
        Stats {
            requests: number(stats.requests),
            successes: number(stats.successes),
            failures: stats.failures.iter().map(|(kind, count)| (kind.id(), number(*count))).collect(),
            hits: number(stats.hits),
            refreshes_ahead: number(stats.refreshes_ahead),
            served_while_failing: number(stats.served_while_failing),
            refused_in_cool_down: number(stats.refused_in_cool_down),
            refused_by_budget: number(stats.refused_by_budget),
            last_refresh: seconds(stats.last_refresh),
            expires_in: seconds(stats.expires_in),
            clock_skew: stats.clock_skew.map(signed),
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "nobody calls 2^53 times")]
fn number(count: u64) -> f64 {
    count as f64
}
