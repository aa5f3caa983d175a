//! What of a server's words may be told: nothing that could bring back what was sent to it.

use super::Asked;
use crate::request::spellings;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// The six codes of RFC 6749 §5.2.
pub const OAUTH_ERRORS: [&str; 6] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
];

/// The error code of an answer, and code and description as the end of a sentence.
pub fn told(members: &Map<String, Value>, asked: &Asked<'_>) -> (Option<String>, String) {
    let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default();
    let code = match OAUTH_ERRORS.iter().find(|code| **code == text("error")) {
        // A word of the standard says nothing about a secret that happens to occur in it.
        Some(code) => Some((*code).to_owned()),
        None => printable(text("error"), 64, asked),
    };
    let description = printable(text("error_description"), 256, asked);
    let parts = [code.as_deref(), description.as_deref()].into_iter().flatten();
    let sentence = parts.map(|part| format!(": {part}")).collect();
    (code, sentence)
}

/// Server text fit for a message: the characters of RFC 6749 §5.2, bounded; nothing if it repeats the secret.
fn printable(text: &str, longest: usize, asked: &Asked<'_>) -> Option<String> {
    let shown = fit(text);
    if shown.is_empty() || repeats(text, asked) {
        return None;
    }
    Some(shown.chars().take(longest).collect())
}

/// Whether the secret is in a text, as it is or as a URL, a form or a web page writes it, once or twice over.
///
/// Compared as it would be shown: what is left out must not hide the secret from this look.
fn repeats(text: &str, asked: &Asked<'_>) -> bool {
    let mut readings = vec![Zeroizing::new(text.to_owned())];
    for _ in 0..2 {
        for last in readings.clone() {
            let spaced = Zeroizing::new(last.replace('+', " "));
            readings.extend([from_html(&last), from_url(&spaced), from_url(&last)]);
        }
    }
    let secrets = spellings(asked.client_id, asked.client_secret);
    let secrets: Vec<_> =
        secrets.iter().map(|secret| comparable(secret)).filter(|secret| !secret.is_empty()).collect();
    readings
        .iter()
        .map(|reading| comparable(reading))
        .any(|reading| secrets.iter().any(|secret| reading.contains(secret.as_str())))
}

fn from_url(text: &str) -> Zeroizing<String> {
    Zeroizing::new(percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned())
}

fn from_html(text: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(text.to_owned());
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ] {
        plain = Zeroizing::new(plain.replace(entity, character));
    }
    plain
}

fn comparable(text: &str) -> Zeroizing<String> {
    Zeroizing::new(fit(text).to_ascii_lowercase())
}

fn fit(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.chars().filter(|c| matches!(c, ' '..='~') && !matches!(c, '"' | '\\')).collect())
}
