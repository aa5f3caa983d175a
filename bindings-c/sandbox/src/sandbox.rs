//! A running sandbox and what its holder asks of it.

use crate::texts::{optional, tell};
use ::xilnex_auth_sandbox::{Options, Sandbox};
use std::ffi::{CString, c_char, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{null, without_provenance_mut};
use std::time::Duration;
use xilnex_auth_handles::Table;

/// A running authorization server on this machine. Thread-safe. Stopped and freed with xilnex_auth_sandbox_stop.
pub struct xilnex_auth_sandbox {
    server: Sandbox,
    base_url: CString,
    client_id: CString,
    client_secret: CString,
    scope: CString,
    ca_file: Option<CString>,
}

/// The number of its type is that of an event in the client's library, which is live only while a callback runs: no
/// handle that a program keeps is one here.
static SANDBOXES: Table<xilnex_auth_sandbox> = Table::new(6);

/// Runs what an exported function does; `fallback` stands in where there is no value, and after a panic.
fn guarded<T>(fallback: T, work: impl FnOnce() -> Option<T>) -> T {
    catch_unwind(AssertUnwindSafe(work)).ok().flatten().unwrap_or(fallback)
}

fn read<T>(sandbox: *const xilnex_auth_sandbox, get: impl FnOnce(&xilnex_auth_sandbox) -> T) -> Option<T> {
    SANDBOXES.with(sandbox.addr(), get)
}

fn start(options: Option<&str>) -> Result<usize, String> {
    let options = options.map(Options::from_json).transpose()?.unwrap_or_default();
    let server =
        Sandbox::start(options).map_err(|problem| format!("the sandbox did not start: {problem}"))?;
    let text = |told: &str| CString::new(told).map_err(|_| "a text of the options holds a NUL".to_owned());
    let (base_url, client) = (text(&server.base_url())?, server.client().clone());
    let ca_file = server.ca_file().map(|path| text(&path.to_string_lossy())).transpose()?;
    let made = xilnex_auth_sandbox {
        server,
        base_url,
        client_id: text(&client.client_id)?,
        client_secret: text(&client.client_secret)?,
        scope: text(&client.scope)?,
        ca_file,
    };
    SANDBOXES
        .insert(made)
        .ok_or_else(|| "there is no room for another sandbox: stop those no longer used".to_owned())
}

/// Starts a sandbox that listens on this machine only. `options` is a JSON object in UTF-8, or NULL for a free port and one
/// client with a random secret; it may have any of these members: "port", "client_id", "client_secret", "scope" (texts),
/// "ttl" (seconds that tokens live), "latency" (seconds that an answer takes), "tls" (true or false), "script" (a list of
/// answers to the first token requests), "fault" (a name that `xilnex-auth sandbox --faults` lists), "fault_after" and
/// "fault_times" (numbers of requests). The caller ends `*sandbox` with xilnex_auth_sandbox_stop.
/// Returns 0, or 1 when it did not start: then `*sandbox` is not written, and the reason, cut to `size` bytes with its
/// NUL, is in `problem`, which may be NULL. Errors: a member that is wrong, a port that is taken, NULL for `sandbox`.
/// Thread-safe.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn xilnex_auth_sandbox_start(
    options: *const c_char,
    sandbox: *mut *mut xilnex_auth_sandbox,
    problem: *mut c_char,
    size: usize,
) -> c_int {
    let work = || {
        if sandbox.is_null() {
            return Err("the argument sandbox is NULL: give a pointer".to_owned());
        }
        // SAFETY: the caller gives NULL or a text.
        start(unsafe { optional(options, "options") }?)
    };
    match guarded(Err("a panic was caught at the boundary".to_owned()), || Some(work())) {
        Ok(number) => {
            // SAFETY: not NULL, and the caller gives a place to write to, aligned or not.
            unsafe { sandbox.write_unaligned(without_provenance_mut(number)) };
            0
        }
        Err(told) => {
            // SAFETY: the caller gives NULL or a buffer of that size.
            unsafe { tell(&told, problem, size) };
            1
        }
    }
}

/// Stops a sandbox and frees it, and with it its texts: open connections are cut, its port is free then. A dead handle is
/// fine. While another thread is in a call with it, that happens when the call returns. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_sandbox_stop(sandbox: *mut xilnex_auth_sandbox) {
    guarded((), || SANDBOXES.remove(sandbox.addr()));
}

/// The address to give to clients as their base_url. Lives as long as the sandbox; NULL for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_sandbox_base_url(sandbox: *const xilnex_auth_sandbox) -> *const c_char {
    guarded(null(), || read(sandbox, |s| s.base_url.as_ptr()))
}

/// The identifier of the client that it knows. Lives as long as the sandbox; NULL for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_sandbox_client_id(sandbox: *const xilnex_auth_sandbox) -> *const c_char {
    guarded(null(), || read(sandbox, |s| s.client_id.as_ptr()))
}

/// The secret of that client. Lives as long as the sandbox; NULL for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_sandbox_client_secret(sandbox: *const xilnex_auth_sandbox) -> *const c_char {
    guarded(null(), || read(sandbox, |s| s.client_secret.as_ptr()))
}

/// The scopes that the client may ask for, separated by spaces. Lives as long as the sandbox; NULL for a dead
/// handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_sandbox_scope(sandbox: *const xilnex_auth_sandbox) -> *const c_char {
    guarded(null(), || read(sandbox, |s| s.scope.as_ptr()))
}

/// The file with the certificate that clients have to trust, to give to them as their ca_file. It and its text live as long
/// as the sandbox; NULL where it does not speak TLS, and for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_sandbox_ca_file(sandbox: *const xilnex_auth_sandbox) -> *const c_char {
    guarded(null(), || read(sandbox, |s| s.ca_file.as_ref().map(|path| path.as_ptr())).flatten())
}

/// How many requests reached its token endpoint, whatever they were answered; 0 for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_sandbox_token_requests(sandbox: *const xilnex_auth_sandbox) -> u64 {
    guarded(0, || read(sandbox, |s| s.server.token_requests()))
}

/// Makes its resource, `/data` at the base address, refuse every token that was issued before. Nothing happens for a dead
/// handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_sandbox_revoke_tokens(sandbox: *const xilnex_auth_sandbox) {
    guarded((), || read(sandbox, |s| s.server.revoke_tokens()));
}

/// Puts the time of the server forward by so many seconds: its tokens expire by it, and new ones are issued in it. Clients
/// go by the time of their machine. Returns 0, or 1 for a dead handle and for what is negative or no length of time: then
/// nothing happens. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_sandbox_advance(sandbox: *const xilnex_auth_sandbox, seconds: f64) -> c_int {
    guarded(1, || {
        let length = Duration::try_from_secs_f64(seconds).ok()?;
        read(sandbox, |s| s.server.advance(length)).map(|()| 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::null_mut;

    #[test]
    fn what_goes_wrong_inside_stays_inside() {
        assert_eq!(guarded(7, || panic!("canary")), 7);
    }

    #[test]
    fn a_sandbox_of_another_library_is_none_here() {
        let mut made = null_mut();
        // SAFETY: the pointer is that of a local variable.
        assert_eq!(unsafe { xilnex_auth_sandbox_start(null(), &raw mut made, null_mut(), 0) }, 0);
        let clients: Table<()> = Table::new(1);
        let client = without_provenance_mut(clients.insert(()).unwrap());
        assert!(xilnex_auth_sandbox_base_url(client).is_null());
        assert!(!xilnex_auth_sandbox_base_url(made).is_null());
        xilnex_auth_sandbox_stop(made);
        assert!(xilnex_auth_sandbox_base_url(made).is_null());
    }
}
