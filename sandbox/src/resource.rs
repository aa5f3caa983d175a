//! `/data`: a protected resource that checks a token as a resource server would (RFC 6750).

use crate::http::{Request, Response};
use crate::keys::keys;
use crate::time::Time;
use crate::token_endpoint::audience;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// More rows than this are not kept.
const MOST_ROWS: usize = 10_000;

/// The rows that each client posted.
#[derive(Default)]
pub struct Rows(Mutex<BTreeMap<String, Vec<Value>>>);

/// Answers a request for `/data`, GET or POST.
pub fn answer(request: &Request, issuer: &str, rows: &Rows, time: &Time) -> Response {
    let Some(token) = bearer_token(request) else {
        return Response::json(401, &json!({"error": "no token"})).with("WWW-Authenticate", "Bearer");
    };
    let claims = keys().verify(token, issuer, &audience(issuer));
    let is_good = |claims: &Value| {
        claims["scope"].as_str().is_some_and(|scope| !scope.is_empty())
            && claims["jti"].as_str().is_some_and(|id| time.is_good(id))
    };
    let Some(claims) = claims.filter(is_good) else {
        return Response::json(401, &json!({"error": "invalid_token"}))
            .with("WWW-Authenticate", r#"Bearer error="invalid_token""#);
    };
    let client_id = claims["client_id"].as_str().unwrap_or_default();
    if request.method == "POST" {
        return accept(request, client_id, rows);
    }
    let kept = rows.0.lock().get(client_id).cloned().unwrap_or_default();
    Response::json(200, &json!({"client_id": client_id, "rows": kept}))
}

/// The scheme in any case, as RFC 9110 §11.1 has it.
fn bearer_token(request: &Request) -> Option<&str> {
    let (scheme, token) = request.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn accept(request: &Request, client_id: &str, rows: &Rows) -> Response {
    let posted = match serde_json::from_slice(&request.body) {
        Ok(Value::Array(items)) if items.iter().all(Value::is_object) => items,
        Ok(item @ Value::Object(_)) => vec![item],
        _ => {
            return Response::json(
                400,
                &json!({"error": "the body is not a JSON object or a list of objects"}),
            );
        }
    };
    let mut rows = rows.0.lock();
    if rows.values().map(Vec::len).sum::<usize>() + posted.len() > MOST_ROWS {
        return Response::json(413, &json!({"error": "the sandbox is full"}));
    }
    let accepted = posted.len();
    rows.entry(client_id.to_owned()).or_default().extend(posted);
    Response::json(201, &json!({"accepted": accepted, "client_id": client_id}))
}
