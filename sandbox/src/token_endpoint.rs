//! `POST /connect/token`: the client credentials grant after the guide and RFC 6749 §4.4 and §5.

use crate::RegisteredClient;
use crate::http::{Request, Response};
use crate::keys::{keys, random_text};
use crate::time::Time;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

/// The longest client identifier and secret that the server takes.
const LONGEST: usize = 100;

/// An error of RFC 6749 §5.2: its code and a description without any value of the request.
type Refusal = (&'static str, &'static str);

/// What the endpoint knows.
pub struct Endpoint<'a> {
    pub clients: &'a [RegisteredClient],
    pub issuer: &'a str,
    pub ttl: Duration,
    pub time: &'a Time,
}

type Parameters = BTreeMap<String, String>;

impl Endpoint<'_> {
    /// Answers a token request. Errors have status 400, as IdentityServer gives to every one of them.
    pub fn answer(&self, request: &Request) -> Response {
        let answer = match self.grant(request) {
            Ok(granted) => granted,
            Err((code, description)) => {
                Response::json(400, &json!({"error": code, "error_description": description}))
            }
        };
        answer.with("Cache-Control", "no-store").with("Pragma", "no-cache")
    }

    /// A token as the ordinary answer holds it, where there is one.
    pub fn token(&self, request: &Request) -> Option<String> {
        self.granted(request).ok().map(|(token, _)| token)
    }

    fn grant(&self, request: &Request) -> Result<Response, Refusal> {
        let (token, scope) = self.granted(request)?;
        let seconds = self.seconds();
        // The guide's members in the guide's order, which a map would sort.
        let body = format!(
            r#"{{"access_token":{},"expires_in":{seconds},"token_type":"Bearer","scope":{}}}"#,
            json!(token),
            json!(scope)
        );
        let headers = vec![("Content-Type".into(), "application/json".into())];
        Ok(Response { status: 200, headers, body: body.into_bytes() })
    }

    fn seconds(&self) -> u64 {
        self.ttl.as_secs().max(1)
    }

    /// The token and its scope.
    fn granted(&self, request: &Request) -> Result<(String, String), Refusal> {
        let parameters = parameters(request)?;
        match parameters.get("grant_type").map(String::as_str) {
            Some("client_credentials") => {}
            Some(_) => return Err(("unsupported_grant_type", "only client_credentials is supported")),
            None => return Err(("invalid_request", "grant_type is missing")),
        }
        let client = self.authenticate(request, &parameters)?;
        let scope = granted_scope(client, parameters.get("scope").map(String::as_str))?;
        let signed = keys().sign(&self.claims(client, &scope));
        Ok((signed.map_err(|_| ("server_error", "no signature"))?, scope))
    }

    fn claims(&self, client: &RegisteredClient, scope: &str) -> serde_json::Value {
        let now = self.time.now().as_secs();
        let lifetime = Duration::from_secs(self.seconds());
        json!({
            "iss": self.issuer,
            "aud": audience(self.issuer),
            "client_id": client.client_id,
            "sub": client.client_id,
            "scope": scope,
            "iat": now,
            "nbf": now,
            "exp": now.saturating_add(self.seconds()),
            "jti": self.time.token_id(lifetime, &random_text()),
        })
    }

    /// One wording for an unknown client and a wrong secret: neither may be found out.
    fn authenticate(&self, request: &Request, parameters: &Parameters) -> Result<&RegisteredClient, Refusal> {
        const REFUSED: Refusal = ("invalid_client", "client authentication failed");
        let in_body = parameters.get("client_secret");
        let (client_id, client_secret) = match (request.header("authorization"), in_body) {
            (Some(_), Some(_)) => return Err(("invalid_request", "the client authenticates in two ways")),
            (Some(value), None) => basic(value).ok_or(REFUSED)?,
            (None, Some(secret)) => (parameters.get("client_id").ok_or(REFUSED)?.clone(), secret.clone()),
            (None, None) => return Err(REFUSED),
        };
        if client_id.chars().count() > LONGEST || client_secret.chars().count() > LONGEST {
            return Err(REFUSED);
        }
        let known = self.clients.iter().find(|client| client.client_id == client_id);
        known.filter(|client| client.client_secret == client_secret).ok_or(REFUSED)
    }
}

/// The client that a request names, whether it is known or not.
pub fn named_client(request: &Request) -> Option<String> {
    let in_header = request.header("authorization").and_then(basic).map(|(id, _)| id);
    in_header.or_else(|| parameters(request).ok()?.remove("client_id"))
}

/// Who the tokens are for.
pub fn audience(issuer: &str) -> String {
    format!("{issuer}/resources")
}

/// The form's parameters; a repeated one is refused and an empty one left out (RFC 6749 §3.2).
fn parameters(request: &Request) -> Result<Parameters, Refusal> {
    let kind = request.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(("invalid_request", "Content-Type is not application/x-www-form-urlencoded"));
    }
    let mut found = Parameters::new();
    for (name, value) in form_urlencoded::parse(&request.body) {
        if found.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(("invalid_request", "a parameter is repeated"));
        }
    }
    found.retain(|_, value| !value.is_empty());
    Ok(found)
}

/// Both parts are form-encoded (RFC 6749 §2.3.1).
fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.split_once(' ')?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':').filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let decode = |part: &str| {
        // A bare & would end the value early, and what follows it would count for nothing.
        let form = format!("x={}", part.replace('&', "%26"));
        let value = form_urlencoded::parse(form.as_bytes()).next().map(|(_, value)| value.into_owned());
        value.unwrap_or_default()
    };
    Some((decode(id), decode(secret)))
}

fn granted_scope(client: &RegisteredClient, asked: Option<&str>) -> Result<String, Refusal> {
    let Some(asked) = asked else { return Ok(client.scope.clone()) };
    let allowed: Vec<&str> = client.scope.split(' ').collect();
    if asked.split(' ').any(str::is_empty) {
        return Err(("invalid_scope", "scope is malformed"));
    }
    if asked.split(' ').any(|scope| !allowed.contains(&scope)) {
        return Err(("invalid_scope", "the client may not have this scope"));
    }
    Ok(asked.to_owned())
}
