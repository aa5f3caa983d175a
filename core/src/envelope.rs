//! A token that nobody can read without the secret that it was got with: what an engine keeps while nobody uses it.

use crate::secret::Secret;
use crate::token::AccessToken;
use ring::aead::{Aad, Nonce};
use ring::rand::{SecureRandom, SystemRandom};
use std::str::from_utf8;
use zeroize::Zeroizing;

/// Each envelope has a key of its own, so one nonce serves them all.
const NONCE: [u8; 12] = [0; 12];

/// A token under a key that is made of a secret and of chance (ChaCha20-Poly1305, HMAC-SHA256).
pub struct Envelope {
    /// Everything but the text.
    pub token: AccessToken,
    salt: [u8; 32],
    text: Vec<u8>,
}

impl Envelope {
    /// Closes it; `None` where the system has no random numbers.
    pub fn close(token: &AccessToken, secret: &Secret) -> Option<Envelope> {
        let mut salt = [0; 32];
        SystemRandom::new().fill(&mut salt).ok()?;
        // Room for the tag too: a text that is moved leaves a copy behind.
        let mut text = Zeroizing::new(Vec::with_capacity(token.value().len() + 16));
        text.extend_from_slice(token.value().as_bytes());
        let nonce = Nonce::assume_unique_for_key(NONCE);
        secret.cipher(&salt).ok()?.seal_in_place_append_tag(nonce, Aad::empty(), &mut *text).ok()?;
        Some(Envelope { token: token.with_value(""), salt, text: std::mem::take(&mut *text) })
    }

    /// Opens it; `None` for another secret.
    pub fn open(&self, secret: &Secret) -> Option<AccessToken> {
        let mut text = Zeroizing::new(self.text.clone());
        let nonce = Nonce::assume_unique_for_key(NONCE);
        let value = secret.cipher(&self.salt).ok()?.open_in_place(nonce, Aad::empty(), &mut text).ok()?;
        Some(self.token.with_value(from_utf8(value).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, SystemClock};
    use crate::lifetime::Lifetime;
    use std::time::Duration;

    #[test]
    fn only_the_secret_that_closed_it_opens_it() {
        let lifetime = Lifetime::new(Duration::from_secs(60), 0.0);
        let text = Zeroizing::new("canary.canary".to_owned());
        let token = AccessToken::new(text, Some("coreapi".into()), SystemClock.now(), lifetime);
        let closed = Envelope::close(&token, &Secret::new("right")).unwrap();
        assert!(closed.text.windows(6).all(|piece| piece != b"canary") && closed.token.value().is_empty());
        assert!(closed.open(&Secret::new("wrong")).is_none());
        let opened = closed.open(&Secret::new("right")).unwrap();
        assert_eq!((opened.value(), opened.scope()), ("canary.canary", Some("coreapi")));
        assert_eq!(opened.expires_at(), token.expires_at());
        assert_ne!(Envelope::close(&token, &Secret::new("right")).unwrap().text, closed.text);
    }
}
