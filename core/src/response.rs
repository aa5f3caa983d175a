//! The token response (RFC 6749 §5.1, §5.2), from an HTTP answer to a token or an error: pure.
//! The only room that names serde_json.

mod members;
mod words;

use crate::clock::Reading;
use crate::error::{Error, Kind};
use crate::lifetime::{ASSUMED_LIFETIME, Lifetime};
use crate::secret::Secret;
use crate::token::{AccessToken, MAX_TOKEN_LENGTH};
use crate::transport::HttpResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use members::Members;
use serde_json::{Map, Value};
use std::time::{Duration, SystemTime};
use words::{OAUTH_ERRORS, is_telling, told};
use zeroize::Zeroizing;

/// Objects and arrays may nest this deep; a token response needs one level.
const MAX_DEPTH: usize = 16;

/// The longest wait that a server may ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

/// What was asked, as far as reading the answer needs it.
pub struct Asked<'a> {
    /// When the request was sent; a token's age counts from here.
    pub sent: Reading,
    /// The scope that was asked for: granted unless the answer names another (RFC 6749 §5.1).
    pub scope: Option<&'a str>,
    /// The secret that was sent, which an answer must not bring back into a message.
    pub client_secret: &'a Secret,
    /// The client identifier that was sent with it.
    pub client_id: &'a str,
    /// A number in 0..1 that places the refresh of the token within its window.
    pub draw: f64,
}

/// Reads an answer: first its `error` member, then its status, then the token.
///
/// # Errors
/// `rejected`, `unavailable` or `bad_response`.
pub fn access_token(response: &HttpResponse, asked: &Asked<'_>) -> Result<AccessToken, Error> {
    let members = members(response);
    if let Ok(members) = &members
        && let Some(code) = members.get("error").and_then(Value::as_str)
        && (OAUTH_ERRORS.contains(&code) || !is_unavailable(response.status))
    {
        return Err(rejected(members, response, asked));
    }
    match (response.status, &response.broken) {
        (401 | 403, _) => Err(Error::new(
            Kind::Rejected,
            format!("the server refused the client (status {})", response.status),
        )
        .with_http_status(response.status)
        .with_hint(asked.client_secret.suspicion().unwrap_or(
            "the server gave no OAuth error: check client_id and client_secret, and whether base_url \
                 is the authorization server and not a gateway in front of it",
        ))),
        (status, _) if is_unavailable(status) => {
            Err(unavailable(&members.unwrap_or_default(), response, asked))
        }
        (300..=399, _) => Err(bad(
            response,
            "a redirect, which is never followed: it would send the client secret elsewhere",
        )),
        (404 | 405, _) => Err(bad(response, "no token endpoint there")),
        // Where the status does not tell enough, the body would have had the last word.
        (_, Some(problem)) => Err(problem.clone()),
        (200, None) => token(members.map_err(|told| bad(response, &told))?, response, asked),
        _ => Err(bad(response, "neither a token nor an OAuth error")),
    }
}

fn is_unavailable(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..=599)
}

fn unavailable(members: &Map<String, Value>, response: &HttpResponse, asked: &Asked<'_>) -> Error {
    let (code, told) = told(members, asked);
    Error::new(Kind::Unavailable, format!("the server cannot answer now (status {}){told}", response.status))
        .with_oauth_error(code)
        .with_http_status(response.status)
        .with_retry_after(retry_after(response, asked))
}

/// The hint says what the server will not.
fn rejected(members: &Map<String, Value>, response: &HttpResponse, asked: &Asked<'_>) -> Error {
    let (code, told) = told(members, asked);
    let hint = match code.as_deref() {
        Some("invalid_client") => asked.client_secret.suspicion().unwrap_or(
            "check client_id and client_secret (XILNEX_CLIENT_ID, XILNEX_CLIENT_SECRET): both must be of this \
             server and environment, without spaces or quotation marks around them",
        ),
        Some("invalid_scope") => {
            "check scope (XILNEX_SCOPE): the client may ask only for scopes that it was granted"
        }
        Some("unauthorized_client") => {
            "this client is not allowed to use the client credentials grant: ask Xilnex to enable it"
        }
        _ => "the server refused the request as such: check base_url (XILNEX_BASE_URL) and client_auth",
    };
    Error::new(Kind::Rejected, format!("the server refused the token request{told}"))
        .with_oauth_error(code)
        .with_http_status(response.status)
        .with_retry_after(retry_after(response, asked))
        .with_hint(hint)
}

fn bad(response: &HttpResponse, told: &str) -> Error {
    let is_html = response.content_type.as_deref().is_some_and(|kind| kind.starts_with("text/html"));
    let hint = if is_html {
        "a web page answered instead of the authorization server: a sign-in page of the network, a firewall or \
         a wrong base_url (XILNEX_BASE_URL)"
    } else {
        "check base_url (XILNEX_BASE_URL): is it the authorization server?"
    };
    Error::new(
        Kind::BadResponse,
        format!("the answer (status {}) is not a token response: {told}", response.status),
    )
    .with_http_status(response.status)
    .with_hint(hint)
}

fn members(response: &HttpResponse) -> Result<Map<String, Value>, String> {
    let encoding = response.content_encoding.as_deref().unwrap_or("identity");
    if !encoding.eq_ignore_ascii_case("identity") {
        return Err("its content is encoded, which was not asked for".into());
    }
    let text = std::str::from_utf8(&response.body).map_err(|_| "not UTF-8")?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if depth(text) > MAX_DEPTH {
        return Err(format!("JSON nested deeper than {MAX_DEPTH} levels"));
    }
    match serde_json::from_str(text) {
        Ok(Members { repeated: Some(name), .. }) => Err(format!("{name} is given twice")),
        Ok(Members { found, .. }) => Ok(found),
        Err(problem) if problem.is_data() => Err("JSON, but not an object".into()),
        Err(_) => Err("not JSON".into()),
    }
}

/// How deep brackets nest outside of strings.
fn depth(text: &str) -> usize {
    let (mut now, mut deepest, mut in_string, mut escaped) = (0usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                now += 1;
                deepest = deepest.max(now);
            }
            b'}' | b']' if !in_string => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn token(
    mut members: Map<String, Value>,
    response: &HttpResponse,
    asked: &Asked<'_>,
) -> Result<AccessToken, Error> {
    let wrong = |told: &str| bad(response, told);
    let value = match members.remove("access_token") {
        // Taken over as it is, so that no copy of it is left behind.
        Some(Value::String(text)) => Zeroizing::new(text),
        Some(_) => return Err(wrong("access_token is not a string")),
        None => return Err(wrong("access_token is missing")),
    };
    if value.len() > MAX_TOKEN_LENGTH {
        return Err(wrong("access_token is longer than 16383 characters"));
    }
    if !is_bearer_token(&value) {
        return Err(wrong(
            "access_token is empty or holds a character that no token may have (RFC 6750 §2.1)",
        ));
    }
    match members.get("token_type").map(Value::as_str) {
        Some(Some(kind)) if kind.eq_ignore_ascii_case("bearer") => {}
        Some(_) => return Err(wrong("token_type is not Bearer")),
        None => return Err(wrong("token_type is missing")),
    }
    let scope = match members.get("scope") {
        Some(Value::String(granted)) if granted.contains(char::is_control) => {
            return Err(wrong("scope holds a control character"));
        }
        Some(Value::String(granted)) => Some(granted.as_str()),
        Some(Value::Null) | None => asked.scope,
        Some(_) => return Err(wrong("scope is not a string")),
    };
    // Scopes are shown; one that brings back what is to be kept is none.
    let is_told = |scope: &&str| asked.scope == Some(*scope) || !is_telling(scope, &value, asked);
    let scope = scope.filter(is_told).or(asked.scope);
    let claimed = claimed_lifetime(&value);
    let total = match members.get("expires_in") {
        Some(given) => {
            let told = seconds(given);
            let told = told.ok_or_else(|| wrong("expires_in is not a positive number of seconds"))?;
            // A resource server goes by the claims, whatever the answer around them says.
            claimed.map_or(told, |claimed| claimed.min(told))
        }
        None => claimed.unwrap_or(ASSUMED_LIFETIME),
    };
    Ok(AccessToken::new(value, scope.map(str::to_owned), asked.sent, Lifetime::new(total, asked.draw)))
}

/// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="` of RFC 6750 §2.1.
fn is_bearer_token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let is_token_char = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/".contains(&b);
    !body.is_empty() && body.bytes().all(is_token_char)
}

/// Whole seconds, at least 1: a number, or digits in a string as some servers send them.
fn seconds(value: &Value) -> Option<Duration> {
    let seconds = match value {
        Value::Number(number) => {
            number.as_u64().or_else(|| number.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64))?
        }
        Value::String(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => {
            text.parse().unwrap_or(u64::MAX)
        }
        _ => return None,
    };
    (seconds >= 1).then(|| Duration::from_secs(seconds))
}

/// `exp` − `iat` of a token that is a JWT. Only the difference is used: the server's clock may not be ours.
fn claimed_lifetime(token: &str) -> Option<Duration> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Value = serde_json::from_slice(&bytes).ok()?;
    let length = claims.get("exp")?.as_f64()? - claims.get("iat")?.as_f64()?;
    (length >= 1.0).then(|| Duration::try_from_secs_f64(length).ok()).flatten()
}

/// When the server says that it answered (RFC 9110 §6.6.1).
pub fn date(response: &HttpResponse) -> Option<SystemTime> {
    response.date.as_deref().and_then(|date| httpdate::parse_http_date(date.trim()).ok())
}

/// Seconds, or a date judged against the answer's own date, so that our clock does not matter (RFC 9110 §10.2.3); an
/// answer without one is judged against our clock.
fn retry_after(response: &HttpResponse, asked: &Asked<'_>) -> Option<Duration> {
    let text = response.retry_after.as_deref()?.trim();
    let wait = if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        let until = httpdate::parse_http_date(text).ok()?;
        until.duration_since(date(response).unwrap_or(asked.sent.wall)).unwrap_or(Duration::ZERO)
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests;
