//! The command `sandbox`, reached from `bin/xilnex-auth.js`.

use napi_derive::napi;
use std::io::{stderr, stdout};

/// Runs the command `sandbox` with these arguments and gives the exit status; null where they are for another command.
#[napi(catch_unwind)]
pub fn run(arguments: Vec<String>) -> Option<u32> {
    inherit_stdio();
    leave_signals_alone();
    let arguments = arguments.into_iter().map(Into::into).collect();
    xilnex_auth_cli::run_sandbox(arguments, &mut stdout(), &mut stderr()).map(Into::into)
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
