//! The command line, reached from `bin/xilnex-auth.js`.

use napi_derive::napi;
use std::io::{stderr, stdout};

/// Runs the command line with these arguments and gives the exit status.
#[napi(catch_unwind)]
pub fn run(arguments: Vec<String>) -> u32 {
    inherit_stdio();
    let arguments = arguments.into_iter().map(Into::into).collect();
    xilnex_auth_cli::run(arguments, &mut stdout(), &mut stderr()).into()
}

/// Node keeps its standard streams from its children; the command of `sandbox -- COMMAND` is to have them.
fn inherit_stdio() {
    #[cfg(unix)]
    {
        use rustix::io::{FdFlags, fcntl_setfd};
        // A stream that is closed cannot be inherited either way.
        let _ = fcntl_setfd(std::io::stdin(), FdFlags::empty());
        let _ = fcntl_setfd(stdout(), FdFlags::empty());
        let _ = fcntl_setfd(stderr(), FdFlags::empty());
    }
}
