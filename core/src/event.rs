//! What happens to the tokens of this process, told to whoever listens.

use crate::error::Error;
use crate::local::Local;
use crate::skew;
use arc_swap::ArcSwapOption;
use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

/// What happened. Ids are for ever, the same in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Happening {
    /// A flight took off: a token is being fetched.
    RefreshStarted,
    /// It brought a token.
    RefreshSucceeded,
    /// It brought an error.
    RefreshFailed,
    /// A token is handed out although the last refresh failed; told once for each failure.
    ServedDuringOutage,
    /// A token was dropped because a resource server refused it.
    Invalidated,
    /// This machine's clock and the server's are more than a minute apart, or no longer; told once for each change.
    ClockSkew,
}

impl Happening {
    /// The id: `refresh_started` …
    pub fn id(self) -> &'static str {
        match self {
            Happening::RefreshStarted => "refresh_started",
            Happening::RefreshSucceeded => "refresh_succeeded",
            Happening::RefreshFailed => "refresh_failed",
            Happening::ServedDuringOutage => "served_during_outage",
            Happening::Invalidated => "invalidated",
            Happening::ClockSkew => "clock_skew",
        }
    }
}

/// Something that happened. `Display` makes a line for a log of it. Holds no secret and no token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event {
    /// What it was.
    pub happening: Happening,
    /// When, by the wall clock.
    pub at: SystemTime,
    /// The client identifier of the configuration.
    pub client_id: String,
    /// The first 8 hexadecimal digits of the token's SHA-256, where it is about one.
    pub token: Option<String>,
    /// How long the refresh took, its pauses included, once it has ended.
    pub took: Option<Duration>,
    /// How long the token may still be handed out, where it is about one.
    pub expires_in: Option<Duration>,
    /// Why there is no new token, where that is so.
    pub error: Option<Error>,
    /// How many seconds this machine's clock is ahead of the server's, negative when it is behind, where it is about that.
    pub clock_skew: Option<i64>,
    /// Whether a person should look: the refresh of a token that is still valid failed, so that there is time left; or a
    /// clock is wrong.
    pub is_warning: bool,
}

impl Event {
    /// An event that is about no token yet.
    pub(crate) fn new(happening: Happening, at: SystemTime, client_id: &str) -> Event {
        let client_id = client_id.to_owned();
        Event {
            happening,
            at,
            client_id,
            token: None,
            took: None,
            expires_in: None,
            error: None,
            clock_skew: None,
            is_warning: false,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |length: Option<Duration>| length.unwrap_or_default().as_secs_f64();
        let token = self.token.as_deref().unwrap_or("none");
        let (took, left) = (seconds(self.took), seconds(self.expires_in));
        write!(f, "{}: ", self.client_id)?;
        match self.happening {
            Happening::RefreshStarted => f.write_str("fetching a token"),
            Happening::RefreshSucceeded => write!(f, "token {token} after {took:.3} s, good for {left:.0} s"),
            Happening::RefreshFailed if self.is_warning => {
                write!(f, "token {token}, good for {left:.0} s, could not be renewed after {took:.3} s: ")
            }
            Happening::RefreshFailed => write!(f, "no token after {took:.3} s: "),
            Happening::ServedDuringOutage => {
                write!(f, "token {token} is handed out without a refresh, good for {left:.0} s: ")
            }
            Happening::Invalidated => write!(f, "token {token} was refused and is dropped"),
            Happening::ClockSkew => f.write_str(&skew::sentence(self.clock_skew.unwrap_or_default())),
        }?;
        self.error.as_ref().map_or(Ok(()), |error| f.write_str(error.message()))
    }
}

/// The first 8 hexadecimal digits of the SHA-256 of a token: tells two apart, and nothing else.
pub(crate) fn fingerprint(token: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, token.as_bytes());
    digest.as_ref()[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Ends the listening when it is dropped. When that returns, the listener is not running and will not run again, but
/// where a listener drops it: nothing is waited for there, or two that end each other would wait for ever.
#[must_use = "dropping it ends the listening"]
pub struct Subscription(Arc<Subscriber>);

struct Subscriber {
    listener: Box<dyn Fn(&Event) + Send + Sync>,
    is_gone: AtomicBool,
    /// Held while the listener runs.
    running: Local<()>,
}

static SUBSCRIBERS: ArcSwapOption<Vec<Arc<Subscriber>>> = ArcSwapOption::const_empty();

thread_local!(static INSIDE: Cell<bool> = const { Cell::new(false) });

/// Has `listener` called for every event of this process, one at a time, on the thread where it happens. It should
/// return soon: the callers of a request wait for it. While it runs it is told nothing else, and may ask for a token
/// only if one is at hand.
pub fn subscribe(listener: impl Fn(&Event) + Send + Sync + 'static) -> Subscription {
    let subscriber = Arc::new(Subscriber {
        listener: Box::new(listener),
        is_gone: AtomicBool::new(false),
        running: Local::default(),
    });
    change(|all| all.push(subscriber.clone()));
    Subscription(subscriber)
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.0.is_gone.store(true, Ordering::SeqCst);
        change(|all| all.retain(|one| !Arc::ptr_eq(one, &self.0)));
        if !is_inside() {
            self.0.running.with(|()| ());
        }
    }
}

fn change(edit: impl Fn(&mut Vec<Arc<Subscriber>>)) {
    SUBSCRIBERS.rcu(|all| {
        let mut all = all.as_deref().cloned().unwrap_or_default();
        edit(&mut all);
        (!all.is_empty()).then(|| Arc::new(all))
    });
}

/// Whether anybody listens.
pub(crate) fn is_wanted() -> bool {
    SUBSCRIBERS.load().is_some()
}

/// Whether this thread is inside a listener.
pub(crate) fn is_inside() -> bool {
    INSIDE.with(Cell::get)
}

/// Tells everybody who listens. One that panics takes nothing from the others.
pub(crate) fn tell(event: &Event) {
    let Some(all) = SUBSCRIBERS.load_full().filter(|_| !is_inside()) else {
        return;
    };
    INSIDE.with(|inside| inside.set(true));
    for subscriber in all.iter() {
        subscriber.running.with(|()| {
            if !subscriber.is_gone.load(Ordering::SeqCst) {
                let _ = catch_unwind(AssertUnwindSafe(|| (subscriber.listener)(event)));
            }
        });
    }
    INSIDE.with(|inside| inside.set(false));
}

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::Mutex;

    fn event(client_id: &str) -> Event {
        Event::new(Happening::RefreshStarted, SystemTime::UNIX_EPOCH, client_id)
    }

    #[test]
    fn a_listener_hears_until_its_subscription_ends_and_a_panicking_one_harms_nobody() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let first = subscribe(|event| assert_ne!(event.client_id, "panic"));
        let hears = heard.clone();
        let second = subscribe(move |event| {
            hears.lock().push(event.client_id.clone());
            tell(&self::event("from inside"));
        });
        tell(&event("panic"));
        drop(first);
        tell(&event("two"));
        drop(second);
        tell(&event("three"));
        assert_eq!(*heard.lock(), ["panic", "two"]);
    }

    #[test]
    fn a_fingerprint_tells_nothing() {
        assert_eq!(fingerprint("abc"), "ba7816bf");
    }
}
