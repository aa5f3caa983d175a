//! The command line, reached from `bin/xilnex-auth.js`.

use napi_derive::napi;
use std::io::{stderr, stdout};

/// Runs the command line with these arguments and gives the exit status.
#[napi(catch_unwind)]
pub fn run(arguments: Vec<String>) -> u32 {
    inherit_stdio();
    leave_signals_alone();
    let arguments = arguments.into_iter().map(Into::into).collect();
    xilnex_auth_cli::run(arguments, &mut stdout(), &mut stderr()).into()
}

/// Node's own handlers end the process by raising the signal again, for ever where somebody else handles it by then.
fn leave_signals_alone() {
    #[cfg(unix)]
    for signal in [libc::SIGINT, libc::SIGTERM] {
        // SAFETY: sets the default, which runs no code; this process does nothing but run the command line.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
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
