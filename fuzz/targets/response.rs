//! Any answer of a server: no panic, a token if and only if a second reading finds one, and an error that tells neither
//! the secret nor a token nor a piece of the body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};
use xilnex_auth::clock::Reading;
use xilnex_auth::fuzzing::{Asked, access_token};
use xilnex_auth::secret::Secret;
use xilnex_auth::transport::HttpResponse;
use xilnex_auth::{AccessToken, Error, Kind};
use xilnex_auth_fuzz::answer;
use xilnex_auth_fuzz::json::Value;
use xilnex_auth_fuzz::leaks::{Canary, quotes, text_of};
use xilnex_auth_fuzz::token::{member, members, told};

/// Both have something to encode; the seeds repeat them.
const CLIENT_ID: &str = "till 7";
const SECRET: &str = "Zq7+&k/9=w";

static SENT_SECRET: LazyLock<Secret> = LazyLock::new(|| Secret::new(SECRET));
static CANARY: LazyLock<Canary> = LazyLock::new(|| Canary::new(CLIENT_ID, SECRET));

/// Bodies whose errors have nothing of the body to tell.
const BODIES: [&str; 15] = [
    "",
    "[]",
    "{}",
    "{\"access_token\": 1}",
    "{\"access_token\": \"\"}",
    "{\"access_token\": \"a\"}",
    "{\"access_token\": \"a\", \"token_type\": 1}",
    "{\"access_token\": \"a\", \"token_type\": \"Bearer\", \"scope\": 1}",
    "{\"access_token\": \"a\", \"token_type\": \"Bearer\", \"scope\": \"\\n\"}",
    "{\"access_token\": \"a\", \"token_type\": \"Bearer\", \"expires_in\": 0}",
    "{\"error\": \"invalid_client\"}",
    "{\"error\": \"invalid_scope\"}",
    "{\"error\": \"unauthorized_client\"}",
    "{\"error\": \"access_denied\"}",
    "{\"error\": \"unsupported_grant_type\"}",
];

/// What the errors of answers say that have nothing to be told.
static SENTENCES: LazyLock<String> = LazyLock::new(|| {
    let mut known = String::new();
    let read_members = ["access_token", "token_type", "expires_in", "scope", "error", "error_description"];
    for name in read_members {
        let answer = answer::read(format!("200\n\n{{\"{name}\": 1, \"{name}\": 2}}").as_bytes());
        known += &sentence(&answer);
    }
    for status in [200, 302, 401, 403, 404, 503] {
        known += &sentences(&answer::read(format!("{status}\ncontent-type: text/html\n\n").as_bytes()));
    }
    known
});

fn sentence(response: &HttpResponse) -> String {
    read(response).map_or_else(|error| text_of(&error), |_| String::new())
}

/// The same for answers with the status and the headers of this one.
fn sentences(response: &HttpResponse) -> String {
    let mut response = response.clone();
    let with = |body: &str| {
        response.body.clear();
        response.body.extend_from_slice(body.as_bytes());
        sentence(&response)
    };
    BODIES.map(with).concat()
}

fn read(response: &HttpResponse) -> Result<AccessToken, Error> {
    let sent = Reading { boot: Duration::ZERO, wall: SystemTime::UNIX_EPOCH };
    let asked =
        Asked { sent, scope: Some("coreapi"), client_secret: &SENT_SECRET, client_id: CLIENT_ID, draw: 0.5 };
    access_token(response, &asked)
}

fuzz_target!(|bytes: &[u8]| {
    let response = answer::read(bytes);
    match (read(&response), told(&response)) {
        (Ok(token), Some(told)) => {
            assert_eq!(token.value(), told.value);
            judge_scope(token.scope().expect("there is always one"), told.scope.as_deref());
            let total = token.lifetime().total().as_secs_f64();
            let bound = told.expires_in.or(told.claimed).unwrap_or(60.0);
            // Two readers of decimals may differ in the last bit, and so in a second.
            assert!(total > 0.0 && total <= bound + 1.0 && total <= 24.0 * 3600.0, "{total} of {bound}");
            let shown = format!("{token:?}").replace(token.scope().unwrap_or_default(), "");
            assert!(told.value.len() < 12 || !shown.contains(&told.value), "the token is in {shown}");
        }
        (Err(error), None) => judge(&response, &error),
        (found, expected) => panic!("{found:?} instead of {expected:?}"),
    }
});

/// A scope that brings back what is to be kept is none; one that is too short for that stays.
fn judge_scope(scope: &str, granted: Option<&str>) {
    let is_granted = Some(scope) == granted;
    assert!(is_granted || scope == "coreapi" && granted.is_none_or(|granted| granted.len() > 5), "{scope}");
    assert!(!CANARY.is_in(scope), "the secret is in {scope}");
}

fn judge(response: &HttpResponse, error: &Error) {
    assert!(matches!(error.kind(), Kind::Rejected | Kind::Unavailable | Kind::BadResponse));
    assert!(error.retry_after().is_none_or(|wait| wait <= Duration::from_secs(300)));
    let text = text_of(error);
    assert!(!CANARY.is_in(&text), "the secret is in {text}");
    let members = members(&response.body).unwrap_or_default();
    if let Some(Value::Text(token)) = member(&members, "access_token") {
        assert!(
            token.len() < 16 || SENTENCES.contains(token) || !text.contains(token),
            "a token is in {text}"
        );
    }
    // These two are told, cut, and without words that are none.
    let mut known = SENTENCES.clone();
    for name in ["error_description", "error"] {
        if let Some(Value::Text(words)) = member(&members, name) {
            known.push_str(": ");
            known.extend(words.chars().filter(|c| (' '..='~').contains(c) && *c != '"' && *c != '\\'));
            known.push('\n');
        }
    }
    assert!(text.len() < 1200, "{text}");
    // A body may hold by chance what is said of its status and headers anyway: seldom, and looking takes time.
    let is_quoted = |known: &str| quotes(&text, &response.body, known);
    assert!(
        !is_quoted(&known) || !is_quoted(&(known + &sentences(response))),
        "a piece of the body is in {text}"
    );
}
