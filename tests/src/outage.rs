//! Servers that fail for long, on the virtual clock: what callers get, and how often the server is asked.

use crate::doubles::{Step, World};
use std::time::Duration;
use xilnex_auth::{Error, Kind};

/// A server that dies when three quarters of a token's life are over, for lifetimes from seconds to a day. Gives how
/// many calls were answered before expiry and how many were refused after it.
///
/// # Errors
/// A call that failed before, or one that succeeded or took time after it.
pub fn dead_from_three_quarters(lives: u64) -> Result<(u64, u64), String> {
    let (mut answered, mut refused) = (0, 0);
    for life in 0..lives {
        let seconds = (10.0 * 8640f64.powf(life as f64 / lives as f64)).round();
        let world = World::new([Step::Token("one", seconds as u64)]);
        world.get();
        world.clock.advance(seconds * 0.75);
        let guard = (seconds * 0.05).min(5.0);
        // Steps of the clock are rounded; this is more than that comes to.
        let rounding = 1e-4;
        let until = seconds - guard - rounding;
        let mut age = seconds * 0.75;
        while age < until {
            let got = world.get();
            if got != "one" {
                return Err(format!("{got} at {age} of {seconds} s"));
            }
            answered += 1;
            world.until(|| !world.client.is_refreshing());
            let step = (seconds / 200.0).min(until - age).max(1e-6);
            world.clock.advance(step);
            age += step;
        }
        world.clock.advance(2.0 * rounding);
        let (before, requests) = (world.clock.reading().boot, world.script.requests());
        let kind = world.client.get_token().map_err(|error| error.kind());
        let (took, sent) = (world.clock.reading().boot - before, world.script.requests() - requests);
        if kind != Err(Kind::Connect) || took > Duration::ZERO || sent > 1 {
            return Err(format!("{kind:?} after {took:?} and {sent} requests, {seconds} s"));
        }
        refused += 1;
    }
    Ok((answered, refused))
}

/// Calls evenly spread over ten minutes while the server always answers with `step`; gives the requests that it saw.
///
/// # Errors
/// A call that did not end with this kind, or a request before the time that the server asked for.
pub fn ten_minutes(
    calls: u64,
    kind: Kind,
    patience: Option<Duration>,
    step: impl Fn() -> Step,
) -> Result<usize, String> {
    let world = World::new([]);
    world.script.repeat(100, step);
    let pause = 600.0 / calls as f64;
    let mut last: Option<Duration> = None;
    for _ in 0..calls {
        let before = world.script.requests();
        let got = world.client.get_token().map_err(|error: Error| error.kind());
        if got != Err(kind) {
            return Err(format!("{got:?}"));
        }
        let now = world.clock.reading().boot;
        if world.script.requests() > before {
            let gap = last.map(|last| now - last);
            if let (Some(gap), Some(patience)) = (gap, patience)
                && gap < patience
            {
                return Err(format!("a request {gap:?} after the last, asked for {patience:?}"));
            }
            last = Some(now);
        }
        world.clock.advance(pause);
    }
    Ok(world.script.requests())
}
