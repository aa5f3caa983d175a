//! The behaviour suite: scenarios that run through every language, with all judgement in one place.
#![forbid(unsafe_code)]

pub mod shell;
pub mod languages;
pub mod process;
pub mod expect;
pub mod leaks;
pub mod scenario;
pub mod tunnel;
