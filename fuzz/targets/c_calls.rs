//! Any sequence of calls of the C ABI that the header allows: NULL, wrong text, small buffers, any order of freeing. What
//! it gives is what the header says, and the address sanitizer watches the memory.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::ffi::{CStr, CString, c_char, c_void};
use std::ptr::{null, null_mut};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use xilnex_auth_c::*;
use xilnex_auth_fuzz::server::{TOKEN, start};

const SECRET: &str = "canary-secret";

/// Names and, of those that reach a network or a file, the values that may be tried.
static OPTIONS: LazyLock<Vec<(&str, Vec<String>)>> = LazyLock::new(|| {
    let texts = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let server = start();
    let addresses =
        [server.as_str(), "http://127.0.0.1:1", "http://example.com", "x", &format!("{server}/a")];
    vec![
        ("base_url", texts(&addresses)),
        ("timeout", texts(&["0.05", "0.001", "0", "x"])),
        ("connect_timeout", texts(&["0.05", "0.001", "-1", ""])),
        ("client_secret_file", texts(&["/nowhere", "/proc/version"])),
        ("ca_file", texts(&["/nowhere", "/proc/version"])),
        ("proxy", texts(&["none", "socks5://a", "http://user:canary-secret@127.0.0.1:1"])),
        ("client_id", texts(&["till", "refused", "short", "other"])),
        ("client_secret", texts(&[SECRET, "canary-secret-too", "canary-secret\n"])),
        ("client_auth", texts(&["post", "basic", "none"])),
        ("scope", vec![]),
        ("store", vec![]),
        ("client_id", vec![]),
    ]
});

static HEARD: AtomicU64 = AtomicU64::new(0);

const SLOTS: usize = 4;

/// The handles that the caller holds; NULL where there is none.
struct World<'a> {
    bytes: &'a [u8],
    configs: [*mut xilnex_auth_config; SLOTS],
    clients: [*mut xilnex_auth_client; SLOTS],
    tokens: [*mut xilnex_auth_token; SLOTS],
    errors: [*mut xilnex_auth_error; SLOTS],
    stats: [*mut xilnex_auth_stats; SLOTS],
    subscriptions: [*mut xilnex_auth_subscription; SLOTS],
}

fuzz_target!(init: { prepare() }, |bytes: &[u8]| {
    let mut world = World {
        bytes,
        configs: [null_mut(); SLOTS],
        clients: [null_mut(); SLOTS],
        tokens: [null_mut(); SLOTS],
        errors: [null_mut(); SLOTS],
        stats: [null_mut(); SLOTS],
        subscriptions: [null_mut(); SLOTS],
    };
    while !world.bytes.is_empty() {
        world.call();
    }
    world.free_all();
});

/// The library silences panics for its host; here each of them is a crash.
fn prepare() {
    let hook = std::panic::take_hook();
    // SAFETY: takes nothing.
    unsafe { xilnex_auth_version() };
    std::panic::set_hook(hook);
    for (name, value) in [("CLIENT_ID", "till"), ("CLIENT_SECRET", SECRET), ("TIMEOUT", "0.05")] {
        // SAFETY: no other thread has been started that reads the environment.
        unsafe { std::env::set_var(format!("XILNEX_{name}"), value) };
    }
    // SAFETY: as above; the server's thread reads no variable.
    unsafe { std::env::set_var("XILNEX_BASE_URL", &OPTIONS[0].1[0]) };
}

/// # Safety
/// `text` is NULL or a text of the library whose handle lives.
unsafe fn seen(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: not NULL, and the caller promises the rest.
    let told = unsafe { CStr::from_ptr(text) }.to_str().expect("a text is UTF-8").to_owned();
    assert!(!told.contains("canary"), "the secret is in {told}");
    Some(told)
}

unsafe extern "C" fn hear(event: *const xilnex_auth_event, data: *mut c_void) {
    assert_eq!(data.cast_const(), (&raw const HEARD).cast());
    HEARD.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the event lives as long as this call, the copy until it is freed.
    unsafe {
        assert!(seen(xilnex_auth_event_name(event)).is_some_and(|name| !name.is_empty()));
        let line = seen(xilnex_auth_event_message(event)).expect("an event has a line");
        assert!(!line.contains(TOKEN), "{line}");
        seen(xilnex_auth_event_client_id(event));
        seen(xilnex_auth_event_token(event));
        assert!(xilnex_auth_event_at(event) > 1e9 && !xilnex_auth_event_took(event).is_nan());
        let copy = xilnex_auth_error_copy(xilnex_auth_event_error(event));
        assert_eq!(copy.is_null(), xilnex_auth_event_error(event).is_null());
        read_error(copy);
        xilnex_auth_error_free(copy);
    }
}

/// # Safety
/// `error` is NULL or lives.
unsafe fn read_error(error: *const xilnex_auth_error) {
    // SAFETY: the caller's promise.
    unsafe {
        let message = seen(xilnex_auth_error_message(error)).expect("never NULL");
        assert_eq!(message.is_empty(), error.is_null());
        let id = xilnex_auth_status_id(xilnex_auth_error_status(error));
        assert_eq!(seen(xilnex_auth_error_id(error)), seen(id));
        seen(xilnex_auth_error_hint(error));
        seen(xilnex_auth_error_oauth_error(error));
        assert!(xilnex_auth_error_retry_after(error) <= 300.0 && xilnex_auth_error_attempts(error) >= 0);
        assert!(!message.contains(TOKEN) && xilnex_auth_error_http_status(error) < 600);
        let flags = [xilnex_auth_error_is_retryable(error), xilnex_auth_error_is_repeated(error)];
        assert!(flags.iter().all(|flag| [0, 1].contains(flag)));
    }
}

impl World<'_> {
    fn byte(&mut self) -> usize {
        let (first, rest) = self.bytes.split_first().unwrap_or((&0, &[]));
        self.bytes = rest;
        usize::from(*first)
    }

    /// A text of a few bytes, whatever they are; NULL for length 15.
    fn text(&mut self) -> Option<CString> {
        let length = self.byte() % 16;
        let (text, rest) = self.bytes.split_at(length.min(self.bytes.len()));
        self.bytes = rest;
        let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
        (length < 15).then(|| CString::new(text).expect("no NUL is in it"))
    }

    /// Checks what a call gave, and keeps its error or frees it.
    fn ended(&mut self, status: xilnex_auth_status, error: *mut xilnex_auth_error) {
        assert!((XILNEX_AUTH_OK..XILNEX_AUTH_INTERNAL).contains(&status), "status {status}");
        assert_eq!(error.is_null(), status == XILNEX_AUTH_OK);
        // SAFETY: an error that was just given lives, and one that is replaced is not used again.
        unsafe {
            assert_eq!(xilnex_auth_error_status(error), status);
            let slot = self.byte() % SLOTS;
            xilnex_auth_error_free(std::mem::replace(&mut self.errors[slot], error));
        }
    }

    fn call(&mut self) {
        let (what, slot) = (self.byte() % 16, self.byte() % (SLOTS + 1));
        // One more slot than there are: NULL.
        let client = self.clients.get(slot).copied().unwrap_or_default();
        let config = self.configs.get(slot).copied().unwrap_or_default();
        // SAFETY: every handle is NULL or lives, since freeing it takes it out of its slot.
        unsafe {
            match what {
                0 => self.make_config(slot),
                1 | 2 => self.set(config),
                3 => self.make_client(config),
                4 | 5 => self.fill(client),
                6 => self.give_token(client),
                7 => self.invalidate(client),
                8 => self.read_client(client),
                9 => self.subscribe(slot),
                10 => read_error(self.errors.get(slot).copied().unwrap_or_default()),
                11 => self.read_token(slot),
                12 => xilnex_auth_client_close(client),
                13 => self.free_one(slot),
                14 => self.statistics(client),
                _ => {
                    let copy = xilnex_auth_error_copy(self.errors.get(slot).copied().unwrap_or_default());
                    read_error(copy);
                    xilnex_auth_error_free(copy);
                }
            }
        }
    }

    unsafe fn make_config(&mut self, slot: usize) {
        // SAFETY: both take nothing; the one that is replaced is not used again.
        unsafe {
            let made = if self.byte().is_multiple_of(4) {
                xilnex_auth_config_new()
            } else {
                xilnex_auth_config_from_env()
            };
            xilnex_auth_config_free(std::mem::replace(&mut self.configs[slot % SLOTS], made));
            // Nothing may leave this machine or take long, whatever is left out afterwards.
            for (name, value) in [("base_url", &OPTIONS[0].1[0]), ("timeout", &OPTIONS[1].1[0])] {
                let (name, value) = (CString::new(name).unwrap(), CString::new(value.as_str()).unwrap());
                let status = xilnex_auth_config_set(made, name.as_ptr(), value.as_ptr(), null_mut());
                assert_eq!(status, XILNEX_AUTH_OK);
            }
        }
    }

    unsafe fn set(&mut self, config: *mut xilnex_auth_config) {
        let (which, value) = (self.byte(), self.byte());
        let (name, values) = &OPTIONS[which % OPTIONS.len()];
        let name = if which > 240 { self.text() } else { CString::new(*name).ok() };
        let value = match values.get(value % values.len().max(1)) {
            Some(text) if which <= 240 => CString::new(text.as_str()).ok(),
            // A name that is no option takes any value; one that is came from the table.
            _ => self.text(),
        };
        if which > 240
            && name.as_ref().is_some_and(|name| OPTIONS.iter().any(|row| row.0.as_bytes() == name.as_bytes()))
        {
            return;
        }
        let pointer = |text: &Option<CString>| text.as_ref().map_or(null(), |text| text.as_ptr());
        let mut error = null_mut();
        // SAFETY: the texts outlive the call.
        let status =
            unsafe { xilnex_auth_config_set(config, pointer(&name), pointer(&value), &raw mut error) };
        self.ended(status, error);
    }

    unsafe fn make_client(&mut self, config: *const xilnex_auth_config) {
        let (slot, mut made, mut error) = (self.byte() % SLOTS, null_mut(), null_mut());
        // SAFETY: the configuration is NULL or lives; the client that is replaced is not used again.
        unsafe {
            let status = xilnex_auth_client_new(config, &raw mut made, &raw mut error);
            assert_eq!(made.is_null(), status != XILNEX_AUTH_OK);
            self.ended(status, error);
            xilnex_auth_client_free(std::mem::replace(&mut self.clients[slot], made));
        }
    }

    /// A buffer of exactly the size that is told: one byte more is the sanitizer's.
    unsafe fn fill(&mut self, client: *const xilnex_auth_client) {
        let (form, size) = (self.byte(), self.byte() % 64);
        let (mut buffer, mut length, mut error) = (vec![0x55u8; size], usize::MAX, null_mut());
        let place = if form & 1 == 1 { null_mut() } else { buffer.as_mut_ptr().cast() };
        let wanted = if form & 2 == 2 { null_mut() } else { &raw mut length };
        // SAFETY: the buffer has the size that is told, or is NULL.
        let status = unsafe {
            if form & 4 == 4 {
                xilnex_auth_authorization_header(client, place, size, wanted, &raw mut error)
            } else {
                xilnex_auth_get_token(client, place, size, wanted, &raw mut error)
            }
        };
        self.ended(status, error);
        let expected = if form & 4 == 4 { format!("Bearer {TOKEN}") } else { TOKEN.to_owned() };
        if status == XILNEX_AUTH_OK {
            assert!(buffer.starts_with(expected.as_bytes()) && buffer[expected.len()] == 0 && form & 1 == 0);
            assert!(buffer[expected.len() + 1..].iter().all(|byte| *byte == 0x55));
        } else {
            assert!(buffer.iter().all(|byte| *byte == 0x55), "a failure wrote into the buffer");
        }
        assert!(length == usize::MAX || length == expected.len());
    }

    unsafe fn give_token(&mut self, client: *const xilnex_auth_client) {
        const MIN_TTL: [f64; 6] = [0.0, 1.0, -1.0, f64::NAN, f64::INFINITY, 1e9];
        const TIMEOUT: [f64; 6] = [0.0, 0.01, -1.0, f64::NAN, 1e-9, 0.03];
        let (min_ttl, timeout) = (MIN_TTL[self.byte() % 6], TIMEOUT[self.byte() % 6]);
        let (slot, mut given, mut error) = (self.byte() % SLOTS, null_mut(), null_mut());
        // SAFETY: the client is NULL or lives; the token that is replaced is not used again.
        unsafe {
            let status =
                xilnex_auth_access_token_with(client, min_ttl, timeout, &raw mut given, &raw mut error);
            assert_eq!(given.is_null(), status != XILNEX_AUTH_OK);
            self.ended(status, error);
            xilnex_auth_token_free(std::mem::replace(&mut self.tokens[slot], given));
        }
    }

    unsafe fn invalidate(&mut self, client: *const xilnex_auth_client) {
        let token = if self.byte().is_multiple_of(2) { CString::new(TOKEN).ok() } else { self.text() };
        let (mut dropped, mut error) = (7, null_mut());
        let pointer = token.as_ref().map_or(null(), |text| text.as_ptr());
        // SAFETY: the text outlives the call.
        let status = unsafe { xilnex_auth_invalidate(client, pointer, &raw mut dropped, &raw mut error) };
        assert!(if status == XILNEX_AUTH_OK { [0, 1].contains(&dropped) } else { dropped == 7 });
        self.ended(status, error);
    }

    unsafe fn read_client(&mut self, client: *const xilnex_auth_client) {
        // SAFETY: the client is NULL or lives.
        unsafe {
            assert_eq!(seen(xilnex_auth_client_id(client)).is_some(), !client.is_null());
            assert_eq!(seen(xilnex_auth_client_base_url(client)).is_some(), !client.is_null());
            seen(xilnex_auth_client_scope(client));
        }
    }

    unsafe fn subscribe(&mut self, slot: usize) {
        let form = self.byte();
        let callback: xilnex_auth_event_callback = if form % 8 == 7 { None } else { Some(hear) };
        let (mut made, mut error) = (null_mut(), null_mut());
        let place = if form % 8 == 6 { null_mut() } else { &raw mut made };
        // SAFETY: the data is static; the subscription that is replaced is not used again.
        unsafe {
            let data = (&raw const HEARD).cast_mut().cast();
            let status = xilnex_auth_events_subscribe(callback, data, place, &raw mut error);
            assert_eq!(made.is_null(), status != XILNEX_AUTH_OK);
            self.ended(status, error);
            xilnex_auth_events_unsubscribe(std::mem::replace(&mut self.subscriptions[slot % SLOTS], made));
        }
    }

    unsafe fn read_token(&mut self, slot: usize) {
        let token = self.tokens.get(slot).copied().unwrap_or_default();
        // SAFETY: the token is NULL or lives.
        unsafe {
            let wanted = (!token.is_null()).then_some(TOKEN);
            assert_eq!(seen(xilnex_auth_token_value(token)).as_deref(), wanted);
            let header = wanted.map(|token| format!("Bearer {token}"));
            assert_eq!(seen(xilnex_auth_token_authorization_header(token)), header);
            assert_eq!(seen(xilnex_auth_token_type(token)).is_some(), !token.is_null());
            assert_eq!(xilnex_auth_token_expires_at(token) > 1_000_000_000, !token.is_null());
            seen(xilnex_auth_token_scope(token));
        }
    }

    unsafe fn statistics(&mut self, client: *const xilnex_auth_client) {
        let (slot, name, mut made, mut error) = (self.byte() % SLOTS, self.text(), null_mut(), null_mut());
        // SAFETY: the client is NULL or lives; the text outlives the call; what is replaced is not used again.
        unsafe {
            let status = xilnex_auth_client_stats(client, &raw mut made, &raw mut error);
            self.ended(status, error);
            xilnex_auth_stats_free(std::mem::replace(&mut self.stats[slot], made));
            xilnex_auth_stats_value(made, name.as_ref().map_or(null(), |text| text.as_ptr()));
            assert_eq!(xilnex_auth_stats_value(made, c"requests".as_ptr()) >= 0.0, !made.is_null());
            xilnex_auth_stats_failures(made, status);
        }
    }

    unsafe fn free_one(&mut self, slot: usize) {
        let (kind, index) = (self.byte() % 6, slot % SLOTS);
        // SAFETY: what is freed is taken out of its slot.
        unsafe {
            match kind {
                0 => xilnex_auth_config_free(std::mem::take(&mut self.configs[index])),
                1 => xilnex_auth_client_free(std::mem::take(&mut self.clients[index])),
                2 => xilnex_auth_token_free(std::mem::take(&mut self.tokens[index])),
                3 => xilnex_auth_error_free(std::mem::take(&mut self.errors[index])),
                4 => xilnex_auth_stats_free(std::mem::take(&mut self.stats[index])),
                _ => xilnex_auth_events_unsubscribe(std::mem::take(&mut self.subscriptions[index])),
            }
        }
    }

    fn free_all(&mut self) {
        for slot in 0..SLOTS * 6 {
            self.bytes = std::slice::from_ref(&KINDS[slot / SLOTS]);
            // SAFETY: as for one.
            unsafe { self.free_one(slot % SLOTS) };
        }
    }
}

/// The subscriptions last: they may still be told what became of the clients.
static KINDS: [u8; 6] = [0, 1, 2, 3, 4, 5];
