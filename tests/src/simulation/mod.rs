//! The engine in a simulated world: random clocks, servers and callers, watched by a reference that shares no code with
//! it. One thread plays everybody, so a seed gives the same world again.

mod reference;
mod server;
mod world;

pub use reference::Reference;
pub use world::World;

use std::time::Duration;

/// What a number of worlds came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// Worlds.
    pub worlds: u64,
    /// Their lives together.
    pub hours: f64,
    /// Calls for a token, and reports of refused ones.
    pub calls: u64,
    /// Token requests.
    pub requests: u64,
    /// Tokens that the servers gave.
    pub tokens: u64,
    /// Times that a machine slept.
    pub suspends: u64,
    /// Times that a clock was set.
    pub clock_steps: u64,
}

/// Runs worlds with the seeds from `seed` on until they have lived for `hours` together.
///
/// # Errors
/// The first law that was broken, with the seed of its world.
pub fn run(seed: u64, hours: f64) -> Result<Figures, String> {
    let mut figures = Figures::default();
    while figures.hours < hours {
        let seed = seed + figures.worlds;
        let lived = World::live(seed).map_err(|told| format!("seed {seed}: {told}"))?;
        figures.worlds += 1;
        figures.hours += lived.hours;
        figures.calls += lived.calls;
        figures.requests += lived.requests;
        figures.tokens += lived.tokens;
        figures.suspends += lived.suspends;
        figures.clock_steps += lived.clock_steps;
    }
    Ok(figures)
}

/// A random length of time, each order of magnitude as likely as the other.
fn log_uniform(least: f64, most: f64) -> Duration {
    Duration::from_secs_f64((least.ln() + (most / least).ln() * fastrand::f64()).exp())
}

/// True this often.
fn chance(probability: f64) -> bool {
    fastrand::f64() < probability
}
