//! The behaviour suite: scenarios that run through every language, with all judgement in one place.
#![forbid(unsafe_code)]

pub mod shell;
pub mod languages;
pub mod sdk;
pub mod process;
pub mod expect;
pub mod leaks;
pub mod tunnel;
pub mod scenario;
pub mod faults;
// The doubles of the engine's own tests, for figures at a larger scale.
#[path = "../../core/tests/engine/doubles.rs"]
pub mod doubles;
pub mod crowd;
pub mod outage;
pub mod simulation;
