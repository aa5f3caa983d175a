//! A call, as it found the world, and whether a flight was to begin for it.

use super::held::Need;
use std::time::Duration;

/// Whether a pause is surely on, surely over, or neither, because its length was drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pause {
    On,
    Perhaps,
    Over,
}

/// A call, as it found the world.
#[derive(Clone, Debug)]
pub struct Seen {
    pub called: Duration,
    pub until: Duration,
    pub need: Need,
    pub is_on_edge: bool,
    pub flight: Option<u64>,
    pub flight_began: Duration,
    /// When the token that it found could be handed out no more, if nobody touched the clocks.
    pub old_until: Duration,
    pub cold: Pause,
    pub ahead: Pause,
    pub has_budget: bool,
}

impl Seen {
    /// From when on the old token will do: after a second, or a little before it is over.
    pub fn moment(&self) -> Duration {
        let left = self.old_until.saturating_sub(self.called);
        let before = Duration::from_millis(25).min(left / 20);
        (self.flight_began + Duration::from_secs(1)).min(self.old_until - before)
    }
}

/// Whether a flight may begin.
pub fn may_begin(pause: Pause, seen: &Seen) -> bool {
    seen.flight.is_none() && seen.has_budget && pause != Pause::On
}

/// A flight is to begin where nothing speaks against it, and only there.
pub fn due(has_begun: bool, pause: Pause, seen: &Seen) -> bool {
    match (pause, seen.has_budget) {
        (Pause::On, _) | (_, false) => !has_begun,
        (Pause::Over, true) => has_begun,
        (Pause::Perhaps, true) => true,
    }
}
