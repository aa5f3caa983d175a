//! Calls that are answered from memory: the way of nearly all of them.

use super::{Cache, Outage};
use crate::call::Call;
use crate::clock::{Reading, nanos};
use crate::event::Happening;
use crate::lease::{self, Lease};
use crate::lifetime::Verdict;
use crate::token::AccessToken;
use crate::window::Window;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A token that a caller keeps beside the engine, to hand it out without touching what threads share.
pub struct Lent {
    token: Arc<AccessToken>,
    lease: Lease,
    /// Of the engine's window, when it was lent.
    stamp: u64,
}

impl Lent {
    /// Whether it is this token.
    pub fn is(&self, token: &Arc<AccessToken>) -> bool {
        Arc::ptr_eq(&self.token, token)
    }
}

impl Cache {
    /// Gives the token at hand, if it serves this call; a refresh that is due is started. Never waits for the network.
    #[inline]
    pub fn ready<T>(self: &Arc<Self>, call: &Call, give: impl FnOnce(&Arc<AccessToken>) -> T) -> Option<T> {
        let held = self.slot.look();
        let token = held.token()?;
        let is_leased = call.min_ttl.is_zero() && held.lease().stands(&*self.clock);
        if !is_leased && !self.serves(held.lease(), token, call.min_ttl) {
            return None;
        }
        self.served_leased(token, held.lease());
        Some(give(token))
    }

    /// Whether the token at hand serves such a call by the exact clocks.
    #[inline(never)]
    fn serves(self: &Arc<Self>, lease: &Lease, token: &AccessToken, min_ttl: Duration) -> bool {
        // Before the exact clocks are read.
        let glance = self.clock.glance();
        let now = self.clock.now();
        let stands = self.stands(token, &now);
        if let Some((glance, length)) = glance.zip(stands) {
            lease.grant(glance, length);
        }
        match token.lifetime().judge(now.since(token.sent()), min_ttl) {
            Verdict::Fresh => true,
            Verdict::RefreshAhead => {
                if stands.is_none() {
                    self.refresh_ahead(&now);
                }
                true
            }
            Verdict::Waning => self.needs_no_wait(now.boot),
            Verdict::MustRefresh | Verdict::Expired => false,
        }
    }

    /// How long a token goes on being handed out without anything else to do; `None` if there is something.
    fn stands(&self, token: &AccessToken, now: &Reading) -> Option<Duration> {
        let age = now.since(token.sent());
        let unchanged = token.lifetime().unchanged(age);
        match token.lifetime().judge(age, Duration::ZERO) {
            Verdict::Fresh => Some(unchanged),
            Verdict::RefreshAhead => {
                let quiet = self.quiet.load(Ordering::Relaxed).saturating_sub(nanos(now.boot));
                (quiet > 0).then(|| unchanged.min(Duration::from_nanos(quiet)))
            }
            Verdict::Waning | Verdict::MustRefresh | Verdict::Expired => None,
        }
    }

    /// For how long this token may be handed out again without asking here; zero if it is not at hand any more.
    pub fn lease(&self, token: &Arc<AccessToken>) -> Duration {
        let held = self.slot.look();
        let is_at_hand = held.token().is_some_and(|held| Arc::ptr_eq(held, token));
        let stands = is_at_hand.then(|| self.stands(token, &self.clock.now())).flatten();
        stands.unwrap_or_default().min(lease::LONGEST)
    }

    /// This token for a caller that keeps it; `None` if it is not at hand any more.
    pub fn lend(&self, token: &Arc<AccessToken>) -> Option<Lent> {
        // Before the look: a change between the two ends what is lent.
        let stamp = self.slot.window.stamp();
        let held = self.slot.look();
        let is_at_hand = held.token().is_some_and(|held| Arc::ptr_eq(held, token));
        is_at_hand.then(|| Lent { token: token.clone(), lease: held.lease().clone(), stamp })
    }

    /// Whether what was lent may be handed out now; the call is counted then.
    #[inline]
    pub fn lends(&self, lent: &Lent) -> bool {
        let stands = self.slot.window.stamp() == lent.stamp && lent.lease.stands(&*self.clock);
        if stands {
            self.served_leased(&lent.token, &lent.lease);
        }
        stands
    }

    /// Shows the token at hand in the window, as long as nothing else is to be done about it.
    pub fn show(&self) {
        let window = self.slot.window;
        // Before the look: a change between the two keeps it closed.
        let stamp = window.stamp();
        let held = self.slot.look();
        if held.lease().stands(&*self.clock) && self.outage.load(Ordering::SeqCst) == Outage::None as u8 {
            held.token().inspect(|token| window.show(stamp, token.page(), held.lease()));
        }
    }

    /// Where [`Cache::show`] shows it.
    pub fn window(&self) -> &'static Window {
        self.slot.window
    }

    /// Counts calls that were answered by a lease.
    pub fn served_by_lease(&self, token: &Arc<AccessToken>, count: u64) {
        self.slot.window.hits.add(count);
        self.tell_if_outage(token, count);
    }

    #[inline]
    fn served_leased(&self, token: &Arc<AccessToken>, lease: &Lease) {
        if lease::is_due(self.slot.window.hits.add(1)) {
            lease.look_again(&*self.clock);
        }
        self.tell_if_outage(token, 1);
    }

    /// Counts a call that was answered from memory.
    #[inline]
    pub(super) fn served(&self, token: &Arc<AccessToken>) {
        self.slot.window.hits.add(1);
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
