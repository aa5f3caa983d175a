//! Any claims in a token: its lifetime is positive, that of the claims, and never longer than what the answer says.
#![no_main]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};
use xilnex_auth::clock::Reading;
use xilnex_auth::fuzzing::{Asked, access_token};
use xilnex_auth::secret::Secret;
use xilnex_auth::transport::HttpResponse;
use xilnex_auth_fuzz::token::claimed;

static SECRET: LazyLock<Secret> = LazyLock::new(|| Secret::new("canary"));

const DAY: f64 = 24.0 * 3600.0;

fuzz_target!(|bytes: &[u8]| {
    let Some((form, rest)) = bytes.split_first() else { return };
    let (expires_in, payload) = match rest.split_first_chunk::<2>() {
        Some((told, payload)) if form & 1 == 1 => (Some(u16::from_le_bytes(*told).max(1)), payload),
        _ => (None, rest),
    };
    let token = if form & 2 == 2 {
        // As it is, where that is a token at all.
        match std::str::from_utf8(payload) {
            Ok(text) if text.starts_with(|c: char| c.is_ascii_alphanumeric()) && is_plain(text) => {
                text.to_owned()
            }
            _ => return,
        }
    } else {
        format!("eyJ.{}.sig", URL_SAFE_NO_PAD.encode(payload))
    };
    judge(&token, expires_in);
});

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

fn judge(token: &str, expires_in: Option<u16>) {
    let member = expires_in.map(|told| format!(",\"expires_in\":{told}")).unwrap_or_default();
    let body = format!("{{\"access_token\":\"{token}\",\"token_type\":\"Bearer\"{member}}}").into_bytes();
    let sent = Reading { boot: Duration::ZERO, wall: SystemTime::UNIX_EPOCH };
    let asked = Asked { sent, scope: None, client_secret: &SECRET, client_id: "till", draw: 0.5 };
    let answer = HttpResponse { status: 200, body: body.into(), ..HttpResponse::default() };
    let found = access_token(&answer, &asked).expect("a token of plain characters is one");
    let total = found.lifetime().total().as_secs_f64();
    let told = expires_in.map(f64::from);
    assert!(total > 0.0 && total <= DAY && told.is_none_or(|told| total <= told), "{total} of {told:?}");
    // Numbers beyond what doubles count exactly, and a length around a second, may be read either way.
    let expected = match claimed(token) {
        None => told.unwrap_or(60.0),
        Some(length) => told.unwrap_or(DAY).min(length),
    };
    let is_exact = (total - expected.min(DAY)).abs() < 1e-3;
    assert!(is_exact || has_large_numbers(token), "{total} instead of {expected}");
}

/// Whether the claims hold a number of more digits than a double keeps.
fn has_large_numbers(token: &str) -> bool {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
    let longest = bytes.split(|byte| !b"0123456789.eE+-".contains(byte)).map(<[u8]>::len).max();
    longest.unwrap_or(0) > 12
        || bytes.contains(&b'e')
            && bytes.windows(2).any(|pair| pair[0].is_ascii_digit() && pair[1].eq_ignore_ascii_case(&b'e'))
}
