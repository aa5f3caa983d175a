//! Text that must never be shown: redacted when printed, wiped when dropped.

use crate::leftovers::{OF_A_CALL, wiped};
use crate::sealed::Sealed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{CHACHA20_POLY1305, LessSafeKey, UnboundKey};
use ring::{digest, hmac};
use std::fmt;
use zeroize::Zeroizing;

/// A client secret.
///
/// `Debug` and `Display` are redacted; the memory is left out of core files and overwritten with the last clone. Equality
/// takes the same time wherever the two differ.
#[derive(Clone)]
pub struct Secret(Sealed);

impl Secret {
    /// Takes the text over and overwrites what it came in.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(Sealed::new(&Zeroizing::new(text.into())))
    }

    /// The text itself. Only the request may ask for it; a test holds that.
    pub(crate) fn expose(&self) -> &str {
        self.0.text()
    }

    /// Tells it apart from other secrets.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        wiped::<OF_A_CALL, _>(|| {
            let mut out = [0; 32];
            out.copy_from_slice(digest::digest(&digest::SHA256, self.0.text().as_bytes()).as_ref());
            Fingerprint(out)
        })
    }

    /// A key that only who knows the secret can make again.
    ///
    /// # Errors
    /// None that can happen: the length of the key is right.
    pub(crate) fn cipher(&self, salt: &[u8]) -> Result<LessSafeKey, ring::error::Unspecified> {
        let maker = hmac::Key::new(hmac::HMAC_SHA256, self.0.text().as_bytes());
        let mut key = Zeroizing::new([0; 32]);
        key.copy_from_slice(hmac::sign(&maker, salt).as_ref());
        UnboundKey::new(&CHACHA20_POLY1305, &*key).map(LessSafeKey::new)
    }

    /// What makes this secret look mistaken; an authorization server answers only `invalid_client`.
    pub(crate) fn suspicion(&self) -> Option<&'static str> {
        let text = self.0.text();
        if text.chars().count() > 100 {
            Some("the client secret is longer than 100 characters, more than the server takes")
        } else if text.trim() != text {
            Some("the client secret starts or ends with a space")
        } else if !text.is_ascii() {
            Some("the client secret holds characters outside ASCII")
        } else if text.starts_with("Basic ") || text.starts_with("Bearer ") {
            Some("the client secret looks like a whole Authorization header")
        } else if text.starts_with(['"', '\'']) && text.ends_with(['"', '\'']) {
            Some("the client secret is in quotation marks")
        } else {
            encoded(text)
        }
    }
}

/// Random Base64 is no text when it is decoded; what is, was encoded by somebody.
fn encoded(text: &str) -> Option<&'static str> {
    let decoded = Zeroizing::new(STANDARD.decode(text).ok()?);
    match std::str::from_utf8(&decoded).ok().filter(|_| decoded.len() >= SHORTEST_TEXT)? {
        plain if plain.chars().any(|c| !c.is_ascii_graphic()) => None,
        plain if plain.contains(':') => {
            Some("the client secret looks like the Base64 of client id and secret: give the secret alone")
        }
        _ => Some("the client secret looks like the Base64 of a text: give the text, if that is the secret"),
    }
}

/// So many random bytes are no text by chance, but for one in five thousand.
const SHORTEST_TEXT: usize = 9;

/// SHA-256 of a secret: tells two apart without holding either. Redacted when printed, since a short one could be guessed
/// from it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The digest itself, for what is hashed again.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl From<Zeroizing<String>> for Secret {
    fn from(text: Zeroizing<String>) -> Secret {
        Secret(Sealed::new(&text))
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Secret) -> bool {
        let (a, b) = (self.0.text().as_bytes(), other.0.text().as_bytes());
        a.len() == b.len() && a.iter().zip(b).fold(0, |seen, (x, y)| seen | (x ^ y)) == 0
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printing_shows_nothing() {
        let secret = Secret::new("canary");
        assert_eq!(
            format!("{secret} {secret:?} {:?}", Some(&secret)),
            "<redacted> <redacted> Some(<redacted>)"
        );
    }

    #[test]
    fn equality_compares_the_text() {
        assert_eq!(Secret::new("x"), Secret::new("x"));
        assert_ne!(Secret::new("x"), Secret::new("y"));
        assert_ne!(Secret::new("x"), Secret::new("xx"));
    }

    #[test]
    fn suspicions() {
        let long = "x".repeat(101);
        for (text, word) in [
            (long.as_str(), "100"),
            ("x ", "space"),
            ("é", "ASCII"),
            ("Basic eDp5", "header"),
            ("\"x\"", "quotation"),
        ] {
            assert!(Secret::new(text).suspicion().is_some_and(|told| told.contains(word)), "{text}");
        }
        assert_eq!(Secret::new("right").suspicion(), None);
    }
}
