//! The command line, reached from `bin/xilnex-auth.js`.

use napi_derive::napi;
use std::io::{stderr, stdout};

/// Runs the command line with these arguments and gives the exit status; null where they are for the other addon.
#[napi(catch_unwind)]
pub fn run(arguments: Vec<String>) -> Option<u32> {
    let arguments = arguments.into_iter().map(Into::into).collect();
    xilnex_auth_cli::run_client(arguments, &mut stdout(), &mut stderr()).map(Into::into)
}
