//! The engine as an addon of Node.
//!
//! Options go in, tokens and errors come out as plain data; what a JavaScript program sees of them is written in
//! JavaScript. No thread of the engine ever touches a JavaScript value, and no thread of Node ever waits here for
//! longer than a slice of time.
#![cfg_attr(
    test,
    allow(dead_code, reason = "napi registers nothing in a test build, so nothing seems to be called")
)]

/// What the engine and its libraries free is overwritten. The program around it keeps its own allocator.
#[global_allocator]
static ALLOCATOR: xilnex_auth_wiping::Wiping = xilnex_auth_wiping::Wiping;

mod spelling;
mod failure;
mod answer;
mod bell;
mod events;
mod pending;
mod options;
mod stats;
mod origins;
mod client;
mod time;
mod command_line;

use napi_derive::napi;

/// The version that the JavaScript beside it must have.
#[napi(catch_unwind)]
pub fn version() -> &'static str {
    xilnex_auth::VERSION
}

/// The id of every kind of error.
#[napi(catch_unwind)]
pub fn kinds() -> Vec<&'static str> {
    xilnex_auth::Kind::all().map(xilnex_auth::Kind::id).collect()
}
