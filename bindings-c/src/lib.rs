//! The C ABI of the engine.
//!
//! # Conventions
//! - A name is `xilnex_auth_<type>_<verb>`; inputs come first, outputs last.
//! - What can fail returns a status, 0 for success, and gives an error object to an `error` that is not NULL.
//!   Outputs are written on success only, except a length, which also tells what a small buffer lacks, and the buffer of a
//!   copy that was thrown away, which has zeros in it then; `*error` is written on failure only. What was in them is never
//!   freed.
//! - Handles are numbers in the shape of pointers, looked up in the table of their type. Each type has one `_free`; that
//!   of a subscription is called `_unsubscribe`, because it ends something. Handles depend on no other handle: they may
//!   be freed in any order.
//! - A dead handle (freed, of another type, made up, NULL) is refused by a status, or by a fallback that the function
//!   tells; freeing it does nothing. A text that a handle gives lives as long as the handle.
//! - A `const` handle may be used by any number of threads at once; it lives on in the calls that it is freed under.
//! - A function is `unsafe` if it follows an address of the caller: a text, a buffer, an output.
//! - Nothing is written to stdout or stderr, no signal handler is set, and no call is needed to start or to end.
#![allow(non_camel_case_types, reason = "the names are those of the C header")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the docs become the C header, which tells owners and lifetimes"
)]

/// What the engine and its libraries free is overwritten. The program around it keeps its own allocator.
#[global_allocator]
static ALLOCATOR: xilnex_auth_wiping::Wiping = xilnex_auth_wiping::Wiping;

mod pointers;
mod handles;
mod status;
mod guard;
mod version;
mod error;
mod token;
mod stats;
mod event;
mod config;
mod client;

pub use client::*;
pub use config::*;
pub use error::*;
pub use event::*;
pub use stats::*;
pub use status::*;
pub use token::*;
pub use version::*;
