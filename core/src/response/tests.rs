//! Tables and properties of the token response.

use super::*;
use proptest::prelude::*;
use std::time::SystemTime;

fn answer(status: u16, body: impl Into<Vec<u8>>) -> HttpResponse {
    HttpResponse { status, body: Zeroizing::new(body.into()), ..HttpResponse::default() }
}

fn read(response: &HttpResponse) -> Result<AccessToken, Error> {
    let sent = Reading { boot: Duration::ZERO, wall: SystemTime::UNIX_EPOCH };
    let client_secret = Secret::new("canary");
    access_token(
        response,
        &Asked { sent, scope: Some("asked"), client_secret: &client_secret, client_id: "till-7", draw: 0.5 },
    )
}

fn lifetime_of(expires_in: &str) -> Option<u64> {
    let body = format!(r#"{{"access_token":"t","token_type":"Bearer","expires_in":{expires_in}}}"#);
    read(&answer(200, body)).ok().map(|token| token.lifetime().total().as_secs())
}

#[test]
fn the_guides_answer() {
    let body = r#"{"access_token": "abc.def-_~+/==", "expires_in": 3600, "token_type": "Bearer", "scope": "coreapi"}"#;
    let token = read(&answer(200, body)).unwrap();
    assert_eq!((token.value(), token.scope()), ("abc.def-_~+/==", Some("coreapi")));
    assert_eq!(token.lifetime().total(), Duration::from_secs(3600));
}

#[test]
fn what_is_tolerated() {
    for body in [
        "\u{feff}{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":60}",
        r#"{"access_token":"t","token_type":"bEaReR","expires_in":60,"refresh_token":"r","x":{"y":[1]},"x":2}"#,
        r#"{"access_token":"t","token_type":"Bearer","expires_in":60,"scope":null}"#,
    ] {
        let token = read(&answer(200, body)).unwrap();
        assert_eq!((token.value(), token.scope()), ("t", Some("asked")), "{body}");
    }
}

#[test]
fn lifetimes() {
    for (text, seconds) in [
        ("3600", Some(3600)),
        ("\"3600\"", Some(3600)),
        ("3600.5", Some(3600)),
        ("1", Some(1)),
        ("1e3", Some(1000)),
        ("1000000000000", Some(86400)),
        ("18446744073709551616", Some(86400)),
        ("\"99999999999999999999999\"", Some(86400)),
        ("0", None),
        ("-0.0", None),
        ("0.5", None),
        ("-5", None),
        ("null", None),
        ("true", None),
        ("\"\"", None),
        ("\"soon\"", None),
        ("\"-5\"", None),
        ("1e400", None),
        ("[]", None),
    ] {
        assert_eq!(lifetime_of(text), seconds, "expires_in {text}");
    }
}

#[test]
fn the_shorter_of_claims_and_expires_in_counts() {
    for (iat, exp, expires_in, lifetime) in
        [(1000, 1300, 3600, 300), (1000, 4600, 1800, 1800), (1000, 900, 1800, 1800)]
    {
        let token = format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(format!(r#"{{"iat":{iat},"exp":{exp}}}"#)));
        let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{expires_in}}}"#);
        assert_eq!(read(&answer(200, body)).unwrap().lifetime().total().as_secs(), lifetime);
    }
}

#[test]
fn without_expires_in_the_claims_decide_else_a_minute() {
    let jwt = |claims: &str| format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims));
    for (token, seconds) in [
        (jwt(r#"{"iat":1000,"exp":1300}"#), 300),
        (jwt(r#"{"iat":1000,"exp":900}"#), 60),
        (jwt(r#"{"exp":1300}"#), 60),
        (jwt("not json"), 60),
        ("opaque".to_owned(), 60),
        ("a.b.c".to_owned(), 60),
    ] {
        let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer"}}"#);
        assert_eq!(
            read(&answer(200, body)).unwrap().lifetime().total(),
            Duration::from_secs(seconds),
            "{token}"
        );
    }
}

#[test]
fn malformed_answers_are_bad_responses() {
    let long = format!(r#"{{"access_token":"{}","token_type":"Bearer"}}"#, "x".repeat(MAX_TOKEN_LENGTH + 1));
    let deep = format!(r#"{{"x":{}1{}}}"#, "[".repeat(20), "]".repeat(20));
    for (body, word) in [
        ("", "not JSON"),
        ("<html>", "not JSON"),
        ("[]", "not an object"),
        (r#""canary""#, "not an object"),
        (r#"{"access_token":"t","access_token":"t","token_type":"Bearer"}"#, "access_token is given twice"),
        (
            r#"{"access_token":"t","access_\u0074oken":"u","token_type":"Bearer"}"#,
            "access_token is given twice",
        ),
        (
            r#"{"access_token":"t","token_type":"Bearer","expires_in":1,"expires_in":99}"#,
            "expires_in is given twice",
        ),
        ("{} {}", "not JSON"),
        (r#"{"token_type":"Bearer"}"#, "access_token is missing"),
        (r#"{"access_token":null,"token_type":"Bearer"}"#, "not a string"),
        (r#"{"access_token":"","token_type":"Bearer"}"#, "empty"),
        (r#"{"access_token":"a b","token_type":"Bearer"}"#, "no token may have"),
        (r#"{"access_token":"a\r\nX: y","token_type":"Bearer"}"#, "no token may have"),
        (r#"{"access_token":"é","token_type":"Bearer"}"#, "no token may have"),
        (r#"{"access_token":"t"}"#, "token_type is missing"),
        (r#"{"access_token":"t","token_type":"mac"}"#, "not Bearer"),
        (r#"{"access_token":"t","token_type":"Bearer "}"#, "not Bearer"),
        (r#"{"access_token":"t","token_type":7}"#, "not Bearer"),
        (r#"{"access_token":"t","token_type":"Bearer","scope":7}"#, "scope"),
        (r#"{"access_token":"t","token_type":"Bearer","scope":"a\r\nb"}"#, "control"),
        (&long, "longer"),
        (&deep, "deeper"),
    ] {
        let told = read(&answer(200, body)).unwrap_err();
        assert_eq!((told.kind(), told.http_status()), (Kind::BadResponse, Some(200)), "{body}");
        assert!(told.message().contains(word), "{body}: {told}");
    }
    assert_eq!(read(&answer(200, vec![b'{', 0xff])).unwrap_err().kind(), Kind::BadResponse);
    let mut encoded = answer(200, "{}");
    encoded.content_encoding = Some("gzip".into());
    assert!(read(&encoded).unwrap_err().message().contains("encoded"));
}

#[test]
fn classification() {
    let json = |code: &str| format!(r#"{{"error":"{code}"}}"#);
    for (status, body, kind) in [
        (400, json("invalid_client"), Kind::Rejected),
        (401, json("invalid_client"), Kind::Rejected),
        (200, json("invalid_scope"), Kind::Rejected),
        (503, json("invalid_client"), Kind::Rejected),
        (400, json("made_up_by_the_server"), Kind::Rejected),
        (503, json("temporarily_unavailable"), Kind::Unavailable),
        (403, String::new(), Kind::Rejected),
        (401, "<html>".into(), Kind::Rejected),
        (408, String::new(), Kind::Unavailable),
        (429, String::new(), Kind::Unavailable),
        (500, "<html>".into(), Kind::Unavailable),
        (400, "<html>".into(), Kind::BadResponse),
        (404, String::new(), Kind::BadResponse),
        (204, String::new(), Kind::BadResponse),
        (201, String::new(), Kind::BadResponse),
        (307, String::new(), Kind::BadResponse),
        (400, r#"{"error":7}"#.into(), Kind::BadResponse),
    ] {
        assert_eq!(read(&answer(status, body.clone())).unwrap_err().kind(), kind, "{status} {body}");
    }
}

#[test]
fn a_refusal_tells_the_code_and_the_description_but_never_the_secret() {
    let told =
        read(&answer(400, r#"{"error":"invalid_scope","error_description":"no \"such\" scope\u0007"}"#))
            .unwrap_err();
    assert_eq!(told.oauth_error(), Some("invalid_scope"));
    assert!(told.message().ends_with("invalid_scope: no such scope"), "{told}");
}

#[test]
fn a_secret_that_the_server_repeats_is_left_out_however_it_is_spelled() {
    let sent = Reading { boot: Duration::ZERO, wall: SystemTime::UNIX_EPOCH };
    let client_secret = Secret::new("canary s/e+c\"r é");
    let asked = Asked { sent, scope: None, client_secret: &client_secret, client_id: "till-7", draw: 0.5 };
    for echo in [
        "canary s/e+c\"r é",
        "not canary s/e+c\"r é, sorry",
        "canary s/e+cr ",
        "ca\"nary s/\\e+cr ",
        "CANARY S/E+CR ",
        "canary+s%2Fe%2Bc%22r+%C3%A9",
        "canary+s%2fe%2bc%22r+%c3%a9",
        "canary%20s%2Fe%2Bc%22r%20%C3%A9",
        "canary+s%252Fe%252Bc%2522r+%25C3%25A9",
        "canary s/e+c&quot;r é",
        "canary s/e+c&amp;quot;r é",
        "%63anary s/e+c%22r é",
        "base64 Y2FuYXJ5IHMvZStjInIgw6k=",
        "bad header Basic dGlsbC03OmNhbmFyeSBzL2UrYyJyIMOp",
        "bad header Basic dGlsbC03OmNhbmFyeStzJTJGZSUyQmMlMjJyKyVDMyVBOQ",
    ] {
        let body = serde_json::json!({"error": "invalid_client", "error_description": echo}).to_string();
        let told = access_token(&answer(400, body), &asked).unwrap_err();
        assert_eq!(told.message(), "the server refused the token request: invalid_client", "{echo}");
        let body = serde_json::json!({"error": echo}).to_string();
        let told = access_token(&answer(400, body), &asked).unwrap_err();
        assert_eq!((told.message(), told.oauth_error()), ("the server refused the token request", None));
    }
}

#[test]
fn a_word_of_the_standard_is_told_whatever_the_secret_is() {
    let sent = Reading { boot: Duration::ZERO, wall: SystemTime::UNIX_EPOCH };
    for secret in ["client", "i", "CLIENT", "漢字", "\"\\\""] {
        let client_secret = Secret::new(secret);
        let asked =
            Asked { sent, scope: None, client_secret: &client_secret, client_id: "till-7", draw: 0.5 };
        let body = r#"{"error":"invalid_client","error_description":"nope"}"#;
        let told = access_token(&answer(401, body), &asked).unwrap_err();
        assert_eq!(told.oauth_error(), Some("invalid_client"), "{secret}");
    }
}

#[test]
fn an_unavailable_server_may_say_why() {
    let body = r#"{"error":"temporarily_unavailable","error_description":"maintenance"}"#;
    let told = read(&answer(503, body)).unwrap_err();
    assert_eq!((told.kind(), told.oauth_error()), (Kind::Unavailable, Some("temporarily_unavailable")));
    assert!(told.message().ends_with("(status 503): temporarily_unavailable: maintenance"), "{told}");
}

#[test]
fn a_status_that_tells_enough_needs_no_body() {
    for (status, kind) in [
        (200, Kind::Timeout),
        (400, Kind::Timeout),
        (307, Kind::BadResponse),
        (401, Kind::Rejected),
        (403, Kind::Rejected),
        (404, Kind::BadResponse),
        (429, Kind::Unavailable),
        (503, Kind::Unavailable),
    ] {
        let mut response = answer(status, "");
        response.retry_after = Some("7".into());
        response.broken = Some(Error::new(Kind::Timeout, "the body did not come"));
        let told = read(&response).unwrap_err();
        assert_eq!(told.kind(), kind, "{status}");
        let wait = (kind == Kind::Unavailable).then_some(Duration::from_secs(7));
        assert_eq!(told.retry_after(), wait, "{status}");
    }
}

#[test]
fn retry_after_in_seconds_and_as_a_date() {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (text, date, seconds) in [
        ("7", None, Some(7)),
        ("1000000000000", None, Some(300)),
        ("99999999999999999999999", None, Some(300)),
        ("Sun, 06 Nov 1994 08:49:47 GMT", Some(date), Some(10)),
        ("Sun, 06 Nov 1994 08:49:27 GMT", Some(date), Some(0)),
        ("Thu, 01 Jan 1970 00:00:20 GMT", None, Some(20)), // by our clock
        ("Sun, 06 Nov 1994 08:49:47 GMT", None, Some(300)),
        ("-5", None, None),
        ("soon", None, None),
    ] {
        let mut response = answer(503, "");
        response.retry_after = Some(text.into());
        response.date = date.map(Into::into);
        assert_eq!(read(&response).unwrap_err().retry_after(), seconds.map(Duration::from_secs), "{text}");
    }
}

proptest! {
    #[test]
    fn no_body_panics(status in 100u16..600, body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&answer(status, body));
    }

    #[test]
    fn an_accepted_token_is_safe_in_a_header(text in "\\PC{0,40}") {
        let body = serde_json::json!({"access_token": text, "token_type": "Bearer", "expires_in": 60}).to_string();
        if let Ok(token) = read(&answer(200, body)) {
            prop_assert!(token.value().bytes().all(|b| b.is_ascii_graphic()));
        }
    }
}
