//! What the transport makes of what a hostile or broken server writes, over sockets of its own.

mod server;

use server::{Ending, Server};
use std::time::{Duration, Instant};
use xilnex_auth::{Client, Config, Error};

/// What a token is asked for with, over plain http.
fn client(server: &Server) -> Client {
    client_with(server, "5")
}

fn client_with(server: &Server, timeout: &str) -> Client {
    client_of(&server.base_url(), server.ca_file(), timeout)
}

fn client_of(base_url: &str, ca_file: Option<&str>, timeout: &str) -> Client {
    let mut config = Config::new();
    for (name, text) in
        [("client_id", "till-7"), ("client_secret", "canary"), ("base_url", base_url), ("timeout", timeout)]
    {
        config.set(name, text).unwrap();
    }
    if let Some(path) = ca_file {
        config.set("ca_file", path).unwrap();
    }
    Client::new(config).unwrap()
}

/// The token, or the id of the error's kind.
fn outcome(asked: Result<String, Error>) -> String {
    asked.unwrap_or_else(|error| error.kind().id().to_owned())
}

/// A body that is a whole token response.
const BODY: &str = r#"{"access_token":"t","token_type":"Bearer","expires_in":3600}"#;

/// An answer with these header lines and this body.
fn answer(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}\r\n{body}")
}

/// An answer whose body is whole, of the right length, besides these header lines.
fn sized(headers: &str) -> String {
    answer(&format!("{headers}Content-Length: {}\r\n", BODY.len()), BODY)
}

/// The body in chunks, with this text for the size of its one chunk.
fn chunked(size: &str, rest: &str) -> String {
    answer("Transfer-Encoding: chunked\r\n", &format!("{size}\r\n{BODY}\r\n{rest}"))
}

fn size() -> String {
    format!("{:x}", BODY.len())
}

fn expect(answer: &str, expected: &str) {
    let server = Server::plain(answer.as_bytes(), Ending::Clean);
    let told = client(&server).get_token();
    let shown = format!("{told:?}");
    let start: String = answer.chars().take(400).collect();
    assert_eq!(outcome(told), expected, "{start:?} {shown}");
    // Nothing is asked again but what was torn.
    assert_eq!(server.connections(), if expected == "unavailable" { 3 } else { 1 }, "{start:?}");
}

#[test]
fn what_is_whole_is_read() {
    let length = BODY.len();
    for answer in [
        sized(""),
        sized("Content-Encoding: identity\r\n"),
        sized("Connection: keep-alive\r\nKeep-Alive: timeout=60\r\n"),
        sized("Set-Cookie: a=b\r\nStrict-Transport-Security: max-age=1\r\nAlt-Svc: h3=\":1\"\r\n"),
        answer(&format!("content-LENGTH:{length}\r\n"), BODY),
        answer(&format!("Content-Length: 000{length}\r\n"), BODY),
        chunked(&size(), "0\r\n\r\n"),
        chunked(&size().to_uppercase(), "000\r\n\r\n"),
        chunked(&format!("0{}", size()), "0\r\n\r\n"),
        chunked(&format!("{};a=b", size()), "0;c\r\n\r\n"),
        chunked(&size(), "0\r\nTrailer: nobody reads it\r\n\r\n"),
        answer("transfer-encoding: Chunked\r\n", &format!("{}\r\n{BODY}\r\n0\r\n\r\n", size())),
        // Whoever closes the connection says how long the body was.
        answer("", BODY),
        format!("HTTP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n{BODY}"),
        format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n{}", sized("")),
    ] {
        expect(&answer, "t");
    }
}

#[test]
fn what_contradicts_itself_is_no_answer() {
    let length = BODY.len();
    for headers in [
        format!("Content-Length: {length}\r\nContent-Length: {length}\r\n"),
        format!("Content-Length: {length}\r\nContent-Length: 1\r\n"),
        format!("Content-Length: {length}, {length}\r\n"),
        format!("Content-Length: +{length}\r\n"),
        "Content-Length: -1\r\n".into(),
        "Content-Length: \r\n".into(),
        "Content-Length: all of it\r\n".into(),
        "Content-Length: 0x3c\r\n".into(),
        "Content-Length: 99999999999999999999999\r\n".into(),
        format!("Content-Length: {length}\r\nTransfer-Encoding: identity\r\n"),
        "Transfer-Encoding: gzip\r\n".into(),
        "Transfer-Encoding: identity\r\n".into(),
        format!("Content-Length: {length}\r\nContent-Encoding: gzip\r\n"),
        format!("Content-Length: {length}\r\nContent-Encoding: identity\r\nContent-Encoding: identity\r\n"),
        format!("Content-Length: {length}\r\nContent-Encoding: identity\r\nContent-Encoding: gzip\r\n"),
        format!("Content-Length: {length}\r\nContent-Encoding: gz\u{fc}p\r\n"),
        format!("Content-Length: {length}\r\nContent-Encoding: identity, identity\r\n"),
        format!("Content-Length: {length}\r\nX-Folded: a\r\n b\r\n"),
        format!(" Content-Length: {length}\r\n"),
        format!("Content-Length : {length}\r\n"),
        format!("Content-Length: {length}\r\nX-Nul: a\0b\r\n"),
        format!("Content-Length: {length}\r\nNo colon here\r\n"),
        format!("Content-Length: {length}\r\nX-Return: a\rb\r\n"),
    ] {
        expect(&answer(&headers, BODY), "bad_response");
    }
    let in_chunks = format!("{}\r\n{BODY}\r\n0\r\n\r\n", size());
    for headers in [
        format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"),
        "Transfer-Encoding: gzip, chunked\r\n".into(),
        "Transfer-Encoding: chunked, chunked\r\n".into(),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n".into(),
        "Transfer-Encoding: chunked;q=1\r\n".into(),
        "Transfer-Encoding: xchunked\r\n".into(),
    ] {
        expect(&answer(&headers, &in_chunks), "bad_response");
    }
    expect(&format!("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{in_chunks}"), "bad_response");
}

#[test]
fn chunks_that_are_none() {
    let size = size();
    for wrong in [
        format!("+{size}"),
        format!("-{size}"),
        format!("0x{size}"),
        format!(" {size}"),
        "".into(),
        "z".into(),
    ] {
        expect(&chunked(&wrong, "0\r\n\r\n"), "bad_response");
    }
    expect(&chunked("ffffffffffffffffff", "0\r\n\r\n"), "bad_response");
    expect(&chunked(&size, "-0\r\n\r\n"), "bad_response");
    expect(&answer("Transfer-Encoding: chunked\r\n", &format!("{size}\r\n{BODY}0\r\n\r\n")), "bad_response");
}

#[test]
fn what_is_no_http_1() {
    for answer in [
        BODY.to_owned(),
        format!("{BODY}\r\n\r\n"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(),
        "\0\0\u{6}\u{4}\0\0\0\0\0\0\0\u{5}\0\0@\0\r\n\r\n".into(),
        format!("HTTP/2.0 200 OK\r\nContent-Length: {}\r\n\r\n{BODY}", BODY.len()),
        format!("HTTP/1.2 200 OK\r\nContent-Length: {}\r\n\r\n{BODY}", BODY.len()),
        format!("HTTP/1.1 20 OK\r\nContent-Length: {}\r\n\r\n{BODY}", BODY.len()),
        format!("HTTP/1.1 099 OK\r\nContent-Length: {}\r\n\r\n{BODY}", BODY.len()),
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n".into(),
        format!("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n{}", sized("")),
        "SSH-2.0-OpenSSH_9.2\r\n".repeat(2),
    ] {
        expect(&answer, "bad_response");
    }
}

#[test]
fn too_much_of_anything() {
    let hints = "HTTP/1.1 103 Early Hints\r\n\r\n";
    for answer in [
        format!("{}{}", hints.repeat(1000), sized("")),
        format!("{}{}", "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000), sized("")),
        sized(&format!("X-Long: {}\r\n", "x".repeat(70_000))),
        sized(&"X: y\r\n".repeat(10_000)),
        answer("Content-Length: 70000\r\n", &" ".repeat(70_000)),
        answer("", &" ".repeat(70_000)),
        chunked(&size(), &format!("0\r\n{}\r\n", "X: y\r\n".repeat(10_000))),
        chunked(&size(), &format!("0\r\nX: {}\r\n\r\n", "y".repeat(70_000))),
        // After the body there is nothing to say.
        format!("{}{}", sized(""), "\r\n"),
        format!("{}{}", sized(""), sized("")),
        format!("{}junk", chunked(&size(), "0\r\n\r\n")),
        format!("HTTP/1.1 204 No Content\r\n\r\n{BODY}"),
    ] {
        expect(&answer, "bad_response");
    }
}

#[test]
fn hints_without_end_end() {
    let server = Server::endless(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
    let began = Instant::now();
    assert_eq!(outcome(client_with(&server, "10").get_token()), "bad_response");
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

#[test]
fn trailers_without_an_end_are_not_waited_for() {
    let trailers = format!("0\r\n{}", "X: a\r\n".repeat(20_000));
    let server = Server::plain(chunked(&size(), &trailers).as_bytes(), Ending::Keep);
    let began = Instant::now();
    assert_eq!(outcome(client_with(&server, "10").get_token()), "bad_response");
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

#[test]
fn bytes_that_come_one_by_one_keep_no_request_beyond_its_time() {
    let body = answer("Content-Length: 5000\r\n", "{");
    for server in [Server::slow(body.as_bytes()), Server::slow_tls(body.as_bytes())] {
        let client = client_with(&server, "1");
        let began = Instant::now();
        assert_eq!(outcome(client.get_token()), "timeout");
        // The caller leaves at its own time; the request has to end as well.
        while client.is_refreshing() && began.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(began.elapsed() < Duration::from_millis(1800), "{:?}", began.elapsed());
        assert!(server.was_left(Duration::from_secs(2)), "a connection was kept");
    }
}

#[test]
fn what_is_torn_may_be_asked_again() {
    let whole = sized("");
    for cut in [0, 5, 30, whole.len() - BODY.len() - 1, whole.len() - BODY.len(), whole.len() - 1] {
        expect(&whole[..cut], "unavailable");
    }
    for rest in ["", "0", "0\r\n", "0\r\nTrailer: x", "0\r\nTrailer: x\r\n"] {
        expect(&chunked(&size(), rest), "unavailable");
    }
    expect(&answer("Transfer-Encoding: chunked\r\n", ""), "unavailable");
    expect(&answer("Transfer-Encoding: chunked\r\n", "1"), "unavailable");
}

#[test]
fn a_body_that_ends_with_the_connection_counts_only_if_it_is_whole() {
    // Over plain http, a cut cannot be told from an end: the JSON has to be whole.
    expect(&answer("", &BODY[..BODY.len() - 1]), "bad_response");
    let reset = Server::plain(answer("", BODY).as_bytes(), Ending::Reset);
    assert_eq!(outcome(client(&reset).get_token()), "unavailable");
}

#[test]
fn over_tls_the_end_is_told_by_the_server_and_by_nobody_else() {
    for (text, ending, expected) in [
        (sized(""), Ending::Clean, "t"),
        (sized(""), Ending::Cut, "t"),
        (answer("", BODY), Ending::Clean, "t"),
        (answer("", BODY), Ending::Cut, "unavailable"),
        (answer("", BODY), Ending::Reset, "unavailable"),
        (answer("", ""), Ending::Cut, "unavailable"),
        (chunked(&size(), "0\r\n\r\n"), Ending::Cut, "t"),
        (chunked(&size(), "0\r\n"), Ending::Cut, "unavailable"),
        (chunked(&size(), "0\r\n"), Ending::Clean, "unavailable"),
        (sized("")[..sized("").len() - 1].to_owned(), Ending::Clean, "unavailable"),
        (sized("")[..sized("").len() - 1].to_owned(), Ending::Cut, "unavailable"),
        (format!("{}\r\n", sized("")), Ending::Clean, "bad_response"),
    ] {
        let server = Server::tls(text.as_bytes(), ending);
        let told = client(&server).get_token();
        let shown = format!("{told:?}");
        assert_eq!(outcome(told), expected, "{text:?} {ending:?} {shown}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn certificates_that_came_through_a_pipe_are_kept() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let server = Server::tls(sized("").as_bytes(), Ending::Clean);
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let (certificate, to) = (std::fs::read(server.ca_file().unwrap()).unwrap(), pipe.clone());
    std::thread::spawn(move || std::fs::write(to, certificate));
    let client = client_of(&server.base_url(), pipe.to_str(), "5");
    let first = client.get_token().unwrap();
    assert!(client.invalidate(&first));
    client.get_token().unwrap();
    assert_eq!(server.connections(), 2);
}

#[test]
fn a_status_is_told_although_its_body_is_broken() {
    for (status, expected) in [("503 Out", "unavailable"), ("401 No", "rejected")] {
        let server = Server::plain(
            format!("HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\nx\r\n0\r\n\r\n").as_bytes(),
            Ending::Clean,
        );
        assert_eq!(outcome(client(&server).get_token()), expected);
    }
}

#[test]
fn the_request_asks_for_nothing_special_and_its_connection_is_for_it_alone() {
    let server = Server::plain(sized("Connection: keep-alive\r\n").as_bytes(), Ending::Keep);
    let client = client(&server);
    let first = client.get_token().unwrap();
    assert!(client.invalidate(&first));
    client.get_token().unwrap();
    assert_eq!(server.connections(), 2);
    assert!(server.was_left(Duration::from_secs(2)), "a connection was kept");
    for request in server.requests() {
        let head = request.to_ascii_lowercase();
        for strange in
            ["accept-encoding", "cookie", "expect", "te:", "upgrade", "transfer-encoding", "referer"]
        {
            assert!(!head.contains(&format!("\r\n{strange}")), "{request}");
        }
        assert!(head.starts_with("post /connect/token http/1.1\r\n"), "{request}");
    }
}
