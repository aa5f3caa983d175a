//! What of a server's words may be told: nothing that could bring back what was sent to it.

use super::Asked;
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
    let header = asked.authorization.and_then(|header| header.split(' ').nth(1)).unwrap_or_default();
    let spellings = asked.client_secret.spellings();
    // Compared as they would be shown: what is left out must not hide the secret from this look.
    let mut secrets = spellings.iter().map(|spelling| spelling.as_str()).chain([header]).map(fit);
    let repeats = |secret: Zeroizing<String>| !secret.is_empty() && lower(&shown).contains(&*lower(&secret));
    if shown.is_empty() || secrets.any(repeats) {
        return None;
    }
    Some(shown.chars().take(longest).collect())
}

fn fit(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.chars().filter(|c| matches!(c, ' '..='~') && !matches!(c, '"' | '\\')).collect())
}

fn lower(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_ascii_lowercase())
}
