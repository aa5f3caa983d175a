//! What wakes JavaScript when token requests end.

use napi::Status;
use napi::bindgen_prelude::{Function, Result};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Weak: what waits for a bell says itself whether it keeps the process alive.
type Callback = ThreadsafeFunction<(), (), (), Status, false, true>;

/// Calls one JavaScript function after any number of rings. One for each environment serves all its waits.
#[napi]
#[derive(Clone)]
pub struct Bell(Arc<Parts>);

struct Parts {
    callback: Callback,
    /// A call is on its way and has not looked yet; a further ring would tell it nothing new.
    rung: Arc<AtomicBool>,
}

#[napi]
impl Bell {
    /// A bell that calls `heard` on the thread of its environment.
    #[napi(constructor, catch_unwind)]
    pub fn new(heard: Function<'_, (), ()>) -> Result<Bell> {
        let rung = Arc::new(AtomicBool::new(false));
        let hears = rung.clone();
        let callback = heard.build_threadsafe_function::<()>().weak::<true>().build_callback(move |_| {
            // Before JavaScript looks, so that a request that ends while it looks rings again.
            hears.store(false, Ordering::SeqCst);
            Ok(())
        })?;
        Ok(Bell(Arc::new(Parts { callback, rung })))
    }
}

impl Bell {
    /// Rings, from whatever thread. An environment that has ended hears nothing, which is as it should be.
    pub fn ring(&self) {
        if !self.0.rung.swap(true, Ordering::SeqCst) {
            self.0.callback.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}
