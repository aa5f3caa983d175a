//! What stays where it is for ever and is used again, so that a thread may read it without a lock and without a count: it
//! finds out afterwards whether what it read was still meant for it. Nothing here waits, so a fork may happen at any instant.
#![deny(unsafe_code)]

mod stock;
#[allow(unsafe_code, reason = "texts that are read while they may be overwritten, in one place")]
mod page;
#[allow(unsafe_code, reason = "an atomic that holds a reference, in one place")]
mod signpost;

pub use page::{Page, Pool, Text};
pub use signpost::Signpost;
pub use stock::Stock;
