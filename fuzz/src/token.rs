//! What RFC 6749 §5.1 and RFC 6750 §2.1 call a token response, read a second time.

use crate::json::{Value, read};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use xilnex_auth::transport::HttpResponse;

/// What a token response says.
#[derive(Debug, PartialEq)]
pub struct Told {
    /// The token.
    pub value: String,
    /// The scope that was granted, if it names one.
    pub scope: Option<String>,
    /// Its lifetime in seconds by `expires_in`, if there is one.
    pub expires_in: Option<f64>,
    /// The same by the token's own claims.
    pub claimed: Option<f64>,
}

/// The members of a body that is an object.
pub fn members(body: &[u8]) -> Option<Vec<(String, Value)>> {
    let text = std::str::from_utf8(body).ok()?;
    match read(text.strip_prefix('\u{feff}').unwrap_or(text), 16)? {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

/// The last member of a name.
pub fn member<'a>(members: &'a [(String, Value)], name: &str) -> Option<&'a Value> {
    members.iter().rfind(|(found, _)| found == name).map(|(_, value)| value)
}

/// What an answer says, if it is one that gives a token.
pub fn told(answer: &HttpResponse) -> Option<Told> {
    let is_plain = answer.content_encoding.as_ref().is_none_or(|told| told.eq_ignore_ascii_case("identity"));
    if answer.status != 200 || answer.broken.is_some() || !is_plain {
        return None;
    }
    let members = members(&answer.body)?;
    let read = ["access_token", "token_type", "expires_in", "scope", "error", "error_description"];
    let once = |name: &&str| members.iter().filter(|(found, _)| found == name).count() < 2;
    if !read.iter().all(once) || matches!(member(&members, "error"), Some(Value::Text(_))) {
        return None;
    }
    let Some(Value::Text(value)) = member(&members, "access_token") else { return None };
    match member(&members, "token_type") {
        Some(Value::Text(kind)) if kind.eq_ignore_ascii_case("bearer") => {}
        _ => return None,
    }
    let scope = match member(&members, "scope") {
        None | Some(Value::Null) => None,
        Some(Value::Text(scope)) if !scope.chars().any(char::is_control) => Some(scope.clone()),
        _ => return None,
    };
    let expires_in = match member(&members, "expires_in") {
        None => None,
        given => Some(seconds(given?)?),
    };
    is_bearer(value).then(|| Told { value: value.clone(), scope, expires_in, claimed: claimed(value) })
}

fn is_bearer(token: &str) -> bool {
    let (mut has_letter, mut has_padding) = (false, false);
    token.len() <= 16383
        && token.chars().all(|c| match c {
            '=' => {
                has_padding = true;
                has_letter
            }
            'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '.' | '_' | '~' | '+' | '/' => {
                has_letter = true;
                !has_padding
            }
            _ => false,
        })
        && has_letter
}

fn seconds(given: &Value) -> Option<f64> {
    let number = match given {
        Value::Number(_) => given.number()?,
        Value::Text(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            digits.parse().ok()?
        }
        _ => return None,
    };
    (number >= 1.0).then_some(number.floor())
}

/// `exp` − `iat` of a JWT, from a second on.
pub fn claimed(token: &str) -> Option<f64> {
    let parts: Vec<&str> = token.split('.').collect();
    let payload = parts.get(1).filter(|_| parts.len() >= 3)?;
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let Value::Object(claims) = read(std::str::from_utf8(&bytes).ok()?, 127)? else { return None };
    let length = member(&claims, "exp")?.number()? - member(&claims, "iat")?.number()?;
    (length >= 1.0).then_some(length)
}
