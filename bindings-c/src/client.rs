//! The client: tokens into a buffer, or as an object.

use crate::config::xilnex_auth_config;
use crate::guard;
use crate::handles::{Object, Type, beside, free, make, read, table, with};
use crate::pointers::{fill, optional, put, room, text, writable, writable_bytes};
use crate::stats::xilnex_auth_stats;
use crate::status::{XILNEX_AUTH_OK, xilnex_auth_error, xilnex_auth_status};
use crate::token::xilnex_auth_token;
use std::ffi::{CString, c_char, c_int};
use std::ptr::null;
use xilnex_auth::clock::SystemClock;
use xilnex_auth::{AccessToken, Call, Client, Error, Window};
use xilnex_auth_handles::Table;
use xilnex_auth_lasting::Signpost;
use xilnex_auth_wiping::clear_registers;
use zeroize::Zeroizing;

/// Gets tokens and keeps them. Thread-safe. Freed with xilnex_auth_client_free.
pub struct xilnex_auth_client {
    client: Client,
    id: CString,
    base_url: CString,
    scope: Option<CString>,
}

impl Object for xilnex_auth_client {
    /// Where its token at hand is copied from.
    type Beside = Signpost<Window>;

    fn table() -> &'static Table<Self, Self::Beside> {
        static CLIENTS: Table<xilnex_auth_client, Signpost<Window>> = table(Type::Client);
        &CLIENTS
    }

    fn furnish(&self, beside: &Self::Beside) {
        beside.set(Some(self.client.window()));
    }
}

impl xilnex_auth_client {
    fn new(client: Client) -> xilnex_auth_client {
        // None of them can hold a NUL: it would not have passed the option table.
        let text = |told: &str| CString::new(told).unwrap_or_default();
        let (id, base_url) = (text(client.client_id()), text(client.base_url()));
        xilnex_auth_client { id, base_url, scope: client.scope().map(text), client }
    }
}

/// Makes a client; sends nothing. The configuration stays the caller's and may be freed at once. Clients of equal
/// configuration share one token, so one for each job costs no request. The caller frees `*client`.
/// Errors: XILNEX_AUTH_INVALID_CONFIG, also for a dead handle, and where there is no room. Thread-safe.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn xilnex_auth_client_new(
    config: *const xilnex_auth_config,
    client: *mut *mut xilnex_auth_client,
    error: *mut *mut xilnex_auth_error,
) -> xilnex_auth_status {
    // SAFETY: the caller gives NULL or places to write to.
    unsafe {
        guard::status(error, || {
            let options = with(config, "config", xilnex_auth_config::options)?;
            writable(client, "client")?;
            put(client, make(xilnex_auth_client::new(Client::new(options)?))?);
            Ok(())
        })
    }
}

/// Writes the text of a valid token and a NUL into the buffer, and its length without the NUL to `*length`, which
/// may be NULL. XILNEX_AUTH_TOKEN_BUFFER bytes hold any token. In a buffer that is too small nothing is written,
/// the status is XILNEX_AUTH_INVALID_CONFIG and `*length` tells the length; so a NULL buffer of size 0 asks for it.
/// From memory where possible, else blocks for at most the client's timeout. Errors: every status. Thread-safe.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn xilnex_auth_get_token(
    client: *const xilnex_auth_client,
    buffer: *mut c_char,
    size: usize,
    length: *mut usize,
    error: *mut *mut xilnex_auth_error,
) -> xilnex_auth_status {
    // SAFETY: the caller gives NULL or a buffer of that size and places to write to.
    unsafe {
        // The short way, on which nothing can panic.
        if at_hand(client, buffer, size, length).is_some() {
            return XILNEX_AUTH_OK;
        }
        guard::status(error, move || asked(client, buffer, size, length))
    }
}

/// Copies the token that is shown beside the client, if there is one and it fits. Never panics.
///
/// # Safety
/// `buffer` is NULL or writable for `size` bytes; `length` is NULL or writable.
// A call would be a tenth of it.
#[inline(always)]
unsafe fn at_hand(
    client: *const xilnex_auth_client,
    buffer: *mut c_char,
    size: usize,
    length: *mut usize,
) -> Option<()> {
    let seen = beside(client, |window| window.get().map(Window::seen))??;
    // SAFETY: the caller's promise is handed on.
    let copied = seen.copy(unsafe { writable_bytes(buffer, size) }, &SystemClock)?;
    // SAFETY: the caller's promise about `length`.
    unsafe { put(length, copied) };
    clear_registers();
    Some(())
}

/// Copies the token that the engine gives, and has it shown.
///
/// # Safety
/// As [`at_hand`].
#[inline(never)]
unsafe fn asked(
    client: *const xilnex_auth_client,
    buffer: *mut c_char,
    size: usize,
    length: *mut usize,
) -> Result<(), Error> {
    // Of a token that ended while it was copied.
    clear_registers();
    room(buffer, size)?;
    // SAFETY: the caller's promise is handed on; the buffer is not NULL where it has a size.
    let work = |token: &AccessToken| unsafe { fill(buffer, size, length, token.value()) };
    with(client, "client", |client| {
        client.client.with_token(&Call::default(), work)??;
        client.client.show();
        Ok(())
    })?;
    clear_registers();
    Ok(())
}

/// As xilnex_auth_get_token, but never blocks: for a thread that draws or sells meanwhile. XILNEX_AUTH_OK with the token at
/// hand, and a refresh that is due goes on behind it; else XILNEX_AUTH_PENDING, without outputs and without an error
/// object, while a request is under way that this call began or found: ask again, every 10 ms if need be. A request that
/// failed is told in the pause after it, which is a second at first: who asks less often than that may miss one, and
/// begins the next. A client's timeout is that of the request. Errors: every status, XILNEX_AUTH_UNAVAILABLE also where
/// the system refuses a thread for the request. Thread-safe.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn xilnex_auth_try_get_token(
    client: *const xilnex_auth_client,
    buffer: *mut c_char,
    size: usize,
    length: *mut usize,
    error: *mut *mut xilnex_auth_error,
) -> xilnex_auth_status {
    // SAFETY: the caller gives NULL or a buffer of that size and places to write to.
    unsafe {
        if at_hand(client, buffer, size, length).is_some() {
            return XILNEX_AUTH_OK;
        }
        guard::status_or_pending(error, || {
            clear_registers();
            room(buffer, size)?;
            let token = with(client, "client", |client| {
                client.client.try_access_token().inspect(|_| client.client.show())
            })?;
            let filled = token.map(|token| fill(buffer, size, length, token.value()));
            filled.transpose().inspect(|_| clear_registers())
        })
    }
}

/// Writes the value of an Authorization header, "Bearer " and the token, as xilnex_auth_get_token writes the token.
/// XILNEX_AUTH_HEADER_BUFFER bytes hold any header. Errors: every status. Thread-safe.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn xilnex_auth_authorization_header(
    client: *const xilnex_auth_client,
    buffer: *mut c_char,
    size: usize,
    length: *mut usize,
    error: *mut *mut xilnex_auth_error,
) -> xilnex_auth_status {
    // SAFETY: the caller gives NULL or a buffer of that size and places to write to.
    unsafe {
        guard::status(error, || {
            room(buffer, size)?;
            let header =
                Zeroizing::new(with(client, "client", |client| client.client.authorization_header())?);
            fill(buffer, size, length, &header).inspect(|()| clear_registers())
        })
    }
}

/// Gives a token with what is known of it. The caller frees `*token`. Blocks as xilnex_auth_get_token does.
/// Errors: every status. Thread-safe.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn xilnex_auth_access_token(
    client: *const xilnex_auth_client,
    token: *mut *mut xilnex_auth_token,
    error: *mut *mut xilnex_auth_error,
) -> xilnex_auth_status {
    // SAFETY: the caller gives NULL or places to write to.
    unsafe { guard::status(error, || give_token(client, Call::default(), token)) }
}

/// As xilnex_auth_access_token, but never blocks: XILNEX_AUTH_PENDING and everything else as xilnex_auth_try_get_token has
/// it. The caller frees `*token`. Errors: every status. Thread-safe.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn xilnex_auth_try_access_token(
    client: *const xilnex_auth_client,
    token: *mut *mut xilnex_auth_token,
    error: *mut *mut xilnex_auth_error,
) -> xilnex_auth_status {
    // SAFETY: the caller gives NULL or places to write to.
    unsafe {
        guard::status_or_pending(error, || {
            writable(token, "token")?;
            let found = with(client, "client", |client| client.client.try_access_token())?;
            found.map(|found| give(&found, token)).transpose()
        })
    }
}

/// As xilnex_auth_access_token, for a token that still lives for `min_ttl` seconds (0: any valid one; one that was
/// fetched less than 30 s ago, or a quarter of its life, is the best that the server has and is handed out all the
/// same), and waiting for at most `timeout` seconds (0: the client's timeout). The caller frees `*token`. Errors: every
/// status. Thread-safe.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn xilnex_auth_access_token_with(
    client: *const xilnex_auth_client,
    min_ttl: f64,
    timeout: f64,
    token: *mut *mut xilnex_auth_token,
    error: *mut *mut xilnex_auth_error,
) -> xilnex_auth_status {
    // SAFETY: the caller gives NULL or places to write to.
    unsafe {
        guard::status(error, || {
            let call = Call::from_seconds(min_ttl, Some(timeout).filter(|timeout| *timeout != 0.0))?;
            give_token(client, call, token)
        })
    }
}

/// Drops a token that a resource server refused, so that the next call fetches another; a newer one stays. That costs
/// a request, so it happens at most once in 30 s, however many tokens are refused. `*invalidated`, which may be NULL,
/// becomes 1 if the token was dropped, else 0.
/// Errors: XILNEX_AUTH_INVALID_CONFIG for a dead handle, for NULL and for text that is not UTF-8. Thread-safe.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn xilnex_auth_invalidate(
    client: *const xilnex_auth_client,
    token: *const c_char,
    invalidated: *mut c_int,
    error: *mut *mut xilnex_auth_error,
) -> xilnex_auth_status {
    // SAFETY: the caller gives NULL or a text and places to write to.
    unsafe {
        guard::status(error, || {
            let dropped =
                with(client, "client", |client| Ok(client.client.invalidate(text(token, "token")?)))?;
            put(invalidated, dropped.into());
            Ok(())
        })
    }
}

/// Tells what all clients of this configuration have done in this process so far. The caller frees `*stats`. Sends
/// nothing. Errors: XILNEX_AUTH_INVALID_CONFIG for a dead handle, for NULL, and where there is no room. Thread-safe.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn xilnex_auth_client_stats(
    client: *const xilnex_auth_client,
    stats: *mut *mut xilnex_auth_stats,
    error: *mut *mut xilnex_auth_error,
) -> xilnex_auth_status {
    // SAFETY: the caller gives NULL or places to write to.
    unsafe {
        guard::status(error, || {
            writable(stats, "stats")?;
            let told = with(client, "client", |client| Ok(client.client.stats()))?;
            put(stats, make(xilnex_auth_stats { stats: told })?);
            Ok(())
        })
    }
}

/// Ends a client: later calls give XILNEX_AUTH_CLOSED, and so do those that wait in other threads, at once. Others of
/// equal configuration go on. Nothing happens for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_client_close(client: *const xilnex_auth_client) {
    guard::value((), || {
        read(client, |held| {
            // Inside, where no other client can come to its place.
            beside(client, |window| window.set(None));
            held.client.close();
        })
    });
}

/// Frees a client; a dead handle is fine. A call that another thread is in ends as it would have; its texts are gone.
/// Tokens and errors stay, and so does a request under way, for the clients that share it. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_client_free(client: *mut xilnex_auth_client) {
    guard::value((), || free(client));
}

/// The client identifier that it works with. Lives as long as the client; NULL for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_client_id(client: *const xilnex_auth_client) -> *const c_char {
    guard::value(null(), || read(client, |client| client.id.as_ptr()))
}

/// The base address of its authorization server. Lives as long as the client; NULL for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_client_base_url(client: *const xilnex_auth_client) -> *const c_char {
    guard::value(null(), || read(client, |client| client.base_url.as_ptr()))
}

/// The scope that it asks for. Lives as long as the client; NULL where it asks for none, and for a dead
/// handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_client_scope(client: *const xilnex_auth_client) -> *const c_char {
    guard::value(null(), || read(client, |client| optional(client.scope.as_ref())))
}

/// # Safety
/// As [`put`].
unsafe fn give_token(
    client: *const xilnex_auth_client,
    call: Call,
    token: *mut *mut xilnex_auth_token,
) -> Result<(), Error> {
    // SAFETY: the caller's promise.
    unsafe {
        writable(token, "token")?;
        let found = with(client, "client", |client| client.client.access_token(&call))?;
        give(&found, token)
    }
}

/// # Safety
/// As [`put`].
unsafe fn give(found: &AccessToken, token: *mut *mut xilnex_auth_token) -> Result<(), Error> {
    let made = make(xilnex_auth_token::from(found))?;
    // SAFETY: the caller's promise.
    unsafe { put(token, made) };
    clear_registers();
    Ok(())
}
