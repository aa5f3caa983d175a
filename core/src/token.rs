//! The access token as callers see it.

use crate::clock::Reading;
use crate::lifetime::Lifetime;
use crate::sealed::Sealed;
use crate::window::Shown;
use std::fmt;
use std::time::{Duration, SystemTime};
use xilnex_auth_lasting::Page;
use zeroize::Zeroizing;

/// The longest token text that is accepted, so that a C caller's buffer can have a fixed size.
pub const MAX_TOKEN_LENGTH: usize = 16 * 1024 - 1;

/// An access token (RFC 6749 §1.4). `Debug` shows everything but the value, which is left out of core files and
/// overwritten with the last clone.
#[derive(Clone)]
pub struct AccessToken {
    value: Sealed,
    scope: Option<String>,
    sent: Reading,
    lifetime: Lifetime,
}

impl AccessToken {
    /// A token of type Bearer whose request was sent at `sent`.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "the text is used up: it is overwritten when it was copied"
    )]
    pub fn new(
        value: Zeroizing<String>,
        scope: Option<String>,
        sent: Reading,
        lifetime: Lifetime,
    ) -> AccessToken {
        AccessToken { value: Sealed::new(&value), scope, sent, lifetime }
    }

    /// The same with another text.
    pub(crate) fn with_value(&self, value: &str) -> AccessToken {
        AccessToken { value: Sealed::new(value), ..self.clone() }
    }

    /// The token text, to be sent to resource servers only.
    pub fn value(&self) -> &str {
        self.value.text()
    }

    /// Where the text lies.
    pub(crate) fn page(&self) -> &'static Page<Shown> {
        self.value.page()
    }

    /// How the token is used (RFC 6749 §7.1): always `Bearer`, whatever case the server wrote it in.
    pub fn token_type(&self) -> &'static str {
        "Bearer"
    }

    /// The granted scope: what the server named, else what was asked for.
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }

    /// The wall-clock time of expiry, counted from the moment the request was sent.
    pub fn expires_at(&self) -> SystemTime {
        let expires_at = self.sent.wall.checked_add(self.lifetime.total()).unwrap_or(self.sent.wall);
        expires_at.clamp(SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + LATEST)
    }

    /// The value of an Authorization header: `Bearer`, a space, the token (RFC 6750 §2.1).
    pub fn authorization_header(&self) -> String {
        format!("{} {}", self.token_type(), self.value())
    }

    /// When the request was sent, on both clocks.
    pub fn sent(&self) -> &Reading {
        &self.sent
    }

    /// How long it may still be handed out; zero when it has expired or is about to.
    pub fn left(&self, now: &Reading) -> Duration {
        self.lifetime.left(now.since(&self.sent))
    }

    /// How long it lives and when its refresh is due.
    pub fn lifetime(&self) -> &Lifetime {
        &self.lifetime
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("value", &"<redacted>")
            .field("token_type", &self.token_type())
            .field("scope", &self.scope())
            .field("expires_at", &self.expires_at())
            .finish()
    }
}

/// The end of the year 9999, in seconds since 1970: languages have no later date.
const LATEST: Duration = Duration::from_secs(253_402_300_799);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printing_a_token_hides_its_value() {
        let sent = Reading { boot: Duration::ZERO, wall: SystemTime::UNIX_EPOCH };
        let token = AccessToken::new(
            Zeroizing::new("canary".into()),
            Some("coreapi".into()),
            sent,
            Lifetime::new(Duration::from_secs(60), 0.0),
        );
        assert!(!format!("{token:?}").contains("canary"));
        assert_eq!(token.authorization_header(), "Bearer canary");
        assert_eq!(token.expires_at(), SystemTime::UNIX_EPOCH + Duration::from_secs(60));
    }

    #[test]
    fn the_expiry_is_a_date_that_every_language_has_whatever_the_clock_says() {
        let (first, last) = (SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + LATEST);
        for (wall, expected) in [
            (first - Duration::from_secs(3600), first),
            (last - Duration::from_secs(59), last),
            (last + Duration::from_secs(1 << 39), last), // the clock of Windows ends within twice that
        ] {
            let sent = Reading { boot: Duration::ZERO, wall };
            let lifetime = Lifetime::new(Duration::from_secs(60), 0.0);
            assert_eq!(
                AccessToken::new(Zeroizing::new("t".into()), None, sent, lifetime).expires_at(),
                expected
            );
        }
    }
}
