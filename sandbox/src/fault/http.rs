//! Faults of HTTP: lengths, heads, bodies, redirects and statuses.

use super::{Deed, Fault, HEAD, Step, fault, json, say};
use Deed::{Answer, Raw, Request};

/// A gzip stream that starts with eight zeros and, thirteen bytes at a time, adds eight times 258 of them.
const BOMB_HEAD: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x63, 0x18];
const BOMB: [u8; 13] = [0x05, 0xa3, 0x60, 0x14, 0x8c, 0x82, 0x51, 0x30, 0x0a, 0x46, 0xc1, 0x28, 0x18];

const HTML: &[(&str, &str)] = &[("Content-Type", "text/html; charset=utf-8")];
const PAGE: &str = "<!DOCTYPE html><html><body><h1>Sign in to use this network</h1></body></html>";
const NO_BODY: &str = "";

/// Two dates of a server whose clock is long ago, twenty seconds apart.
const LONG_AGO: (&str, &str) = ("Date", "Sun, 06 Nov 1994 08:49:37 GMT");
const LATER: (&str, &str) = ("Retry-After", "Sun, 06 Nov 1994 08:49:57 GMT");
const EARLIER: (&str, &str) = ("Retry-After", "Sun, 06 Nov 1994 08:49:17 GMT");

/// An answer to the letter, with these headers and this body after those that every answer has.
macro_rules! raw {
    ($headers:literal, $body:expr) => {
        Raw(concat!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n", $headers, "\r\n", $body))
    };
}

/// The body of a token response.
macro_rules! token {
    () => {
        r#"{"access_token":"${token}","expires_in":3600,"token_type":"Bearer"}"#
    };
}

pub const FAULTS: [Fault; 74] = [
    fault("length-too-short", "the length ends within the body", raw!("Content-Length: 20\r\n", token!())),
    fault(
        "length-twice",
        "two lengths that differ",
        raw!("Content-Length: 20\r\nContent-Length: 9\r\n", token!()),
    ),
    fault("length-negative", "a negative length", raw!("Content-Length: -1\r\n", token!())),
    fault("length-signed", "a length with a plus sign", raw!("Content-Length: +2\r\n", "{}")),
    fault("length-in-words", "a length that is no number", raw!("Content-Length: many\r\n", token!())),
    fault(
        "length-enormous",
        "a length of a million terabytes",
        raw!("Content-Length: 1000000000000000000\r\n", "{"),
    ),
    fault(
        "length-overflow",
        "a length beyond 64 bits",
        raw!("Content-Length: 99999999999999999999\r\n", "{"),
    ),
    fault(
        "length-and-chunks",
        "a length and chunks at once",
        raw!("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"),
    ),
    fault("length-missing-cut", "no length, and closed midway", raw!("", "{\"access_token\":\"sandb")),
    fault(
        "chunk-size-malformed",
        "a chunk size that is no number",
        raw!("Transfer-Encoding: chunked\r\n", "xyz\r\n{}\r\n0\r\n\r\n"),
    ),
    fault(
        "chunk-size-negative",
        "a negative chunk size",
        raw!("Transfer-Encoding: chunked\r\n", "-2\r\n{}\r\n0\r\n\r\n"),
    ),
    fault(
        "chunk-size-overflow",
        "a chunk size beyond 64 bits",
        raw!("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n{}"),
    ),
    fault(
        "chunk-size-enormous",
        "a chunk larger than any answer",
        raw!("Transfer-Encoding: chunked\r\n", "7fffffffffff\r\n{}"),
    ),
    fault("chunk-cut", "closes within a chunk", raw!("Transfer-Encoding: chunked\r\n", "ff\r\n{\"access")),
    fault(
        "chunk-without-end",
        "closes before the last chunk",
        raw!("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n"),
    ),
    fault(
        "chunk-longer-than-told",
        "a chunk with more than its size",
        raw!("Transfer-Encoding: chunked\r\n", "2\r\n{} {}\r\n0\r\n\r\n"),
    ),
    fault(
        "coding-unknown",
        "a transfer coding that nobody knows",
        raw!("Transfer-Encoding: rot13\r\n", "{}"),
    ),
    fault(
        "coding-gzip",
        "a compressing transfer coding",
        raw!("Transfer-Encoding: gzip, chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"),
    ),
    fault(
        "head-folded",
        "a header continued on the next line",
        raw!("X-Long: one\r\n two\r\nContent-Length: 2\r\n", "{}"),
    ),
    fault("head-with-nul", "a header with a NUL in it", raw!("X-Odd: a\0b\r\nContent-Length: 2\r\n", "{}")),
    fault("head-without-colon", "a header without a colon", raw!("X-Odd\r\nContent-Length: 2\r\n", "{}")),
    fault("head-with-space", "a space before a header's colon", raw!("Content-Length : 2\r\n", "{}")),
    fault(
        "head-too-large",
        "a header of 100 KiB",
        Request(|| {
            let filler = format!("X-Filler: {}\r\nContent-Length: 2\r\n\r\n{{}}", "x".repeat(100 * 1024));
            vec![say(HEAD), Step::Say(filler.into_bytes().into())]
        }),
    ),
    fault(
        "head-too-many",
        "ten thousand headers",
        Request(|| {
            let many: String = (0..10_000).map(|number| format!("X-{number}: \r\n")).collect();
            vec![say(HEAD), Step::Say((many + "Content-Length: 2\r\n\r\n{}").into_bytes().into())]
        }),
    ),
    fault(
        "continue-many",
        "a hundred interim answers, then the answer",
        Request(|| {
            let interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".repeat(100);
            vec![Step::Say(interim.into_bytes().into()), say("HTTP/1.1 204 No Content\r\n\r\n")]
        }),
    ),
    fault(
        "switching-protocols",
        "switches to another protocol",
        Raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"),
    ),
    fault("http-0.9", "a body without a head", Raw(token!())),
    fault(
        "http-2",
        "speaks HTTP/2",
        Request(|| vec![Step::Say((&[0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100]).into()), Step::Stall]),
    ),
    fault(
        "http-version",
        "a version of HTTP that does not exist",
        Raw("HTTP/3.7 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
    ),
    fault(
        "status-malformed",
        "a status that is no number",
        Raw("HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\n{}"),
    ),
    fault("junk", "answers with junk", Request(|| vec![Step::Say((0..=255).collect::<Vec<u8>>().into())])),
    fault(
        "body-gzip",
        "a compressed body, which nobody asked for",
        Answer(200, &[("Content-Encoding", "gzip")], token!()),
    ),
    fault(
        "body-gzip-bomb",
        "a compressed body that unpacks to gigabytes",
        Request(|| {
            vec![
                say(HEAD),
                say("Content-Encoding: gzip\r\n\r\n"),
                Step::Say(BOMB_HEAD.into()),
                Step::Repeat(BOMB.repeat(1000).into()),
            ]
        }),
    ),
    fault(
        "body-encoded-twice",
        "a plain body that is said to be encoded, too",
        Answer(200, &[("Content-Encoding", "identity"), ("Content-Encoding", "br")], token!()),
    ),
    fault(
        "body-too-large",
        "a body of 100 KiB",
        Request(|| {
            let body = format!("{{\"access_token\":\"sandbox\"{}}}", " ".repeat(100 * 1024));
            let head = format!("{HEAD}Content-Length: {}\r\n\r\n", body.len());
            vec![Step::Say((head + &body).into_bytes().into())]
        }),
    ),
    fault("body-empty", "an empty body", Answer(200, &[], NO_BODY)),
    fault("no-content", "status 204", Raw("HTTP/1.1 204 No Content\r\n\r\n")),
    fault("html", "a web page, as the sign-in page of a network", Answer(200, HTML, PAGE)),
    fault("html-401", "a web page of status 401", Answer(401, HTML, PAGE)),
    fault("html-403", "a web page of status 403, as a firewall's", Answer(403, HTML, PAGE)),
    fault("html-404", "a web page of status 404", Answer(404, HTML, PAGE)),
    fault("html-502", "a web page of status 502, as a gateway's", Answer(502, HTML, PAGE)),
    fault("redirect-300", "status 300", Answer(300, &[("Location", "${elsewhere}/connect/token")], NO_BODY)),
    fault(
        "redirect-301",
        "redirects for ever",
        Answer(301, &[("Location", "${elsewhere}/connect/token")], NO_BODY),
    ),
    fault("redirect-302", "redirects", Answer(302, &[("Location", "${elsewhere}/connect/token")], NO_BODY)),
    fault("redirect-303", "redirects to a page", Answer(303, &[("Location", "${elsewhere}/done")], NO_BODY)),
    fault(
        "redirect-307",
        "redirects, the body with it",
        Answer(307, &[("Location", "${elsewhere}/connect/token")], NO_BODY),
    ),
    fault(
        "redirect-308",
        "redirects for ever, the body with it",
        Answer(308, &[("Location", "${elsewhere}/connect/token")], NO_BODY),
    ),
    fault(
        "redirect-to-itself",
        "redirects to the same address",
        Answer(307, &[("Location", "/connect/token")], NO_BODY),
    ),
    fault("redirect-nowhere", "redirects without an address", Answer(302, &[], NO_BODY)),
    fault(
        "redirect-malformed",
        "redirects to what is no address",
        Answer(302, &[("Location", "http://[::")], NO_BODY),
    ),
    fault("not-modified", "status 304", Raw("HTTP/1.1 304 Not Modified\r\n\r\n")),
    fault("status-400", "a bare status 400", Answer(400, &[], NO_BODY)),
    fault("status-401", "a bare status 401", Answer(401, &[("WWW-Authenticate", "Basic")], NO_BODY)),
    fault("status-403", "a bare status 403", Answer(403, &[], NO_BODY)),
    fault("status-404", "a bare status 404", Answer(404, &[], NO_BODY)),
    fault("status-405", "a bare status 405", Answer(405, &[("Allow", "GET")], NO_BODY)),
    fault("status-408", "a bare status 408", Answer(408, &[], NO_BODY)),
    fault("status-500", "a bare status 500", Answer(500, &[], NO_BODY)),
    fault("status-502", "a bare status 502", Answer(502, &[], NO_BODY)),
    fault("status-504", "a bare status 504", Answer(504, &[], NO_BODY)),
    fault("throttled", "status 429, come again in 7 s", Answer(429, &[("Retry-After", "7")], NO_BODY)),
    fault("throttled-openly", "status 429, without a time", Answer(429, &[], NO_BODY)),
    fault("unavailable", "status 503, come again in 7 s", Answer(503, &[("Retry-After", "7")], NO_BODY)),
    fault(
        "unavailable-until",
        "status 503, come again at a date 20 s ahead",
        Answer(503, &[LONG_AGO, LATER], NO_BODY),
    ),
    fault(
        "unavailable-since",
        "status 503, come again at a date that is over",
        Answer(503, &[LONG_AGO, EARLIER], NO_BODY),
    ),
    fault(
        "unavailable-negative",
        "status 503, come again in -5 s",
        Answer(503, &[("Retry-After", "-5")], NO_BODY),
    ),
    fault(
        "unavailable-for-long",
        "status 503, come again in 30,000 years",
        Answer(503, &[("Retry-After", "1000000000000")], NO_BODY),
    ),
    fault(
        "unavailable-in-words",
        "status 503, come again soon",
        Answer(503, &[("Retry-After", "soon")], NO_BODY),
    ),
    fault(
        "http-1.0",
        "an oddity: a token by HTTP/1.0",
        Raw(concat!("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n", token!())),
    ),
    fault(
        "cookies",
        "an oddity: a token with cookies and advice for browsers",
        Answer(
            200,
            &[
                ("Set-Cookie", "session=1; Path=/"),
                ("Strict-Transport-Security", "max-age=31536000"),
                ("Alt-Svc", "h3=\":443\""),
            ],
            token!(),
        ),
    ),
    fault(
        "chunk-trailers",
        "an oddity: a token in chunks with a trailer after them",
        Raw(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n4a\r\n{\"access_token\":\"sandbox.odd.token\",\"expires_in\":60,\"token_type\":\"Bearer\"}\r\n0\r\nX-Trailer: 1\r\n\r\n",
        ),
    ),
    fault(
        "length-twice-alike",
        "the same length twice",
        raw!("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"),
    ),
    json("page-of-json", "JSON that is no answer to a token request", r#"{"status":"ok","version":"1.2"}"#),
];
