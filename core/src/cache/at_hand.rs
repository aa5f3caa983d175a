//! Calls that are answered from memory: the way of nearly all of them.

use super::{Cache, Outage};
use crate::call::Call;
use crate::clock::{Glance, Reading, nanos};
use crate::event::Happening;
use crate::lease;
use crate::lifetime::Verdict;
use crate::slot::Look;
use crate::token::AccessToken;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

impl Cache {
    /// Gives the token at hand, if it serves this call; a refresh that is due is started. Never waits for the network.
    #[inline]
    pub fn ready<T>(self: &Arc<Self>, call: &Call, give: impl FnOnce(&Arc<AccessToken>) -> T) -> Option<T> {
        let glance = self.clock.glance();
        let held = self.slot.look();
        let token = held.token()?;
        let is_leased = call.min_ttl.is_zero() && glance.is_some_and(|glance| held.is_leased(glance));
        if !is_leased && !self.serves(&held, token, call.min_ttl, glance) {
            return None;
        }
        self.served(token);
        Some(give(token))
    }

    /// Whether the token at hand serves such a call by the exact clocks.
    #[inline(never)]
    fn serves(
        self: &Arc<Self>,
        held: &Look,
        token: &AccessToken,
        min_ttl: Duration,
        glance: Option<Glance>,
    ) -> bool {
        let now = self.clock.now();
        if let Some((glance, length)) = glance.zip(self.stands(token, &now)) {
            held.grant(glance, length);
        }
        match token.lifetime().judge(now.since(token.sent()), min_ttl) {
            Verdict::Fresh => {}
            Verdict::RefreshAhead if nanos(now.boot) < self.quiet.load(Ordering::Relaxed) => {}
            Verdict::RefreshAhead => self.refresh_ahead(&now),
            Verdict::Waning => return self.needs_no_wait(now.boot),
            Verdict::MustRefresh | Verdict::Expired => return false,
        }
        true
    }

    /// How long a token goes on being handed out without anything else to do; `None` if there is something.
    fn stands(&self, token: &AccessToken, now: &Reading) -> Option<Duration> {
        let (age, quiet) = (now.since(token.sent()), self.quiet.load(Ordering::Relaxed));
        let unchanged = token.lifetime().unchanged(age);
        match token.lifetime().judge(age, Duration::ZERO) {
            Verdict::Fresh => Some(unchanged),
            Verdict::RefreshAhead => {
                let left = quiet.checked_sub(nanos(now.boot)).map(Duration::from_nanos);
                left.map(|left| left.min(unchanged))
            }
            _ => None,
        }
    }

    /// For how long this token may be handed out again without asking here; zero if it is not at hand any more.
    pub fn lease(&self, token: &Arc<AccessToken>) -> Duration {
        let held = self.slot.look();
        let is_at_hand = held.token().is_some_and(|held| Arc::ptr_eq(held, token));
        let stands = is_at_hand.then(|| self.stands(token, &self.clock.now())).flatten();
        stands.unwrap_or_default().min(lease::LONGEST)
    }

    /// Counts calls that were answered by a lease.
    pub fn served_by_lease(&self, token: &Arc<AccessToken>, count: u64) {
        self.counters.hits(count);
        self.tell_if_outage(token, count);
    }

    /// Counts a call that was answered from memory.
    #[inline]
    pub(super) fn served(&self, token: &Arc<AccessToken>) {
        self.counters.hits(1);
        self.tell_if_outage(token, 1);
    }

    #[inline]
    fn tell_if_outage(&self, token: &Arc<AccessToken>, count: u64) {
        if self.outage.load(Ordering::Relaxed) != Outage::None as u8 {
            self.served_while_failing(token, count);
        }
    }

    #[cold]
    fn served_while_failing(&self, token: &Arc<AccessToken>, count: u64) {
        self.counters.served_while_failing.add_many(count);
        let (untold, told) = (Outage::Untold as u8, Outage::Told as u8);
        if self.outage.compare_exchange(untold, told, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return;
        }
        match self.state.with(|state| state.pace.last_error().cloned()) {
            None => self.outage.store(Outage::None as u8, Ordering::Relaxed), // a forked child: its parent's outage
            Some(error) => {
                self.tell(Happening::ServedDuringOutage, Some(token), |event| event.error = Some(error));
            }
        }
    }
}
