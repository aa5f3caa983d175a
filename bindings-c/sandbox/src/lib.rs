//! The C ABI of the sandbox: an authorization server for the tests of a program, in a library of its own, so that no till
//! ships one.
//!
//! The conventions are those of the client's library: handles are numbers that are looked up, inputs come first and outputs
//! last, a dead handle gets a fallback, and no panic crosses the boundary.
#![allow(non_camel_case_types, reason = "the names are those of the C header")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the docs become the C header, which tells owners and lifetimes"
)]

mod texts;
mod sandbox;

pub use sandbox::*;
