//! What an engine holds as long as somebody uses it: the secret in force, and the token at hand, as both clocks judge it.

use crate::clock::{Clock, Reading};
use crate::envelope::Envelope;
use crate::error::{Error, Kind};
use crate::flight::Outcome;
use crate::lease::Lease;
use crate::leftovers::{OF_A_CALL, wiped};
use crate::lifetime::Verdict;
use crate::secret::Secret;
use crate::token::AccessToken;
use crate::window::Window;
use arc_swap::{ArcSwap, Guard};
use std::sync::Arc;
use std::time::Duration;

/// Holds one token or none; read without a lock, and changed in one step, for a fork may happen at any instant.
///
/// When its last user leaves, the secret goes, and the token stays in an envelope for the next one, who brings the same
/// secret along.
pub struct Slot {
    /// The clock that it is judged by.
    pub clock: Arc<dyn Clock>,
    held: ArcSwap<Held>,
    /// Closed whenever anything here changes.
    pub window: &'static Window,
    /// What the window counted for others before.
    hits_before: u64,
}

#[derive(Default)]
struct Held {
    users: usize,
    secret: Option<Secret>,
    token: Option<Arc<AccessToken>>,
    envelope: Option<Arc<Envelope>>,
    /// Of the token, as long as nothing here changes.
    lease: Lease,
}

impl Clone for Held {
    fn clone(&self) -> Held {
        Held {
            users: self.users,
            secret: self.secret.clone(),
            token: self.token.clone(),
            envelope: self.envelope.clone(),
            lease: Lease::default(),
        }
    }
}

/// What is held, for a look that counts nothing and copies nothing.
pub struct Look(Guard<Arc<Held>>);

impl Look {
    /// The token at hand, whatever its age.
    #[inline]
    pub fn token(&self) -> Option<&Arc<AccessToken>> {
        self.0.token.as_ref()
    }

    /// Until when it may be handed out without another look at the exact clocks.
    #[inline]
    pub fn lease(&self) -> &Lease {
        &self.0.lease
    }
}

/// Keeps the secret in the slot, as a client does, until it is dropped.
pub struct Stay(Arc<Slot>);

impl Drop for Stay {
    fn drop(&mut self) {
        self.0.leave();
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.window.give_back();
    }
}

impl Slot {
    /// An empty slot.
    pub fn new(clock: Arc<dyn Clock>) -> Slot {
        let window = Window::of_an_engine();
        Slot { clock, held: ArcSwap::default(), window, hits_before: window.hits.get() }
    }

    /// A client comes with its secret, for which the token is there again. Another secret that is in force stays.
    pub fn enter(&self, secret: &Secret) {
        self.change(|held| {
            held.users += 1;
            held.secret.get_or_insert_with(|| secret.clone());
            if let Some(envelope) = held.envelope.take() {
                held.token = envelope.open(secret).map(Arc::new);
            }
        });
    }

    /// A client or a flight leaves.
    pub fn leave(&self) {
        let close = |held: &mut Held| {
            held.users = held.users.saturating_sub(1);
            if held.users > 0 {
                return;
            }
            // Without both, as after a flight that began when the last client had gone, an envelope stays as it is.
            if let Some((token, secret)) = held.token.take().zip(held.secret.take()) {
                held.envelope = Envelope::close(&token, &secret).map(Arc::new);
            }
        };
        wiped::<OF_A_CALL, _>(|| self.change(close));
    }

    /// A flight begins, which may last longer than the client that began it.
    pub fn stay(self: &Arc<Self>) -> Stay {
        self.change(|held| held.users += 1);
        Stay(self.clone())
    }

    /// The secret in force; none where nobody uses the engine.
    pub fn secret(&self) -> Option<Secret> {
        self.held.load().secret.clone()
    }

    /// Another secret is in force from now on.
    pub fn renew(&self, secret: &Secret) {
        self.change(|held| held.secret = (held.users > 0).then(|| secret.clone()));
    }

    /// A look at the token where it lies.
    #[inline]
    pub fn look(&self) -> Look {
        Look(self.held.load())
    }

    /// How many calls were answered from here.
    pub fn hits(&self) -> u64 {
        self.window.hits.get().saturating_sub(self.hits_before)
    }

    /// The token at hand, whatever its age.
    pub fn token(&self) -> Option<Arc<AccessToken>> {
        self.held.load().token.clone()
    }

    /// How long the token may still be handed out, also one that is in its envelope.
    pub fn left(&self, now: &Reading) -> Option<Duration> {
        let held = self.held.load();
        let token = held.token.as_deref().or_else(|| held.envelope.as_ref().map(|closed| &closed.token));
        token.map(|token| token.left(now))
    }

    /// The token at hand and what to do with it.
    pub fn judge(&self, now: &Reading, min_ttl: Duration) -> Option<(Arc<AccessToken>, Verdict)> {
        let token = self.token()?;
        let verdict = token.lifetime().judge(now.since(token.sent()), min_ttl);
        Some((token, verdict))
    }

    /// The token at hand, if it may still be handed out.
    pub fn valid(&self) -> Option<Arc<AccessToken>> {
        let (token, verdict) = self.judge(&self.clock.now(), Duration::ZERO)?;
        (verdict != Verdict::Expired).then_some(token)
    }

    /// Keeps a token unless the one at hand was asked for later, or is valid while this one expired on its way.
    pub fn put(&self, token: &Arc<AccessToken>) {
        let now = self.clock.now();
        let is_over = |token: &AccessToken| token.left(&now).is_zero();
        self.change(|held| {
            let is_better = held.token.as_ref().is_none_or(|held| {
                held.sent().boot <= token.sent().boot && (is_over(held) || !is_over(token))
            });
            if held.users > 0 && is_better {
                held.token = Some(token.clone());
            }
        });
    }

    /// Drops this token, and no other; false when it was no longer at hand.
    pub fn take(&self, token: &Arc<AccessToken>) -> bool {
        let is_it = |held: &Held| held.token.as_ref().is_some_and(|held| Arc::ptr_eq(held, token));
        let before = self.change(|held| {
            if is_it(held) {
                held.token = None;
            }
        });
        is_it(&before)
    }

    /// What a caller gets of what its flight ended with: a failure never takes a valid token away, and a token that
    /// expired on its way here is none.
    pub fn settle(&self, outcome: Outcome) -> Outcome {
        match outcome {
            Ok(token) if token.left(&self.clock.now()).is_zero() => {
                let told = "the answer took longer than the token in it lives";
                self.valid().ok_or_else(|| Error::new(Kind::Unavailable, told).with_attempts(1))
            }
            Ok(token) => Ok(token),
            // A closed client gives nothing, whatever the others have.
            Err(error) if error.kind() == Kind::Closed => Err(error),
            Err(error) => self.valid().ok_or(error),
        }
    }

    /// Changes everything at once and gives what was there before, which is overwritten after the window was closed.
    fn change(&self, work: impl Fn(&mut Held)) -> Arc<Held> {
        let before = self.held.rcu(|held| {
            let mut changed = Held::clone(held);
            work(&mut changed);
            changed
        });
        self.window.close();
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::lifetime::Lifetime;
    use zeroize::Zeroizing;

    fn slot_with_token() -> (Arc<Slot>, Secret) {
        let (slot, secret) = (Arc::new(Slot::new(Arc::new(SystemClock))), Secret::new("right"));
        slot.enter(&secret);
        let lifetime = Lifetime::new(Duration::from_secs(60), 0.0);
        let text = Zeroizing::new("canary".to_owned());
        slot.put(&Arc::new(AccessToken::new(text, None, SystemClock.now(), lifetime)));
        (slot, secret)
    }

    #[test]
    fn the_last_user_takes_the_secret_along_and_the_next_one_finds_the_token() {
        let (slot, secret) = slot_with_token();
        let flight = slot.stay();
        slot.leave();
        assert!(slot.secret().is_some() && slot.token().is_some());
        drop(flight);
        assert!(slot.secret().is_none() && slot.token().is_none() && slot.valid().is_none());
        assert!(slot.left(&SystemClock.now()).is_some_and(|left| !left.is_zero()));
        slot.enter(&secret);
        assert_eq!(slot.valid().unwrap().value(), "canary");
        assert_eq!(slot.secret(), Some(secret));
    }

    #[test]
    fn a_flight_that_begins_when_the_last_client_has_gone_takes_no_token_along() {
        let (slot, secret) = slot_with_token();
        slot.leave();
        drop(slot.stay());
        slot.enter(&secret);
        assert_eq!(slot.valid().unwrap().value(), "canary");
    }

    #[test]
    fn users_that_come_and_go_together_never_lose_the_token() {
        let (slot, secret) = slot_with_token();
        slot.leave();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        slot.enter(&secret);
                        assert_eq!(slot.valid().unwrap().value(), "canary");
                        assert!(slot.secret().is_some());
                        slot.leave();
                    }
                });
            }
        });
        assert!(slot.secret().is_none() && slot.left(&SystemClock.now()).is_some());
    }
}
