//! What the engine tells, on its way to `logging`: its threads leave it here, threads of Python take it along.

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::SystemTime;
use xilnex_auth::event::{Event, Subscription, subscribe};

/// When more than these wait, the oldest are dropped.
const MOST: usize = 256;

/// An event with its place in the order, and the process in which it happened: a forked child tells its own only.
struct Left {
    process: u32,
    number: usize,
    event: Event,
}

/// Nobody ever waits for one of these locks, since a fork may leave it taken for ever; the next place will do as well.
static PLACES: [Mutex<Option<Box<Left>>>; MOST] = [const { Mutex::new(None) }; MOST];
static NEXT: AtomicUsize = AtomicUsize::new(0);
static IS_ANY: AtomicBool = AtomicBool::new(false);

/// Has events left here from now on. With the GIL held, so that no fork of Python's comes in between.
pub fn listen(_py: Python<'_>) {
    static LISTENING: OnceLock<Subscription> = OnceLock::new();
    LISTENING.get_or_init(|| subscribe(leave));
}

/// Hands what has happened to `logging`. Raises nothing but what ends a program, such as Ctrl-C in a handler.
#[inline]
pub fn report(py: Python<'_>) -> PyResult<()> {
    if IS_ANY.load(Ordering::Relaxed) { tell_all(py) } else { Ok(()) }
}

fn leave(event: &Event) {
    for _ in 0..MOST {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        if let Ok(mut place) = PLACES[number % MOST].try_lock() {
            *place = Some(Box::new(Left { process: std::process::id(), number, event: event.clone() }));
            break;
        }
    }
    IS_ANY.store(true, Ordering::Release);
}

fn take() -> Vec<Left> {
    IS_ANY.swap(false, Ordering::AcqRel);
    let all = PLACES.iter().filter_map(|place| place.try_lock().ok()?.take());
    let mut own: Vec<Left> =
        all.map(|left| *left).filter(|left| left.process == std::process::id()).collect();
    own.sort_unstable_by_key(|left| left.number);
    own
}

#[cold]
fn tell_all(py: Python<'_>) -> PyResult<()> {
    // A handler that asks for a token comes by here again.
    thread_local!(static IS_TELLING: Cell<bool> = const { Cell::new(false) });
    if IS_TELLING.replace(true) {
        return Ok(());
    }
    let happened = take();
    let told = match listener(py) {
        Some(listener) => happened.iter().try_for_each(|left| tell(&listener, &left.event)),
        None => Ok(()),
    };
    IS_TELLING.set(false);
    told
}

/// What makes records; `None` in a program that has not imported `logging`, and in one that is coming to its end.
fn listener(py: Python<'_>) -> Option<Bound<'_, PyAny>> {
    let logging = py.import("sys").ok()?.getattr("modules").ok()?.get_item("logging").ok()?;
    let module = (!logging.is_none()).then(|| py.import("xilnex_auth._logging"))?;
    module.ok()?.getattr("tell").ok()
}

fn tell(listener: &Bound<'_, PyAny>, event: &Event) -> PyResult<()> {
    let at = event.at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let error = event.error.as_ref().map(|error| error.kind().id());
    let members = (event.happening.id(), &event.client_id, &event.token, error, event.clock_skew);
    match listener.call1((event.to_string(), event.is_warning, at, members)) {
        // A filter that fails is shown as what cannot be raised; the call for a token goes on.
        Err(error) if error.is_instance_of::<PyException>(listener.py()) => {
            error.write_unraisable(listener.py(), None);
            Ok(())
        }
        told => told.map(drop),
    }
}
