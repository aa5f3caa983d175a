//! What the fuzz targets compare the engine with: a second reading of what it reads, and a look for what must not be told.
#![forbid(unsafe_code)]

pub mod json;
pub mod answer;
pub mod token;
pub mod leaks;
pub mod server;
