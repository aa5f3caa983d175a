//! The sandbox as an addon of Node, apart from that of the engine, so that no program in production loads a server.
#![cfg_attr(
    test,
    allow(dead_code, reason = "napi registers nothing in a test build, so nothing seems to be called")
)]

/// As in the addon of the engine.
#[global_allocator]
static ALLOCATOR: xilnex_auth_wiping::Wiping = xilnex_auth_wiping::Wiping;

#[path = "../../src/spelling.rs"]
mod spelling;
#[path = "../../src/failure.rs"]
mod failure;
mod sandbox;
mod command_line;

use napi_derive::napi;

/// The version that the JavaScript beside it must have.
#[napi(catch_unwind)]
pub fn version() -> &'static str {
    xilnex_auth::VERSION
}
