//! Tables and properties of the token response.

use super::*;
use proptest::prelude::*;

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
        ("-1e400", None),
        ("1e-400", None),
        ("-0", None),
        ("-1", None),
        ("1e300", Some(86400)),
        ("9223372036854775808", Some(86400)),
        ("\"03600\"", Some(3600)),
        ("\"3600.5\"", None),
        ("\" 3600\"", None),
        ("\"+3600\"", None),
        ("\"\\u0663\"", None), // a digit of another script
        ("{}", None),
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
        (r#"{"access_token":"\ud800","token_type":"Bearer"}"#, "not JSON"),
        (r#"{"access_token":"\udc00\ud800","token_type":"Bearer"}"#, "not JSON"),
        (r#"{"access_token":"a\u0000","token_type":"Bearer"}"#, "no token may have"),
        ("{\"access_token\":\"a\u{0}\",\"token_type\":\"Bearer\"}", "not JSON"),
        ("{\"access_token\":\"a\u{feff}\",\"token_type\":\"Bearer\"}", "no token may have"),
        ("\u{feff}\u{feff}{}", "not JSON"),
        (r#"{"access_token":"t","token_type":"Bearer"} trailing"#, "not JSON"),
        (r#"{"access_token":"t","token_type":"Bearer"}{"access_token":"t"}"#, "not JSON"),
        (r#"{"access_token":"t","token_type":"Bearer",}"#, "not JSON"),
        (r#"{"access_token":"t","token_type":"Bearer","expires_in":NaN}"#, "not JSON"),
        (r#"{"access_token":"t","token_type":"Bearer","expires_in":03600}"#, "not JSON"),
        (r#"{"access_token":"t","token_type":"Bearer","expires_in":+3600}"#, "not JSON"),
        (r#"{"access_token":["t"],"token_type":"Bearer"}"#, "not a string"),
        (r#"{"access_token":"t","token_type":"bearer "}"#, "not Bearer"),
        (r#"{"access_token":"t","token_type":" bearer"}"#, "not Bearer"),
        (r#"{"access_token":"t","token_type":"DPoP"}"#, "not Bearer"),
        (r#"{"access_token":"t","token_type":null}"#, "not Bearer"),
        (&long, "longer"),
        (&deep, "deeper"),
    ] {
        let told = read(&answer(200, body)).unwrap_err();
        assert_eq!((told.kind(), told.http_status()), (Kind::BadResponse, Some(200)), "{body}");
        assert!(told.message().contains(word), "{body}: {told}");
    }
    let utf_16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        r#"\u{feff}{"access_token":"t","token_type":"Bearer"}"#.encode_utf16().flat_map(bytes).collect()
    };
    let utf_16 = [utf_16(u16::to_le_bytes), utf_16(u16::to_be_bytes)];
    for bytes in [vec![b'{', 0xff], b"{\"access_token\":\"\xc0\x80\"}".to_vec()].into_iter().chain(utf_16) {
        assert_eq!(read(&answer(200, bytes)).unwrap_err().kind(), Kind::BadResponse);
    }
    let mut encoded = answer(200, "{}");
    encoded.content_encoding = Some("gzip".into());
    assert!(read(&encoded).unwrap_err().message().contains("encoded"));
}

#[test]
fn what_is_deep_or_wide_takes_little_of_the_stack() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    let wide =
        format!(r#"{{{}"x":1}}"#, (0..100_000).map(|index| format!(r#""m{index}":1,"#)).collect::<String>());
    let long = format!(r#"{{"x":"{}"}}"#, "y".repeat(1 << 20));
    let bodies = [
        (deep("[", "]"), "deeper"),
        (deep(r#"{"x":"#, "}"), "deeper"),
        (format!(r#"{{"x":{}}}"#, deep("[[", "]]")), "deeper"),
        (wide, "access_token is missing"),
        (long, "access_token is missing"),
    ];
    let small = std::thread::Builder::new().stack_size(64 * 1024);
    let read_all = move || {
        for (body, word) in bodies {
            let told = read(&answer(200, body)).unwrap_err();
            assert!(told.message().contains(word), "{told}");
        }
    };
    small.spawn(read_all).unwrap().join().unwrap();
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
        read(&answer(400, r#"{"error":"invalid_scope","error_description":" no \"such\" scope\u0007 "}"#))
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
        "63616e61727920732f652b63227220c3a9",
        "bytes 63616E61727920732F652B63227220C3A9.",
        "\\u0063\\u0061nary s\\u002fe+c\\u0022r \\u00e9",
        "\\x63anary s\\x2Fe+c\\x22r \\xe9",
        "&#99;&#97;nary s/e+c&#34;r &#233;",
        "&#x63;&#X61;nary s&#x2f;e+c&#x22;r &#xE9;",
        "&#0000099anary s/e+c&#34r &#233",
        "&amp;#99;anary s/e+c&amp;quot;r &amp;#233;",
        "%26%2399%3Banary%20s/e%2Bc%22r%20%C3%A9",
        "&#37;63anary s/e+c%22r &eacute;",
        "canary%\\20s%\"2Fe%2\\Bc%22r%20%C3%A9",
        "canary%20s%25%5C2Fe%2Bc%22r%20%C3%A9",
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
fn what_is_no_word_is_left_out_of_a_message() {
    let jwt = format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(r#"{"iat":1000,"exp":1300}"#));
    let word = "x".repeat(32);
    for (text, shown) in [
        ("no such scope", "no such scope".to_owned()),
        (&word, word.clone()),
        (&format!("{word}x"), "...".into()),
        (&format!("the token {jwt} is over"), "the token ... is over".into()),
        (&format!("({jwt}), {jwt};"), "(...), ...;".into()),
        (&format!("id {}", "0123456789abcdef".repeat(3)), "id ...".into()),
        (&format!("id {}==", "Zm9v/+Jh".repeat(5)), "id ...".into()),
        (&format!("id {}", "%41".repeat(20)), "id ...".into()),
        // What is not shown holds nothing apart.
        (&format!("{0}\u{7}{0}", "x".repeat(20)), "...".into()),
        (&format!("{0}\"{0}", "x".repeat(20)), "...".into()),
        (&"a word ".repeat(100), "a word ".repeat(37)[..256].into()),
    ] {
        let body = serde_json::json!({"error": "invalid_scope", "error_description": text}).to_string();
        let told = read(&answer(400, body)).unwrap_err();
        assert_eq!(told.message(), format!("the server refused the token request: invalid_scope: {shown}"));
        let body = serde_json::json!({"error": text}).to_string();
        let code = read(&answer(400, body)).unwrap_err().oauth_error().map(str::to_owned);
        assert_eq!(code.is_none(), shown.contains("..."), "{text}");
    }
}

#[test]
fn a_token_beside_an_error_is_kept_from_its_words() {
    for name in ["access_token", "refresh_token", "id_token"] {
        let body = serde_json::json!({"error": "invalid_scope", name: "short-one", "error_description": "for SHORT%2done"});
        let told = read(&answer(400, body.to_string())).unwrap_err();
        assert_eq!(told.message(), "the server refused the token request: invalid_scope");
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
        ("Thu, 01 Jan 1970 00:00:20 GMT", Some("the day before yesterday"), Some(20)), // as if there were none
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
    fn no_answer_panics(
        status in 100u16..600, body in proptest::collection::vec(any::<u8>(), 0..200),
        date in "(Sun|Fri), [0-9]{2} (Feb|Dec) [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT|\\PC{0,40}",
    ) {
        let (retry_after, date) = (Some(date.clone()), Some(date));
        let _ = read(&HttpResponse { retry_after, date, ..answer(status, body) });
    }

    #[test]
    fn an_accepted_token_is_safe_in_a_header(text in "\\PC{0,40}") {
        let body = serde_json::json!({"access_token": text, "token_type": "Bearer", "expires_in": 60}).to_string();
        if let Ok(token) = read(&answer(200, body)) {
            prop_assert!(token.value().bytes().all(|b| b.is_ascii_graphic()));
        }
    }
}
