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
        figures = figures + Figures { worlds: 1, ..lived };
    }
    Ok(figures)
}

/// The same on each processor, with seeds that are far apart.
///
/// # Errors
/// As [`run`].
pub fn run_on_all(seed: u64, hours: f64) -> Result<Figures, String> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let share = hours / processors as f64;
    let runs: Vec<_> = (0..processors)
        .map(|index| std::thread::spawn(move || run(seed + index * 1_000_000_000, share)))
        .collect();
    runs.into_iter().try_fold(Figures::default(), |sum, run| {
        Ok(sum + run.join().map_err(|_| "a world ended in a panic".to_owned())??)
    })
}

impl std::ops::Add for Figures {
    type Output = Figures;

    fn add(self, other: Figures) -> Figures {
        Figures {
            worlds: self.worlds + other.worlds,
            hours: self.hours + other.hours,
            calls: self.calls + other.calls,
            requests: self.requests + other.requests,
            tokens: self.tokens + other.tokens,
            suspends: self.suspends + other.suspends,
            clock_steps: self.clock_steps + other.clock_steps,
        }
    }
}

/// A random length of time, each order of magnitude as likely as the other.
fn log_uniform(least: f64, most: f64) -> Duration {
    Duration::from_secs_f64((least.ln() + (most / least).ln() * fastrand::f64()).exp())
}

/// True this often.
fn chance(probability: f64) -> bool {
    fastrand::f64() < probability
}
