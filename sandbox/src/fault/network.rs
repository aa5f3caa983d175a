//! Faults of the connection and of TLS.

use super::{Deed, Fault, HEAD, Step, TORN, fault, say};
use crate::certificates::Forgery;
use crate::channel::Stop;
use std::time::Duration;

/// Long enough for a client to be in the middle of reading.
const BEAT: Duration = Duration::from_millis(50);

pub const FAULTS: [Fault; 39] = [
    fault("refuse", "nobody listens", Deed::Refuse),
    fault("silent", "accepts the connection and never says anything", Deed::Connection(|| vec![Step::Stall])),
    fault("close-at-once", "closes each connection at once", Deed::Connection(Vec::new)),
    fault("reset-at-once", "resets each connection at once", Deed::Connection(|| vec![Step::Reset])),
    fault(
        "speaks-first",
        "greets as a mail server does, before it is asked",
        Deed::Connection(|| vec![say("220 mail.example ready\r\n"), Step::Stall]),
    ),
    fault("silent-after-request", "takes the request and never answers", Deed::Request(|| vec![Step::Stall])),
    fault("close-after-request", "takes the request and closes", Deed::Request(Vec::new)),
    fault("reset-after-request", "takes the request and resets", Deed::Request(|| vec![Step::Reset])),
    fault(
        "drip-head",
        "answers a byte a second",
        Deed::Request(|| vec![Step::Drip(TORN.as_bytes().into()), Step::Stall]),
    ),
    fault(
        "drip-body",
        "answers, but the body comes a byte a second",
        Deed::Request(|| {
            vec![
                say(HEAD),
                say("Content-Length: 500\r\n\r\n"),
                Step::Drip(TORN.as_bytes().into()),
                Step::Stall,
            ]
        }),
    ),
    fault("stall-in-head", "stops in the head of its answer", Deed::Request(|| vec![say(HEAD), Step::Stall])),
    fault("stall-in-body", "stops in the body of its answer", Deed::Request(|| vec![say(TORN), Step::Stall])),
    fault("cut-in-status", "closes in the first line of its answer", Deed::Raw("HTTP/1.1 2")),
    fault("cut-in-head", "closes in the head of its answer", Deed::Raw(HEAD)),
    fault("cut-in-body", "closes before the body has its length", Deed::Raw(TORN)),
    fault(
        "reset-in-head",
        "resets in the head of its answer",
        Deed::Request(|| vec![say(HEAD), Step::Wait(BEAT), Step::Reset]),
    ),
    fault(
        "reset-in-body",
        "resets in the body of its answer",
        Deed::Request(|| vec![say(TORN), Step::Wait(BEAT), Step::Reset]),
    ),
    fault(
        "endless-head",
        "sends headers without end",
        Deed::Request(|| {
            vec![say(HEAD), Step::Repeat("X-Filler: 0123456789abcdef\r\n".repeat(64).into_bytes().into())]
        }),
    ),
    fault(
        "endless-body",
        "sends a body without end",
        Deed::Request(|| {
            vec![
                say(HEAD),
                say("Transfer-Encoding: chunked\r\n\r\n"),
                Step::Repeat(format!("1000\r\n{}\r\n", " ".repeat(0x1000)).into_bytes().into()),
            ]
        }),
    ),
    fault(
        "endless-continue",
        "sends interim answers (100) without end",
        Deed::Request(|| vec![Step::Repeat("HTTP/1.1 100 Continue\r\n\r\n".repeat(64).into_bytes().into())]),
    ),
    fault("tls-expired", "its certificate is out of date", Deed::Forge(Forgery::Expired)),
    fault("tls-not-yet-valid", "its certificate is for later", Deed::Forge(Forgery::NotYetValid)),
    fault("tls-wrong-host", "its certificate is for another host", Deed::Forge(Forgery::WrongHost)),
    fault("tls-unknown-authority", "an unknown authority signed", Deed::Forge(Forgery::UnknownAuthority)),
    fault("tls-self-signed", "it signed its certificate itself", Deed::Forge(Forgery::SelfSigned)),
    fault(
        "tls-authority-as-server",
        "its certificate is an authority's",
        Deed::Forge(Forgery::AuthorityAsServer),
    ),
    fault(
        "tls-plain-http",
        "plain HTTP where TLS should be",
        Deed::Connection(|| {
            vec![
                Step::Hear,
                say("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
            ]
        }),
    ),
    fault(
        "tls-1.1",
        "chooses TLS 1.1",
        Deed::Connection(|| vec![Step::Hear, Step::Say(server_hello_of_tls_1_1().into()), Step::Stall]),
    ),
    fault(
        "tls-alert",
        "refuses the handshake",
        Deed::Connection(|| vec![Step::Hear, Step::Say((&[21, 3, 3, 0, 2, 2, 40]).into())]),
    ),
    fault(
        "tls-oversized-record",
        "announces a record longer than TLS allows",
        Deed::Connection(|| vec![Step::Hear, Step::Say((&[22, 3, 3, 0xff, 0xff, 2, 0]).into()), Step::Stall]),
    ),
    fault(
        "tls-junk",
        "answers the handshake with junk",
        Deed::Connection(|| vec![Step::Hear, Step::Say((0..=255).collect::<Vec<u8>>().into())]),
    ),
    fault("tls-silent", "takes the handshake and never answers", Deed::Handshake(0, Stop::Stall)),
    fault("tls-stall-in-hello", "stops in its hello", Deed::Handshake(40, Stop::Stall)),
    fault("tls-stall-in-certificate", "stops in its certificate", Deed::Handshake(400, Stop::Stall)),
    fault("tls-cut-in-hello", "closes in its hello", Deed::Handshake(40, Stop::Cut)),
    fault("tls-cut-in-certificate", "closes in its certificate", Deed::Handshake(400, Stop::Cut)),
    fault("tls-reset-in-certificate", "resets in its certificate", Deed::Handshake(400, Stop::Reset)),
    fault(
        "tls-cut-after-body",
        "an oddity: ends without a farewell of TLS after a whole answer",
        Deed::Request(|| vec![say(HEAD), say("Content-Length: 74\r\n\r\n"), say(BODY), Step::Cut]),
    ),
    fault(
        "tls-cut-without-length",
        "ends without a farewell of TLS where only that tells the length",
        Deed::Request(|| vec![say(HEAD), say("\r\n"), say(BODY), Step::Cut]),
    ),
];

const BODY: &str = r#"{"access_token":"sandbox.odd.token","expires_in":60,"token_type":"Bearer"}"#;

/// A hello (RFC 4346 §7.4.1.3) with a suite that TLS 1.1 knows.
fn server_hello_of_tls_1_1() -> Vec<u8> {
    let mut hello = vec![22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 47, 0]);
    hello
}
