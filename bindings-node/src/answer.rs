//! What the engine gives, as plain data for JavaScript.

use crate::failure::Failure;
use napi_derive::napi;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use xilnex_auth::{AccessToken, Error};

/// A token or an error.
#[napi(object, object_from_js = false)]
#[derive(Default)]
pub struct Answer {
    /// A valid token.
    pub token: Option<Token>,
    /// Why there is none.
    pub error: Option<Failure>,
}

/// An access token. Its text becomes one of JavaScript, which nobody can overwrite, when it is asked for.
#[napi]
pub struct Token(Arc<AccessToken>);

#[napi]
impl Token {
    /// The token text.
    #[napi(catch_unwind)]
    pub fn value(&self) -> &str {
        self.0.value()
    }

    /// How it is used.
    #[napi(catch_unwind)]
    pub fn token_type(&self) -> &'static str {
        self.0.token_type()
    }

    /// The granted scope.
    #[napi(catch_unwind)]
    pub fn scope(&self) -> Option<&str> {
        self.0.scope()
    }

    /// When it expires, in milliseconds since 1970.
    #[napi(catch_unwind)]
    pub fn expires_at(&self) -> f64 {
        self.0.expires_at().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1000.0
    }

    /// The value of an Authorization header.
    #[napi(catch_unwind)]
    pub fn authorization_header(&self) -> String {
        self.0.authorization_header()
    }
}

/// The token that JavaScript was given last and still has, so that an object is made once and not with every call.
#[derive(Clone, Default)]
pub struct Last(Rc<RefCell<Option<Arc<AccessToken>>>>);

impl Last {
    /// Whether this is the token that JavaScript has.
    pub fn is(&self, token: &Arc<AccessToken>) -> bool {
        self.0.borrow().as_ref().is_some_and(|last| Arc::ptr_eq(last, token))
    }

    /// The token that JavaScript has.
    pub fn token(&self) -> Option<Arc<AccessToken>> {
        self.0.borrow().clone()
    }

    /// Gives a token or an error, and remembers the token.
    pub fn give(&self, outcome: Result<Arc<AccessToken>, Error>) -> Answer {
        match outcome {
            Ok(token) => {
                let given = Answer { token: Some(Token(token.clone())), ..Answer::default() };
                *self.0.borrow_mut() = Some(token);
                given
            }
            Err(error) => Answer { error: Some(Failure::from(&error)), ..Answer::default() },
        }
    }

    /// JavaScript has forgotten its token.
    pub fn forget(&self) {
        *self.0.borrow_mut() = None;
    }
}

/// A length of time as JavaScript gets it.
pub fn seconds(length: Option<Duration>) -> Option<f64> {
    length.map(|length| length.as_secs_f64())
}

/// A number of seconds of either sign as JavaScript gets it.
#[allow(clippy::cast_precision_loss, reason = "no clock is 2^53 seconds off")]
pub fn signed(seconds: i64) -> f64 {
    seconds as f64
}
