//! What happens to the tokens of this process, on its way to the listeners of one environment.

use crate::answer::{seconds, signed};
use crate::bell::Bell;
use crate::failure::Failure;
use crate::spelling;
use napi_derive::napi;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;
use xilnex_auth::event::{self, Subscription};

/// A loop that is blocked for long hears of no more than the latest events.
const KEPT: usize = 1000;

/// Something that happened.
#[napi(object, object_from_js = false)]
pub struct Event {
    /// What it was.
    pub name: &'static str,
    /// When, in milliseconds since 1970.
    pub at: f64,
    /// The client identifier of the configuration.
    pub client_id: String,
    /// What tells the token from others.
    pub token: Option<String>,
    /// How many seconds the refresh took.
    pub took: Option<f64>,
    /// Seconds for which the token may still be handed out.
    pub expires_in: Option<f64>,
    /// Why there is no new token.
    pub error: Option<Failure>,
    /// Seconds that this machine's clock is ahead of the server's.
    pub clock_skew: Option<f64>,
    /// Whether a person should look.
    pub is_warning: bool,
    /// The line for a log.
    pub message: String,
}

/// The events that JavaScript has not taken yet. The listening ends with this object.
#[napi]
pub struct Events {
    queue: Arc<Queue>,
    subscription: Option<Subscription>,
}

type Queue = Mutex<VecDeque<xilnex_auth::Event>>;

#[napi]
impl Events {
    /// Listens from now on, and rings the bell when there is something to take.
    #[napi(constructor, catch_unwind)]
    pub fn new(bell: &Bell) -> Events {
        let queue: Arc<Queue> = Arc::default();
        let (fills, bell) = (queue.clone(), bell.clone());
        let subscription = event::subscribe(move |event| {
            keep(&mut lock(&fills), event.clone());
            bell.ring();
        });
        Events { queue, subscription: Some(subscription) }
    }

    /// What has happened since this was called last.
    #[napi(catch_unwind)]
    pub fn take(&self) -> Vec<Event> {
        let taken = std::mem::take(&mut *lock(&self.queue));
        taken.iter().map(Event::from).collect()
    }

    /// Listens no more; what has happened can still be taken.
    #[napi(catch_unwind)]
    pub fn end(&mut self) {
        self.subscription = None;
    }
}

fn keep(queue: &mut VecDeque<xilnex_auth::Event>, event: xilnex_auth::Event) {
    if queue.len() == KEPT {
        queue.pop_front();
    }
    queue.push_back(event);
}

fn lock(queue: &Queue) -> MutexGuard<'_, VecDeque<xilnex_auth::Event>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

impl From<&xilnex_auth::Event> for Event {
    fn from(event: &xilnex_auth::Event) -> Event {
        Event {
            name: event.happening.id(),
            at: event.at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1000.0,
            client_id: event.client_id.clone(),
            token: event.token.clone(),
            took: seconds(event.took),
            expires_in: seconds(event.expires_in),
            error: event.error.as_ref().map(Failure::from),
            clock_skew: event.clock_skew.map(signed),
            is_warning: event.is_warning,
            message: line(event),
        }
    }
}

/// The line of an event ends with the message of its error.
fn line(event: &xilnex_auth::Event) -> String {
    let line = event.to_string();
    let Some(error) = &event.error else { return line };
    match line.strip_suffix(error.message()) {
        Some(beginning) => beginning.to_owned() + &spelling::message(error),
        None => line,
    }
}
