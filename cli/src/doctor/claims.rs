//! What a token says of itself, if it is a JWT (RFC 7519). Read to be told, never to be relied on.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The claims that are told: none of them is secret, and none is of use without the signature.
const TOLD: [&str; 8] = ["iss", "aud", "sub", "client_id", "scope", "iat", "nbf", "exp"];

/// So much of a claim is told.
const LONGEST: usize = 100;

/// Names and values; empty for a token that is no JWT.
pub fn of(token: &str) -> Vec<(String, String)> {
    let payload = token.split('.').nth(1).and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok());
    let claims = payload.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok()).unwrap_or_default();
    let told = TOLD.into_iter().filter_map(|name| Some((name.to_owned(), text(claims.get(name)?)?)));
    told.collect()
}

fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        _ => return None,
    };
    Some(text.chars().filter(|c| !c.is_control()).take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_told_and_nothing_else_is() {
        let payload = r#"{"iss":"i","aud":["a","b"],"exp":7,"scope":["c"],"secret":"canary","sub":{}}"#;
        let told = of(&format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(payload)));
        let expected = [("iss", "i"), ("aud", "a b"), ("scope", "c"), ("exp", "7")];
        assert_eq!(told, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        for opaque in ["", "opaque", "a.b.c", "a.e30.c", "..", "a.W10.c"] {
            assert_eq!(of(opaque), []);
        }
    }
}
