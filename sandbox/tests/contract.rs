//! The sandbox over the wire, byte by byte: the guide's contract, its errors and the protected resource.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use xilnex_auth_sandbox::{Answer, Options, RegisteredClient, Sandbox};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const GOOD: &str = "grant_type=client_credentials&client_id=id&client_secret=secret";

fn sandbox(change: impl FnOnce(&mut Options)) -> Sandbox {
    let mut options = Options::default();
    options.clients[0] = RegisteredClient {
        client_id: "id".into(),
        client_secret: "secret".into(),
        scope: "coreapi reports".into(),
    };
    change(&mut options);
    Sandbox::start(options).unwrap()
}

fn send(sandbox: &Sandbox, bytes: &str) -> String {
    let mut stream = TcpStream::connect(sandbox.base_url().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(bytes.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // A scripted answer may end in a reset.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn post(sandbox: &Sandbox, path: &str, headers: &str, body: &str) -> String {
    send(
        sandbox,
        &format!("POST {path} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len()),
    )
}

fn get(sandbox: &Sandbox, path: &str, headers: &str) -> String {
    send(sandbox, &format!("GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n"))
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn member(answer: &str, name: &str) -> String {
    let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
    let value: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    value[name].as_str().map_or_else(|| value[name].to_string(), str::to_owned)
}

fn token(sandbox: &Sandbox) -> String {
    member(&post(sandbox, "/connect/token", FORM, GOOD), "access_token")
}

#[test]
fn the_guides_request_gets_the_guides_answer() {
    let sandbox = sandbox(|_| {});
    let answer = post(&sandbox, "/connect/token", FORM, GOOD);
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("Cache-Control: no-store"),
        "{answer}"
    );
    let body = answer.split("\r\n\r\n").nth(1).unwrap();
    let order: Vec<usize> =
        ["access_token", "expires_in\":3600", "token_type\":\"Bearer\"", "scope\":\"coreapi reports\""]
            .map(|text| body.find(text).unwrap())
            .into();
    assert!(order.is_sorted(), "{body}");
    let recorded = &sandbox.requests()[0];
    assert_eq!((recorded.method.as_str(), recorded.body.as_slice()), ("POST", GOOD.as_bytes()));
    assert!(recorded.head.starts_with(b"POST /connect/token HTTP/1.1\r\n"));
}

#[test]
fn every_refusal_has_its_code_and_status_400() {
    let sandbox = sandbox(|_| {});
    let long = format!("grant_type=client_credentials&client_id={}&client_secret=secret", "x".repeat(101));
    for (headers, body, code) in [
        ("", GOOD, "invalid_request"),
        ("Content-Type: application/json\r\n", GOOD, "invalid_request"),
        (FORM, "client_id=id&client_secret=secret", "invalid_request"),
        (FORM, "grant_type=&client_id=id&client_secret=secret", "invalid_request"),
        (FORM, "grant_type=password&client_id=id&client_secret=secret", "unsupported_grant_type"),
        (FORM, "grant_type=client_credentials&client_id=id", "invalid_client"),
        (FORM, "grant_type=client_credentials&client_id=id&client_secret=wrong", "invalid_client"),
        (FORM, "grant_type=client_credentials&client_id=other&client_secret=secret", "invalid_client"),
        (FORM, &long, "invalid_client"),
        (FORM, &format!("{GOOD}&client_id=id"), "invalid_request"),
        (FORM, &format!("{GOOD}&scope=other"), "invalid_scope"),
        (FORM, &format!("{GOOD}&scope=coreapi++reports"), "invalid_scope"),
        (&format!("{FORM}Authorization: Basic aWQ6c2VjcmV0\r\n"), GOOD, "invalid_request"),
        (
            &format!("{FORM}Authorization: Basic aWQ6d3Jvbmc=\r\n"),
            "grant_type=client_credentials",
            "invalid_client",
        ),
        (&format!("{FORM}Authorization: Basic !!\r\n"), "grant_type=client_credentials", "invalid_client"),
    ] {
        let answer = post(&sandbox, "/connect/token", headers, body);
        assert_eq!((status(&answer), member(&answer, "error").as_str()), (400, code), "{headers}{body}");
        assert!(!answer.contains("secret=") && !answer.contains("wrong"), "{answer}");
    }
}

#[test]
fn what_else_is_a_good_request() {
    let sandbox = sandbox(|_| {});
    for (headers, body) in [
        ("Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n", GOOD.to_owned()),
        (FORM, format!("{GOOD}&scope=reports")),
        (FORM, format!("{GOOD}&scope=")),
        (&format!("{FORM}Authorization: Basic aWQ6c2VjcmV0\r\n"), "grant_type=client_credentials".to_owned()),
    ] {
        assert_eq!(status(&post(&sandbox, "/connect/token", headers, &body)), 200, "{headers}{body}");
    }
    let chunked = format!(
        "POST /connect/token HTTP/1.1\r\n{FORM}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{GOOD}\r\n0\r\n\r\n",
        GOOD.len()
    );
    assert_eq!(status(&send(&sandbox, &chunked)), 200);
}

#[test]
fn special_characters_arrive_as_they_are() {
    let sandbox = sandbox(|options| {
        options.clients[0].client_id = "a&b=c+d %é".into();
        options.clients[0].client_secret = "x/y?z:ü".into();
    });
    let body =
        "grant_type=client_credentials&client_id=a%26b%3Dc%2Bd+%25%C3%A9&client_secret=x%2Fy%3Fz%3A%C3%BC";
    assert_eq!(status(&post(&sandbox, "/connect/token", FORM, body)), 200);
}

#[test]
fn the_resource_takes_good_tokens_only() {
    let sandbox = sandbox(|_| {});
    let good = token(&sandbox);
    let (head, signature) = good.rsplit_once('.').unwrap();
    for (header, expected) in [
        (String::new(), 401),
        (format!("Authorization: Bearer {good}\r\n"), 200),
        (format!("Authorization: bearer {good}\r\n"), 200),
        (format!("Authorization: Basic {good}\r\n"), 401),
        ("Authorization: Bearer nonsense\r\n".into(), 401),
        (format!("Authorization: Bearer {head}AA.{signature}\r\n"), 401),
    ] {
        assert_eq!(status(&get(&sandbox, "/data", &header)), expected, "{header}");
    }
    let authorized = format!("Authorization: Bearer {good}\r\nContent-Type: application/json\r\n");
    assert_eq!(member(&post(&sandbox, "/data", &authorized, r#"[{"a":1},{"a":2}]"#), "accepted"), "2");
    assert_eq!(status(&post(&sandbox, "/data", &authorized, "nonsense")), 400);
    assert!(get(&sandbox, "/data", &authorized).ends_with(r#"{"client_id":"id","rows":[{"a":1},{"a":2}]}"#));
}

#[test]
fn a_token_of_another_sandbox_and_an_expired_one_are_refused() {
    let (first, second) = (sandbox(|_| {}), sandbox(|options| options.ttl = Duration::from_secs(1)));
    let header = |token: &str| format!("Authorization: Bearer {token}\r\n");
    assert_eq!(status(&get(&second, "/data", &header(&token(&first)))), 401);
    let short = token(&second);
    assert_eq!(status(&get(&second, "/data", &header(&short))), 200);
    std::thread::sleep(Duration::from_millis(2100));
    assert!(get(&second, "/data", &header(&short)).contains("invalid_token"));
}

#[test]
fn time_put_forward_and_revoking_end_the_tokens_before() {
    let sandbox = sandbox(|_| {});
    let token = || member(&post(&sandbox, "/connect/token", FORM, GOOD), "access_token");
    let is_good =
        |token: &str| status(&get(&sandbox, "/data", &format!("Authorization: Bearer {token}\r\n"))) == 200;
    let first = token();
    assert!(is_good(&first));
    sandbox.advance(Duration::from_secs(3600));
    assert!(!is_good(&first));
    let second = token();
    assert!(is_good(&second));
    sandbox.revoke_tokens();
    assert!(!is_good(&second) && is_good(&token()));
}

#[test]
fn discovery_tells_where_things_are() {
    let sandbox = sandbox(|_| {});
    let metadata = get(&sandbox, "/.well-known/openid-configuration", "");
    assert_eq!(member(&metadata, "token_endpoint"), format!("{}/connect/token", sandbox.base_url()));
    assert!(get(&sandbox, "/.well-known/jwks.json", "").contains(r#""kty":"RSA""#));
    assert_eq!(status(&get(&sandbox, "/nowhere", "")), 404);
    assert_eq!(status(&get(&sandbox, "/connect/token", "")), 405);
}

#[test]
fn a_script_is_used_up_in_order() {
    let script = ["close", r#"{"raw":"junk"}"#, r#"{"status":503,"headers":{"Retry-After":"7"}}"#, "normal"];
    let answer = |text: &str| {
        let value = serde_json::from_str(text).unwrap_or_else(|_| serde_json::Value::from(text));
        Answer::from_json(&value).unwrap()
    };
    let sandbox = sandbox(|options| options.script = script.map(answer).into());
    let next = || post(&sandbox, "/connect/token", FORM, GOOD);
    assert_eq!(next(), "");
    assert_eq!(next(), "junk");
    assert!(next().contains("Retry-After: 7"));
    assert_eq!((status(&next()), status(&next())), (200, 200));
    let counters = get(&sandbox, "/sandbox", "");
    assert_eq!(member(&counters, "token_requests"), "5");
    assert_eq!(member(&counters, "token_requests_by_client"), r#"{"id":5}"#);
}

#[test]
fn stopping_cuts_a_silent_connection_and_frees_the_port() {
    let sandbox = sandbox(|options| options.script = vec![Answer::Silent]);
    let (address, started) = (sandbox.base_url().trim_start_matches("http://").to_owned(), Instant::now());
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(stream, "POST /connect/token HTTP/1.1\r\n{FORM}Content-Length: {}\r\n\r\n{GOOD}", GOOD.len())
        .unwrap();
    while sandbox.token_requests() == 0 {
        std::thread::sleep(Duration::from_millis(1));
    }
    sandbox.stop();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(rest.is_empty() && started.elapsed() < Duration::from_secs(10));
    assert!(TcpStream::connect(&address).is_err());
}

#[test]
fn junk_is_refused_and_harms_nothing() {
    let sandbox = sandbox(|_| {});
    assert_eq!(status(&send(&sandbox, "\u{16}\u{3}\u{1} junk\r\n\r\n")), 400);
    assert_eq!(status(&send(&sandbox, "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n")), 400);
    assert_eq!(status(&post(&sandbox, "/connect/token", FORM, GOOD)), 200);
}
