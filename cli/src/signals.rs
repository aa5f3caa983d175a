//! A sandbox ends in order when a signal ends it. While a command runs inside it, it outlives the signals that are meant
//! for the command.
//!
//! A terminal sends Ctrl-C to both, so it is ignored here; what comes to this process alone is handed on.

use std::io;

#[cfg(not(unix))]
pub use console::Signals;
#[cfg(unix)]
pub use unix::Signals;

#[cfg(unix)]
mod unix {
    use super::io;
    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Handle;
    use std::thread::JoinHandle;

    /// Signals that no longer end this process.
    pub struct Signals(signal_hook::iterator::Signals);

    /// The thread that hands them on.
    pub struct Watch {
        handle: Handle,
        thread: Option<JoinHandle<()>>,
    }

    impl Signals {
        pub fn catch() -> io::Result<Signals> {
            signal_hook::iterator::Signals::new([SIGINT, SIGQUIT, SIGTERM, SIGHUP]).map(Signals)
        }

        /// Waits for one of them; then this process ends by it, once `last` is done.
        pub fn end_by_the_next(mut self, last: impl FnOnce()) -> io::Result<()> {
            let signal = self.0.forever().next().unwrap_or(SIGTERM);
            last();
            signal_hook::low_level::emulate_default_handler(signal)
        }

        /// Hands them on to the process with this number until the watch ends.
        pub fn hand_on(mut self, process: u32) -> Watch {
            let handle = self.0.handle();
            let child = i32::try_from(process).ok().and_then(Pid::from_raw);
            let work = move || self.0.forever().for_each(|signal| hand_on_to(child, signal));
            // Without a thread the command still runs, only deaf to what was sent to its parent.
            Watch { handle, thread: std::thread::Builder::new().spawn(work).ok() }
        }
    }

    impl Watch {
        pub fn end(self) {
            self.handle.close();
            let _ = self.thread.map(JoinHandle::join);
        }
    }

    fn hand_on_to(child: Option<Pid>, signal: i32) {
        let meant = match signal {
            SIGTERM => Some(Signal::TERM),
            SIGHUP => Some(Signal::HUP),
            _ => None,
        };
        if let (Some(child), Some(signal)) = (child, meant) {
            // A command that has just ended needs no signal.
            let _ = kill_process(child, signal);
        }
    }
}

#[cfg(not(unix))]
mod console {
    use super::io;
    use signal_hook::consts::SIGINT;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    /// What a process of Windows ends with that Ctrl-C ends.
    const CONTROL_C_EXIT: i32 = 0xC000_013A_u32.cast_signed();

    /// Ctrl-C no longer ends this process. A console sends it to every process, so nothing has to be handed on.
    pub struct Signals(Arc<AtomicBool>);

    impl Signals {
        pub fn catch() -> io::Result<Signals> {
            let came = Arc::default();
            signal_hook::flag::register(SIGINT, Arc::clone(&came))?;
            Ok(Signals(came))
        }

        /// Waits for it; then this process ends, once `last` is done.
        pub fn end_by_the_next(self, last: impl FnOnce()) -> io::Result<()> {
            while !self.0.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(50));
            }
            last();
            std::process::exit(CONTROL_C_EXIT)
        }

        pub fn hand_on(self, _process: u32) -> Signals {
            self
        }

        pub fn end(self) {}
    }
}
