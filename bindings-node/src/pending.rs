//! A place in a token request, for those who cannot block.

use crate::answer::{Answer, Last};
use crate::bell::Bell;
use napi_derive::napi;
use std::time::Duration;

/// A token request under way.
#[napi]
pub struct Pending {
    pending: xilnex_auth::Pending,
    last: Last,
}

#[napi]
impl Pending {
    pub(crate) fn new(pending: xilnex_auth::Pending, last: Last) -> Pending {
        Pending { pending, last }
    }

    /// What the call gets; null when there is nothing to give yet, after this many seconds at the latest.
    #[napi(catch_unwind)]
    pub fn wait(&self, seconds: f64) -> Option<Answer> {
        let at_most = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        self.pending.wait_for(at_most).map(|outcome| self.last.give(outcome))
    }

    /// Seconds until there is something to decide, if the request does not end before.
    #[napi(catch_unwind)]
    pub fn left(&self) -> f64 {
        self.pending.left().as_secs_f64()
    }

    /// Rings the bell when the request ends; at once if it has.
    #[napi(catch_unwind)]
    pub fn ring(&self, bell: &Bell) {
        let bell = bell.clone();
        self.pending.on_ready(move |_| bell.ring());
    }
}
