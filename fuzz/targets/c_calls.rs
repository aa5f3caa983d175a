//! Any sequence of calls of the C ABI: dead handles and those of another type, NULL, wrong text, small buffers, any order
//! of freeing. What it gives is what the header says, and the address sanitizer watches the memory.
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

/// The calls of all sequences.
static CALLS: AtomicU64 = AtomicU64::new(0);

const SLOTS: usize = 4;

/// A handle, and whether it was freed.
struct Held<T> {
    handle: *mut T,
    is_live: bool,
}

impl<T> Held<T> {
    /// Holds another one; the last is freed if that has not happened.
    fn put(&mut self, handle: *mut T, free: impl Fn(*mut T)) {
        self.free(free);
        *self = Held { handle, is_live: !handle.is_null() };
    }

    /// Frees it once or more often, and goes on holding what is dead.
    fn free(&mut self, free: impl Fn(*mut T)) {
        free(self.handle);
        self.is_live = false;
    }
}

/// The handles that the caller holds.
struct World<'a> {
    bytes: &'a [u8],
    configs: [Held<xilnex_auth_config>; SLOTS],
    clients: [Held<xilnex_auth_client>; SLOTS],
    tokens: [Held<xilnex_auth_token>; SLOTS],
    errors: [Held<xilnex_auth_error>; SLOTS],
    stats: [Held<xilnex_auth_stats>; SLOTS],
    subscriptions: [Held<xilnex_auth_subscription>; SLOTS],
}

fn none<T>() -> [Held<T>; SLOTS] {
    std::array::from_fn(|_| Held { handle: null_mut(), is_live: false })
}

/// The handle of a slot; beyond them NULL, and then one of another type.
fn pick<T, U>(slots: &[Held<T>; SLOTS], slot: usize, others: &[Held<U>; SLOTS]) -> (*mut T, bool) {
    match slots.get(slot) {
        Some(held) => (held.handle, held.is_live),
        None if slot == SLOTS => (null_mut(), false),
        None => (others[0].handle.cast(), false),
    }
}

fuzz_target!(init: { prepare() }, |bytes: &[u8]| {
    let mut world = World {
        bytes,
        configs: none(),
        clients: none(),
        tokens: none(),
        errors: none(),
        stats: none(),
        subscriptions: none(),
    };
    while !world.bytes.is_empty() {
        CALLS.fetch_add(1, Ordering::Relaxed);
        world.call();
    }
    (0..SLOTS * 6).for_each(|index| world.free_one(index / SLOTS, index % SLOTS));
});

/// The library silences panics for its host; here each of them is a crash.
fn prepare() {
    let hook = std::panic::take_hook();
    xilnex_auth_version();
    std::panic::set_hook(hook);
    // SAFETY: what is registered reads a static and writes to stderr.
    let status = unsafe { libc::atexit(tell_calls) };
    assert_eq!(status, 0);
    let server = OPTIONS[0].1[0].as_str();
    let variables =
        [("CLIENT_ID", "till"), ("CLIENT_SECRET", SECRET), ("TIMEOUT", "0.05"), ("BASE_URL", server)];
    for (name, value) in variables {
        // SAFETY: no other thread reads the environment: that of the server has nothing to look up.
        unsafe { std::env::set_var(format!("XILNEX_{name}"), value) };
    }
}

/// As the fuzzer tells its own figures.
extern "C" fn tell_calls() {
    eprintln!("stat::calls: {}", CALLS.load(Ordering::Relaxed));
}

/// A text of the library whose handle lives, or NULL.
fn seen(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: not NULL, and the handle that gave it has not been freed.
    let told = unsafe { CStr::from_ptr(text) }.to_str().expect("a text is UTF-8").to_owned();
    assert!(!told.contains("canary"), "the secret is in {told}");
    Some(told)
}

unsafe extern "C" fn hear(event: *const xilnex_auth_event, data: *mut c_void) {
    assert_eq!(data.cast_const(), (&raw const HEARD).cast());
    HEARD.fetch_add(1, Ordering::Relaxed);
    assert!(seen(xilnex_auth_event_name(event)).is_some_and(|name| !name.is_empty()));
    let line = seen(xilnex_auth_event_message(event)).expect("an event has a line");
    assert!(!line.contains(TOKEN), "{line}");
    seen(xilnex_auth_event_client_id(event));
    seen(xilnex_auth_event_token(event));
    assert!(xilnex_auth_event_at(event) > 1e9 && !xilnex_auth_event_took(event).is_nan());
    let error = xilnex_auth_event_error(event);
    let copy = xilnex_auth_error_copy(error);
    assert_eq!(copy.is_null(), error.is_null());
    read_error(copy, !copy.is_null());
    xilnex_auth_error_free(copy);
}

fn read_error(error: *const xilnex_auth_error, is_live: bool) {
    let message = seen(xilnex_auth_error_message(error)).expect("never NULL");
    let status = xilnex_auth_error_status(error);
    assert!(message.is_empty() != is_live && (status == XILNEX_AUTH_OK) != is_live, "{status}: {message}");
    assert_eq!(seen(xilnex_auth_error_id(error)), seen(xilnex_auth_status_id(status)));
    seen(xilnex_auth_error_hint(error));
    seen(xilnex_auth_error_oauth_error(error));
    assert!(xilnex_auth_error_retry_after(error) <= 300.0 && xilnex_auth_error_attempts(error) >= 0);
    assert!(!message.contains(TOKEN) && xilnex_auth_error_http_status(error) < 600);
    let flags = [xilnex_auth_error_is_retryable(error), xilnex_auth_error_is_repeated(error)];
    assert!(flags.iter().all(|flag| [0, 1].contains(flag)));
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

    /// The same of a call that never waits, and may have nothing to give yet.
    fn tried(&mut self, status: xilnex_auth_status, error: *mut xilnex_auth_error, is_live: bool) {
        if status == XILNEX_AUTH_PENDING {
            assert!(is_live && error.is_null());
        } else {
            self.ended(status, error, is_live);
        }
    }

    /// Checks what a call with this handle gave, and keeps its error.
    fn ended(&mut self, status: xilnex_auth_status, error: *mut xilnex_auth_error, is_live: bool) {
        assert!((XILNEX_AUTH_OK..XILNEX_AUTH_INTERNAL).contains(&status), "status {status}");
        assert!(is_live || status == XILNEX_AUTH_INVALID_CONFIG, "status {status} for a dead handle");
        assert_eq!(error.is_null(), status == XILNEX_AUTH_OK);
        assert_eq!(xilnex_auth_error_status(error), status);
        let slot = self.byte() % SLOTS;
        self.errors[slot].put(error, |error| xilnex_auth_error_free(error));
    }

    fn client(&self, slot: usize) -> (*mut xilnex_auth_client, bool) {
        pick(&self.clients, slot, &self.tokens)
    }

    fn call(&mut self) {
        let (what, slot) = (self.byte() % 16, self.byte() % (SLOTS + 2));
        let (client, config) = (self.client(slot), pick(&self.configs, slot, &self.clients));
        let error = pick(&self.errors, slot, &self.clients);
        match what {
            0 => self.make_config(slot),
            1 | 2 => self.set(config),
            3 => self.make_client(config),
            4 | 5 => self.fill(client),
            6 => self.give_token(client),
            7 => self.invalidate(client),
            8 => read_client((client.0, client.1)),
            9 => self.subscribe(slot),
            10 => read_error(error.0, error.1),
            11 => {
                let (token, is_live) = pick(&self.tokens, slot, &self.errors);
                read_token((token, is_live));
            }
            12 => xilnex_auth_client_close(client.0),
            13 => {
                let kind = self.byte() % 6;
                self.free_one(kind, slot % SLOTS);
            }
            14 => self.statistics(client),
            _ => {
                let copy = xilnex_auth_error_copy(error.0);
                assert_eq!(copy.is_null(), !error.1);
                read_error(copy, error.1);
                xilnex_auth_error_free(copy);
            }
        }
    }

    fn make_config(&mut self, slot: usize) {
        let is_empty = self.byte().is_multiple_of(4);
        let made = if is_empty { xilnex_auth_config_new() } else { xilnex_auth_config_from_env() };
        // Nothing may leave this machine or take long, whatever is left out afterwards.
        for (name, value) in [(c"base_url", &OPTIONS[0].1[0]), (c"timeout", &OPTIONS[1].1[0])] {
            let value = CString::new(value.as_str()).expect("no NUL is in it");
            // SAFETY: the texts outlive the call.
            let status = unsafe { xilnex_auth_config_set(made, name.as_ptr(), value.as_ptr(), null_mut()) };
            assert_eq!(status, XILNEX_AUTH_OK);
        }
        self.configs[slot % SLOTS].put(made, |config| xilnex_auth_config_free(config));
    }

    fn set(&mut self, (config, is_live): (*mut xilnex_auth_config, bool)) {
        let (which, value) = (self.byte(), self.byte());
        let (name, values) = &OPTIONS[which % OPTIONS.len()];
        let is_free = which > 240;
        let name = if is_free { self.text() } else { CString::new(*name).ok() };
        let value = match values.get(value % values.len().max(1)) {
            Some(text) if !is_free => CString::new(text.as_str()).ok(),
            _ => self.text(),
        };
        let is_option = |name: &CString| OPTIONS.iter().any(|row| row.0.as_bytes() == name.as_bytes());
        if is_free && name.as_ref().is_some_and(is_option) {
            // Its values are those of the table.
            return;
        }
        let pointer = |text: &Option<CString>| text.as_ref().map_or(null(), |text| text.as_ptr());
        let mut error = null_mut();
        // SAFETY: the texts outlive the call.
        let status =
            unsafe { xilnex_auth_config_set(config, pointer(&name), pointer(&value), &raw mut error) };
        self.ended(status, error, is_live);
    }

    fn make_client(&mut self, (config, is_live): (*mut xilnex_auth_config, bool)) {
        let (slot, mut made, mut error) = (self.byte() % SLOTS, null_mut(), null_mut());
        // SAFETY: the outputs are local.
        let status = unsafe { xilnex_auth_client_new(config, &raw mut made, &raw mut error) };
        assert_eq!(made.is_null(), status != XILNEX_AUTH_OK);
        self.ended(status, error, is_live);
        self.clients[slot].put(made, |client| xilnex_auth_client_free(client));
    }

    /// A buffer of exactly the size that is told: one byte more is the sanitizer's.
    fn fill(&mut self, (client, is_live): (*mut xilnex_auth_client, bool)) {
        let (form, size) = (self.byte(), self.byte() % 64);
        let (mut buffer, mut length, mut error) = (vec![0x55u8; size], usize::MAX, null_mut());
        let place = if form & 1 == 1 { null_mut() } else { buffer.as_mut_ptr().cast() };
        let wanted = if form & 2 == 2 { null_mut() } else { &raw mut length };
        // SAFETY: the buffer has the size that is told, or is NULL; the outputs are local.
        let status = unsafe {
            if form & 4 == 4 {
                xilnex_auth_authorization_header(client, place, size, wanted, &raw mut error)
            } else if form & 8 == 8 {
                xilnex_auth_try_get_token(client, place, size, wanted, &raw mut error)
            } else {
                xilnex_auth_get_token(client, place, size, wanted, &raw mut error)
            }
        };
        self.tried(status, error, is_live);
        assert!(status != XILNEX_AUTH_PENDING || form & 12 == 8, "a call that waits");
        let expected = if form & 4 == 4 { format!("Bearer {TOKEN}") } else { TOKEN.to_owned() };
        if status == XILNEX_AUTH_OK {
            assert!(buffer.starts_with(expected.as_bytes()) && buffer[expected.len()] == 0 && form & 1 == 0);
            assert!(buffer[expected.len() + 1..].iter().all(|byte| *byte == 0x55));
        } else {
            assert!(buffer.iter().all(|byte| *byte == 0x55), "a failure wrote into the buffer");
        }
        assert!(length == usize::MAX || length == expected.len());
    }

    fn give_token(&mut self, (client, is_live): (*mut xilnex_auth_client, bool)) {
        const MIN_TTL: [f64; 6] = [0.0, 1.0, -1.0, f64::NAN, f64::INFINITY, 1e9];
        const TIMEOUT: [f64; 6] = [0.0, 0.01, -1.0, f64::NAN, 1e-9, 0.03];
        let (form, timeout) = (self.byte(), TIMEOUT[self.byte() % 6]);
        let (min_ttl, is_tried) = (MIN_TTL[form % 6], form >= 192);
        let (slot, mut given, mut error) = (self.byte() % SLOTS, null_mut(), null_mut());
        // SAFETY: the outputs are local.
        let status = unsafe {
            if is_tried {
                xilnex_auth_try_access_token(client, &raw mut given, &raw mut error)
            } else {
                xilnex_auth_access_token_with(client, min_ttl, timeout, &raw mut given, &raw mut error)
            }
        };
        assert_eq!(given.is_null(), status != XILNEX_AUTH_OK);
        assert!(status != XILNEX_AUTH_PENDING || is_tried, "a call that waits");
        self.tried(status, error, is_live);
        self.tokens[slot].put(given, |token| xilnex_auth_token_free(token));
    }

    fn invalidate(&mut self, (client, is_live): (*mut xilnex_auth_client, bool)) {
        let token = if self.byte().is_multiple_of(2) { CString::new(TOKEN).ok() } else { self.text() };
        let (mut dropped, mut error) = (7, null_mut());
        let pointer = token.as_ref().map_or(null(), |text| text.as_ptr());
        // SAFETY: the text outlives the call; the outputs are local.
        let status = unsafe { xilnex_auth_invalidate(client, pointer, &raw mut dropped, &raw mut error) };
        assert!(if status == XILNEX_AUTH_OK { [0, 1].contains(&dropped) } else { dropped == 7 });
        self.ended(status, error, is_live);
    }

    fn subscribe(&mut self, slot: usize) {
        let form = self.byte() % 8;
        let callback: xilnex_auth_event_callback = if form == 7 { None } else { Some(hear) };
        let (mut made, mut error) = (null_mut(), null_mut());
        let place = if form == 6 { null_mut() } else { &raw mut made };
        // SAFETY: the data is static and the callback keeps the rules; the outputs are local.
        let status = unsafe {
            let data = (&raw const HEARD).cast_mut().cast();
            xilnex_auth_events_subscribe(callback, data, place, &raw mut error)
        };
        assert_eq!(made.is_null(), status != XILNEX_AUTH_OK);
        self.ended(status, error, form < 6);
        let free = |subscription| xilnex_auth_events_unsubscribe(subscription);
        self.subscriptions[slot % SLOTS].put(made, free);
    }

    fn statistics(&mut self, (client, is_live): (*mut xilnex_auth_client, bool)) {
        let (slot, name, mut made, mut error) = (self.byte() % SLOTS, self.text(), null_mut(), null_mut());
        // SAFETY: the outputs are local.
        let status = unsafe { xilnex_auth_client_stats(client, &raw mut made, &raw mut error) };
        self.ended(status, error, is_live);
        // SAFETY: the texts outlive the calls.
        unsafe {
            xilnex_auth_stats_value(made, name.as_ref().map_or(null(), |text| text.as_ptr()));
            assert_eq!(xilnex_auth_stats_value(made, c"requests".as_ptr()) >= 0.0, !made.is_null());
        }
        xilnex_auth_stats_failures(made, status);
        self.stats[slot].put(made, |stats| xilnex_auth_stats_free(stats));
    }

    fn free_one(&mut self, kind: usize, slot: usize) {
        match kind {
            0 => self.configs[slot].free(|config| xilnex_auth_config_free(config)),
            1 => self.clients[slot].free(|client| xilnex_auth_client_free(client)),
            2 => self.tokens[slot].free(|token| xilnex_auth_token_free(token)),
            3 => self.errors[slot].free(|error| xilnex_auth_error_free(error)),
            4 => self.stats[slot].free(|stats| xilnex_auth_stats_free(stats)),
            _ => self.subscriptions[slot].free(|subscription| xilnex_auth_events_unsubscribe(subscription)),
        }
    }
}

fn read_client((client, is_live): (*const xilnex_auth_client, bool)) {
    assert_eq!(seen(xilnex_auth_client_id(client)).is_some(), is_live);
    assert_eq!(seen(xilnex_auth_client_base_url(client)).is_some(), is_live);
    seen(xilnex_auth_client_scope(client));
}

fn read_token((token, is_live): (*const xilnex_auth_token, bool)) {
    let wanted = is_live.then_some(TOKEN);
    assert_eq!(seen(xilnex_auth_token_value(token)).as_deref(), wanted);
    let header = wanted.map(|token| format!("Bearer {token}"));
    assert_eq!(seen(xilnex_auth_token_authorization_header(token)), header);
    assert_eq!(seen(xilnex_auth_token_type(token)).is_some(), is_live);
    assert_eq!(xilnex_auth_token_expires_at(token) > 1_000_000_000, is_live);
    seen(xilnex_auth_token_scope(token));
}
