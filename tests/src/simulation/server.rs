//! The authorization server of a simulated world: good and bad times, and what it says in them.

use super::{chance, log_uniform};
use std::time::Duration;
use xilnex_auth::transport::HttpResponse;
use xilnex_auth::{Error, Kind};

/// What a request comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A token with this name, living this many seconds.
    Token(String, u64),
    /// No connection.
    Unreachable,
    /// Overloaded, perhaps with a word on when to come again.
    Busy(Option<Duration>),
    /// The credentials are refused.
    Rejected,
    /// Something that is no token response.
    Nonsense,
    /// Nothing within the time that the request had.
    Silence,
}

impl Answer {
    /// The kind of error that callers must see; `None` for a token.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Answer::Token(..) => None,
            Answer::Unreachable => Some(Kind::Connect),
            Answer::Busy(_) => Some(Kind::Unavailable),
            Answer::Rejected => Some(Kind::Rejected),
            Answer::Nonsense => Some(Kind::BadResponse),
            Answer::Silence => Some(Kind::Timeout),
        }
    }

    /// How long the server wants to be left alone.
    pub fn retry_after(&self) -> Duration {
        if let Answer::Busy(Some(wait)) = self { *wait } else { Duration::ZERO }
    }

    /// As a transport gives it.
    pub fn into_response(self) -> Result<HttpResponse, Error> {
        let body = |status, text: String| HttpResponse {
            status,
            body: text.into_bytes().into(),
            ..HttpResponse::default()
        };
        match self {
            Answer::Token(name, seconds) => Ok(body(
                200,
                format!(r#"{{"access_token":"{name}","token_type":"Bearer","expires_in":{seconds}}}"#),
            )),
            Answer::Unreachable => Err(Error::new(Kind::Connect, "simulated")),
            Answer::Busy(wait) => Ok(HttpResponse {
                retry_after: wait.map(|wait| wait.as_secs().to_string()),
                ..body(503, String::new())
            }),
            Answer::Rejected => Ok(body(400, r#"{"error":"invalid_client"}"#.into())),
            Answer::Nonsense => Ok(body(200, "<html>".into())),
            Answer::Silence => Err(Error::new(Kind::Timeout, "simulated")),
        }
    }
}

/// A server that is well for a while and ill for a while.
pub struct Server {
    lifetime: u64,
    is_well: bool,
    turns_at: Duration,
    illness: u8,
    issued: u64,
}

impl Server {
    /// A server whose tokens live for about `lifetime`.
    pub fn new(lifetime: Duration) -> Server {
        Server {
            lifetime: lifetime.as_secs().max(1),
            is_well: true,
            turns_at: Duration::ZERO,
            illness: 0,
            issued: 0,
        }
    }

    /// How many tokens it gave.
    pub fn issued(&self) -> u64 {
        self.issued
    }

    /// What it says at `now`, and after how long.
    pub fn answer(&mut self, now: Duration) -> (Answer, Duration) {
        if now >= self.turns_at {
            self.is_well = chance(0.6);
            self.illness = fastrand::u8(..5);
            self.turns_at = now + log_uniform(1.0, 2.0 * self.lifetime as f64 + 60.0);
        }
        let delay = if chance(0.1) { log_uniform(0.5, 40.0) } else { log_uniform(0.001, 0.5) };
        if self.is_well && !chance(0.03) {
            self.issued += 1;
            let seconds = if chance(0.1) { self.lifetime / 7 + 1 } else { self.lifetime };
            return (Answer::Token(format!("token-{}", self.issued), seconds), delay);
        }
        match self.illness {
            0 => (Answer::Unreachable, Duration::ZERO),
            1 => (Answer::Busy(chance(0.5).then(|| Duration::from_secs(fastrand::u64(0..300)))), delay),
            2 => (Answer::Rejected, delay),
            3 => (Answer::Nonsense, delay),
            _ => (Answer::Silence, Duration::MAX),
        }
    }
}
