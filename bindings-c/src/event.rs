//! What happens to the tokens of this process, told to callbacks of the caller.

use crate::guard;
use crate::handles::{Lent, Object, Type, free, make, read, table};
use crate::pointers::{self, optional, put, writable};
use crate::stats::{seconds, signed};
use crate::status::{text, xilnex_auth_error, xilnex_auth_status};
use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr::null;
use std::time::UNIX_EPOCH;
use xilnex_auth::Event;
use xilnex_auth::event::{Subscription, subscribe};
use xilnex_auth_handles::Table;

/// Something that happened to the tokens of this process. Holds no secret and no token. It lives as long as the
/// callback runs that it is given to, and is a dead handle afterwards: copy what is needed later.
pub struct xilnex_auth_event {
    event: Event,
    name: CString,
    client_id: CString,
    token: Option<CString>,
    message: CString,
    error: Option<Lent<xilnex_auth_error>>,
}

impl Object for xilnex_auth_event {
    type Beside = ();

    fn table() -> &'static Table<Self> {
        static EVENTS: Table<xilnex_auth_event> = table(Type::Event);
        &EVENTS
    }
}

impl From<&Event> for xilnex_auth_event {
    fn from(event: &Event) -> xilnex_auth_event {
        xilnex_auth_event {
            name: text(event.happening.id()),
            client_id: text(&event.client_id),
            token: event.token.as_deref().map(text),
            message: text(&event.to_string()),
            error: event.error.clone().and_then(|error| Lent::new(error.into()).ok()),
            event: event.clone(),
        }
    }
}

/// What is called for every event, with the `data` that was given to xilnex_auth_events_subscribe: on any thread,
/// also one of this library, but never on two at once. It should return soon, since a token request waits for it. It
/// must neither throw nor longjmp. While it runs it is told nothing else, and it gets a token only if one is at hand,
/// else XILNEX_AUTH_INVALID_CONFIG.
pub type xilnex_auth_event_callback =
    Option<unsafe extern "C" fn(event: *const xilnex_auth_event, data: *mut c_void)>;

/// Has a callback called for events. Ended and freed with xilnex_auth_events_unsubscribe.
pub struct xilnex_auth_subscription {
    _subscription: Subscription,
}

impl Object for xilnex_auth_subscription {
    type Beside = ();

    fn table() -> &'static Table<Self> {
        static SUBSCRIPTIONS: Table<xilnex_auth_subscription> = table(Type::Subscription);
        &SUBSCRIPTIONS
    }
}

/// The caller's own data on its way to the callback.
struct Data(*mut c_void);

// SAFETY: the header says that the callback runs on any thread, so the caller gives data that may go there.
unsafe impl Send for Data {}
// SAFETY: the callback never runs on two threads at once.
unsafe impl Sync for Data {}

impl Data {
    fn get(&self) -> *mut c_void {
        self.0
    }
}

/// Has `callback` called with `data`, which may be NULL, for every event of this process, whichever client it is
/// about. `data` stays the caller's and has to live until the subscription has ended. So has the code of the callback:
/// a plugin that is unloaded unsubscribes first. The caller ends `*subscription` with xilnex_auth_events_unsubscribe.
/// A child made by fork hears its own events. Errors: XILNEX_AUTH_INVALID_CONFIG for NULL, and where there is
/// no room. Thread-safe.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn xilnex_auth_events_subscribe(
    callback: xilnex_auth_event_callback,
    data: *mut c_void,
    subscription: *mut *mut xilnex_auth_subscription,
    error: *mut *mut xilnex_auth_error,
) -> xilnex_auth_status {
    // SAFETY: the caller gives NULL or a callback that keeps the rules of its type, and places to write to.
    unsafe {
        guard::status(error, || {
            let callback = callback.ok_or_else(|| pointers::null("callback"))?;
            writable(subscription, "subscription")?;
            let data = Data(data);
            let listener = move |event: &Event| {
                // Where there is no room for it, nobody can be told.
                if let Ok(event) = Lent::new(xilnex_auth_event::from(event)) {
                    callback(event.handle(), data.get());
                }
            };
            put(subscription, make(xilnex_auth_subscription { _subscription: subscribe(listener) })?);
            Ok(())
        })
    }
}

/// Ends a subscription and frees it; a dead handle is fine. When it returns the callback is not running and will not run
/// again, so it waits for one that runs: hold no lock that the callback takes. Only the first call for a subscription
/// waits. Inside a callback it cannot wait: there, end only the subscription that is being told, and let its data live
/// until the callback returns. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_events_unsubscribe(subscription: *mut xilnex_auth_subscription) {
    guard::value((), || free(subscription));
}

/// What happened: "refresh_started", "refresh_succeeded", "refresh_failed", "served_during_outage", "invalidated" or
/// "clock_skew"; new ones may come. Lives as long as the event; empty for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_event_name(event: *const xilnex_auth_event) -> *const c_char {
    guard::value(c"".as_ptr(), || read(event, |e| e.name.as_ptr()))
}

/// The client identifier of the configuration that it is about. Lives as long as the event; empty for a dead
/// handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_event_client_id(event: *const xilnex_auth_event) -> *const c_char {
    guard::value(c"".as_ptr(), || read(event, |e| e.client_id.as_ptr()))
}

/// The first 8 hexadecimal digits of the SHA-256 of the token that it is about. Lives as long as the event; NULL where
/// it is about none, and for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_event_token(event: *const xilnex_auth_event) -> *const c_char {
    guard::value(null(), || read(event, |e| optional(e.token.as_ref())))
}

/// A line for the host's log, without its time: this library has no other log. Lives as long as the event; empty for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_event_message(event: *const xilnex_auth_event) -> *const c_char {
    guard::value(c"".as_ptr(), || read(event, |e| e.message.as_ptr()))
}

/// Seconds that the refresh took, its pauses included; negative where none has ended, and for a dead handle.
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_event_took(event: *const xilnex_auth_event) -> f64 {
    guard::value(-1.0, || read(event, |e| seconds(e.event.took)))
}

/// Seconds for which the token may still be handed out; negative where it is about none, and for a dead
/// handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_event_expires_in(event: *const xilnex_auth_event) -> f64 {
    guard::value(-1.0, || read(event, |e| seconds(e.event.expires_in)))
}

/// Seconds that this machine's clock is ahead of the server's, negative when it is behind; a NaN where it is not about
/// that, and for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_event_clock_skew(event: *const xilnex_auth_event) -> f64 {
    guard::value(f64::NAN, || read(event, |e| signed(e.event.clock_skew)))
}

/// 1 if a person should look: the refresh of a token that is still valid failed, so that there is time left, or a clock
/// is wrong; else 0, also for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_event_is_warning(event: *const xilnex_auth_event) -> c_int {
    guard::value(0, || read(event, |e| e.event.is_warning.into()))
}

/// When it happened, in seconds since 1970-01-01 UTC; 0 for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_event_at(event: *const xilnex_auth_event) -> f64 {
    let at = |e: &xilnex_auth_event| e.event.at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    guard::value(0.0, || read(event, at))
}

/// Why there is no new token. Lives as long as the event and is not freed, but may be copied with
/// xilnex_auth_error_copy; NULL where there is no error, and for a dead handle. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn xilnex_auth_event_error(event: *const xilnex_auth_event) -> *const xilnex_auth_error {
    guard::value(null(), || read(event, |e| e.error.as_ref().map_or(null(), Lent::handle)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::XILNEX_AUTH_OK;
    use std::ffi::CStr;
    use std::ptr::null_mut;
    use std::sync::Mutex;
    use xilnex_auth::{Client, Config, Kind};

    /// What a callback saw: name, identifier, message, how the error was, and the numbers.
    type Seen = (String, String, String, String, [f64; 2]);

    unsafe extern "C" fn note(event: *const xilnex_auth_event, data: *mut c_void) {
        // SAFETY: the test gives a list that outlives the subscription; the texts live as long as the event.
        unsafe {
            let told = |text| CStr::from_ptr(text).to_string_lossy().into_owned();
            let seen = &*data.cast::<Mutex<Vec<Seen>>>();
            seen.lock().unwrap().push((
                told(xilnex_auth_event_name(event)),
                told(xilnex_auth_event_client_id(event)),
                told(xilnex_auth_event_message(event)),
                told(crate::error::xilnex_auth_error_id(xilnex_auth_event_error(event))),
                [xilnex_auth_event_took(event), xilnex_auth_event_at(event)],
            ));
        }
    }

    fn ask_nobody(client_id: &str) -> Kind {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut config = Config::new();
        config.set("client_id", client_id).unwrap().set("client_secret", "canary").unwrap();
        config.set("base_url", &format!("http://127.0.0.1:{port}")).unwrap();
        Client::new(config).unwrap().get_token().unwrap_err().kind()
    }

    #[test]
    fn a_callback_hears_until_it_is_unsubscribed() {
        let seen: Mutex<Vec<Seen>> = Mutex::default();
        let mut subscription = null_mut();
        // SAFETY: the list outlives the subscription, which is ended once.
        unsafe {
            let data = (&raw const seen).cast_mut().cast();
            let status = xilnex_auth_events_subscribe(Some(note), data, &raw mut subscription, null_mut());
            assert_eq!(status, XILNEX_AUTH_OK);
            assert_eq!(ask_nobody("heard"), Kind::Connect);
            xilnex_auth_events_unsubscribe(subscription);
        }
        assert_eq!(ask_nobody("unheard"), Kind::Connect);
        let seen = seen.into_inner().unwrap();
        let told: Vec<_> =
            seen.iter().map(|(name, _, _, error, _)| (name.as_str(), error.as_str())).collect();
        assert_eq!(told, [("refresh_started", "ok"), ("refresh_failed", "connect")]);
        assert!(seen.iter().all(|(_, id, message, ..)| id == "heard" && message.starts_with("heard: ")));
        let [started, failed] = [0, 1].map(|index| seen[index].4);
        assert!(started[0] < 0.0 && failed[0] >= 0.0 && failed[1] >= started[1] && started[1] > 1e9);
    }
}
