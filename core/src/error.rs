//! What can go wrong: one table of kinds, and the error value that every language shows.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Why no token could be given. The kind decides what a caller may do next; the texts only explain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The caller's mistake: a missing, malformed or contradictory option or argument.
    InvalidConfig,
    /// The host name could not be resolved.
    Dns,
    /// No connection could be opened.
    Connect,
    /// The proxy could not be reached or refused to open the tunnel.
    Proxy,
    /// The server's certificate or its TLS cannot be relied on; nothing secret was sent.
    Tls,
    /// The caller's deadline passed.
    Timeout,
    /// The server cannot answer now: 408, 429, 5xx or a torn answer.
    Unavailable,
    /// The authorization server refused the request (RFC 6749 §5.2).
    Rejected,
    /// The answer is not one that RFC 6749 §5.1 allows.
    BadResponse,
    /// The client was closed.
    Closed,
    /// A bug in this library, caught at the boundary.
    Internal,
}

/// The status of a proxy that wants a password (RFC 9110 §15.5.8).
pub(crate) const PROXY_AUTHENTICATION_REQUIRED: u16 = 407;

struct Row {
    kind: Kind,
    number: u8,
    id: &'static str,
    retryable: bool,
    summary: &'static str,
}

const fn row(kind: Kind, number: u8, id: &'static str, retryable: bool, summary: &'static str) -> Row {
    Row { kind, number, id, retryable, summary }
}

/// Numbers and ids are for ever; a retired one stays reserved.
const TABLE: [Row; 11] = [
    row(Kind::InvalidConfig, 1, "invalid_config", false, "the configuration or an argument is wrong"),
    row(Kind::Dns, 2, "dns", true, "the host name could not be resolved"),
    row(Kind::Connect, 3, "connect", true, "no connection could be opened"),
    row(Kind::Proxy, 4, "proxy", true, "the proxy did not open a tunnel"),
    row(Kind::Tls, 5, "tls", false, "no trusted TLS connection could be made"),
    row(Kind::Timeout, 6, "timeout", false, "the deadline passed"),
    row(Kind::Unavailable, 7, "unavailable", true, "the authorization server cannot answer now"),
    row(Kind::Rejected, 8, "rejected", false, "the authorization server refused the request"),
    row(Kind::BadResponse, 9, "bad_response", false, "the answer is not a token response"),
    row(Kind::Closed, 10, "closed", false, "the client is closed"),
    row(Kind::Internal, 11, "internal", false, "an internal error, please report it"),
];

impl Kind {
    /// How many kinds there are.
    pub(crate) const COUNT: usize = TABLE.len();

    /// Every kind, in the order of the numbers.
    pub fn all() -> impl Iterator<Item = Kind> {
        TABLE.iter().map(|row| row.kind)
    }

    fn row(self) -> &'static Row {
        // The table lists the kinds in declaration order; a test holds that.
        &TABLE[self as usize]
    }

    /// The stable number: the C status and the exit status of the command line. Never 0.
    pub fn number(self) -> u8 {
        self.row().number
    }

    /// The stable id, the same in every language: `rejected`, `timeout` …
    pub fn id(self) -> &'static str {
        self.row().id
    }

    /// Whether the same call may succeed later without a change by the caller.
    pub fn is_retryable(self) -> bool {
        self.row().retryable
    }

    /// One sentence, without a capital or a full stop.
    pub fn summary(self) -> &'static str {
        self.row().summary
    }
}

/// One failure, the same for every caller that waited for the same request.
///
/// No error carries a client secret, a token or a piece of an answer's body. A clone is the same error and costs nothing:
/// there may be thousands of those callers.
#[derive(Clone)]
pub struct Error(Arc<Parts>);

#[derive(Clone)]
struct Parts {
    kind: Kind,
    message: String,
    hint: Option<String>,
    oauth_error: Option<String>,
    http_status: Option<u16>,
    retry_after: Option<Duration>,
    attempts: u32,
    is_repeated: bool,
}

impl Error {
    /// An error of this kind; `message` says what happened and to what.
    pub fn new(kind: Kind, message: impl Into<String>) -> Error {
        Error(Arc::new(Parts {
            kind,
            message: message.into(),
            hint: None,
            oauth_error: None,
            http_status: None,
            retry_after: None,
            attempts: 0,
            is_repeated: false,
        }))
    }

    /// The caller's mistake.
    pub fn invalid_config(message: impl Into<String>) -> Error {
        Error::new(Kind::InvalidConfig, message)
    }

    fn with(mut self, edit: impl FnOnce(&mut Parts)) -> Error {
        edit(Arc::make_mut(&mut self.0));
        self
    }

    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Error {
        self.with(|parts| parts.hint = Some(hint.into()))
    }

    /// Adds to what there is to look at.
    pub(crate) fn with_remark(self, remark: &str) -> Error {
        self.with(|parts| {
            parts.hint = Some(match parts.hint.take() {
                Some(hint) => format!("{hint}; besides, {remark}"),
                None => remark.to_owned(),
            });
        })
    }

    pub(crate) fn with_oauth_error(self, code: Option<String>) -> Error {
        self.with(|parts| parts.oauth_error = code)
    }

    pub(crate) fn with_http_status(self, status: u16) -> Error {
        self.with(|parts| parts.http_status = Some(status))
    }

    pub(crate) fn with_retry_after(self, wait: Option<Duration>) -> Error {
        self.with(|parts| parts.retry_after = wait)
    }

    pub(crate) fn with_attempts(self, attempts: u32) -> Error {
        self.with(|parts| parts.attempts = attempts)
    }

    /// The same failure, told again without a request; `left` is the time until the next one is sent.
    pub(crate) fn again(self, left: Duration) -> Error {
        let seconds = left.as_secs_f64().ceil();
        self.with(|parts| {
            parts.message += &format!(" (told again: the server is not asked for another {seconds} s)");
            parts.retry_after = Some(left);
            parts.is_repeated = true;
        })
    }

    /// What went wrong, as a class.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What happened, in one sentence for a person.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to look at or to do, where the library can tell.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The `error` member of the answer, such as `invalid_client` (RFC 6749 §5.2).
    pub fn oauth_error(&self) -> Option<&str> {
        self.0.oauth_error.as_deref()
    }

    /// The status of the HTTP answer, where there was one; 407 is that of a proxy that wants a password.
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// How long to wait before the next call: what the server asked for (RFC 9110 §10.2.3), at most 300 s; of a failure
    /// that is told again, how long this library will send no request.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How many times the library asked for a token before it gave up, whether the request arrived or not.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether this is the failure of an earlier request, given again in the pause after it: no request was sent for
    /// this call.
    pub fn is_repeated(&self) -> bool {
        self.0.is_repeated
    }

    /// Whether the same call may succeed later without a change by the caller.
    pub fn is_retryable(&self) -> bool {
        // A wrong password that is sent again and again locks an account.
        self.kind().is_retryable() && self.http_status() != Some(PROXY_AUTHENTICATION_REQUIRED)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind().id())
            .field("message", &self.message())
            .field("hint", &self.hint())
            .field("oauth_error", &self.oauth_error())
            .field("http_status", &self.http_status())
            .field("retry_after", &self.retry_after())
            .field("attempts", &self.attempts())
            .field("is_repeated", &self.is_repeated())
            .finish()
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_lists_each_kind_once_in_declaration_order() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.kind as usize, index);
            assert_eq!(usize::from(row.number), index + 1);
            assert_eq!(row.kind.id(), row.id);
        }
    }

    #[test]
    fn a_caller_mistake_and_a_refusal_are_never_retryable() {
        let retryable: Vec<&str> = Kind::all().filter(|kind| kind.is_retryable()).map(Kind::id).collect();
        assert_eq!(retryable, ["dns", "connect", "proxy", "unavailable"]);
    }
}
