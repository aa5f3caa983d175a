//! Faults of the JSON text and of its members.

use super::{Deed, Fault, HEAD, Step, fault, json, say};

/// A token response with other members in place of some.
macro_rules! members {
    ($token:literal, $lifetime:literal, $kind:literal) => {
        concat!("{\"access_token\":", $token, ",\"expires_in\":", $lifetime, ",\"token_type\":", $kind, "}")
    };
}

macro_rules! token {
    ($text:literal) => {
        members!($text, "3600", "\"Bearer\"")
    };
}

macro_rules! lifetime {
    ($text:literal) => {
        members!("\"${token}\"", $text, "\"Bearer\"")
    };
}

macro_rules! kind {
    ($text:literal) => {
        members!("\"${token}\"", "3600", $text)
    };
}

pub const FAULTS: [Fault; 57] = [
    json("json-cut", "JSON without its end", r#"{"access_token":"${token}","expires_in":3600"#),
    json(
        "json-trailing",
        "JSON with something after it",
        concat!(r#"{"access_token":"${token}","#, r#""expires_in":3600,"token_type":"Bearer"} x"#),
    ),
    json("json-twice", "two JSON documents", concat!("{}", "{}")),
    json("json-list", "a list", "[]"),
    json("json-text", "a text", "\"token\""),
    json("json-number", "a number", "7"),
    json("json-null", "null", "null"),
    json("json-words", "no JSON at all", "access_token=sandbox&token_type=Bearer"),
    json("json-single-quotes", "JSON in single quotation marks", "{'access_token':'sandbox'}"),
    json("json-comment", "JSON with a comment", concat!("{/* token */}", "")),
    fault(
        "json-invalid-utf-8",
        "bytes that are no text",
        Deed::Request(|| {
            vec![say(HEAD), say("Content-Length: 11\r\n\r\n"), Step::Say(b"{\"a\":\"\xff\xfe\xfd\"}".into())]
        }),
    ),
    fault(
        "json-utf-16",
        "JSON in UTF-16",
        Deed::Request(|| {
            let text: Vec<u8> =
                "\u{feff}{\"access_token\":\"x\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
            vec![
                say(HEAD),
                Step::Say(format!("Content-Length: {}\r\n\r\n", text.len()).into_bytes().into()),
                Step::Say(text.into()),
            ]
        }),
    ),
    fault(
        "json-deep",
        "JSON nested ten thousand levels deep",
        Deed::Request(|| {
            let text = "{\"x\":".repeat(10_000);
            vec![
                say(HEAD),
                Step::Say(format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes().into()),
            ]
        }),
    ),
    fault(
        "json-many-members",
        "a hundred thousand members",
        Deed::Request(|| {
            let text: String = (0..100_000).map(|number| format!("\"m{number}\":0,")).collect();
            vec![
                say(HEAD),
                Step::Say(format!("Content-Length: {}\r\n\r\n{{{text}", text.len() + 1).into_bytes().into()),
            ]
        }),
    ),
    fault(
        "json-long-text",
        "a token of a megabyte",
        Deed::Request(|| {
            let text = format!("{{\"access_token\":\"{}\"}}", "x".repeat(1 << 20));
            vec![
                say(HEAD),
                Step::Say(format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes().into()),
            ]
        }),
    ),
    json(
        "token-twice",
        "two tokens",
        r#"{"access_token":"one.token","access_token":"two.token","expires_in":60,"token_type":"Bearer"}"#,
    ),
    json(
        "lifetime-twice",
        "two lifetimes",
        r#"{"access_token":"one.token","expires_in":60,"expires_in":3600,"token_type":"Bearer"}"#,
    ),
    json("token-missing", "no token", r#"{"expires_in":3600,"token_type":"Bearer"}"#),
    json("token-empty", "an empty token", token!(r#""""#)),
    json("token-null", "null for a token", token!("null")),
    json("token-number", "a number for a token", token!("12345")),
    json("token-object", "an object for a token", token!(r#"{"value":"x"}"#)),
    json("token-list", "a list for a token", token!(r#"["x"]"#)),
    json("token-with-space", "a token with a space in it", token!(r#""a b""#)),
    json("token-with-line-break", "a token that would add a header", token!(r#""a\r\nX-Injected: 1""#)),
    json("token-with-nul", "a token with a NUL in it", token!(r#""a\u0000b""#)),
    json("token-with-surrogate", "a token with half a character in it", token!(r#""a\ud800b""#)),
    json("token-not-ascii", "a token beyond ASCII", token!(r#""tokén""#)),
    json("token-quoted", "a token in quotation marks", token!(r#""\"abc\"""#)),
    fault(
        "token-too-long",
        "a token of 20 KiB",
        Deed::Request(|| {
            let text = format!(
                r#"{{"access_token":"{}","expires_in":60,"token_type":"Bearer"}}"#,
                "x".repeat(20 * 1024)
            );
            vec![
                say(HEAD),
                Step::Say(format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes().into()),
            ]
        }),
    ),
    json("type-missing", "no token_type", r#"{"access_token":"one.token","expires_in":3600}"#),
    json("type-null", "null for a token_type", kind!("null")),
    json("type-mac", "another token_type", kind!(r#""mac""#)),
    json("type-with-space", "a token_type with a space after it", kind!(r#""bearer ""#)),
    json("type-list", "a list for a token_type", kind!(r#"["Bearer"]"#)),
    json("lifetime-zero", "a lifetime of 0", lifetime!("0")),
    json("lifetime-below-one", "a lifetime of half a second", lifetime!("0.5")),
    json("lifetime-minus-zero", "a lifetime of -0", lifetime!("-0")),
    json("lifetime-negative", "a negative lifetime", lifetime!("-3600")),
    json("lifetime-null", "null for a lifetime", lifetime!("null")),
    json("lifetime-in-words", "a lifetime in words", lifetime!(r#""an hour""#)),
    json("lifetime-signed-text", "a lifetime with a sign, as text", lifetime!(r#""+3600""#)),
    json("lifetime-list", "a list for a lifetime", lifetime!("[3600]")),
    json("lifetime-true", "true for a lifetime", lifetime!("true")),
    json("lifetime-nan", "NaN for a lifetime", lifetime!("NaN")),
    json("lifetime-beyond-numbers", "a lifetime of 1e400", lifetime!("1e400")),
    json("lifetime-leading-zero", "a lifetime of 03600", lifetime!("03600")),
    json(
        "scope-number",
        "a number for a scope",
        r#"{"access_token":"one.token","expires_in":3600,"token_type":"Bearer","scope":7}"#,
    ),
    json(
        "scope-with-line-break",
        "a scope with a line break in it",
        r#"{"access_token":"one.token","expires_in":3600,"token_type":"Bearer","scope":"a\nb"}"#,
    ),
    fault(
        "scope-endless",
        "an oddity: a scope of 60 KiB",
        Deed::Request(|| {
            let scope = "QUJDREVGRw%2B&amp;".repeat(60 * 1024 / 18);
            let members = r#""access_token":"odd-token","expires_in":3600,"token_type":"Bearer""#;
            let text = format!("{{{members},\"scope\":\"{scope}\"}}");
            vec![
                say(HEAD),
                Step::Say(format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes().into()),
            ]
        }),
    ),
    json(
        "byte-order-mark",
        "an oddity: a byte order mark before the JSON",
        concat!("\u{feff}", lifetime!("3600")),
    ),
    json("lifetime-as-text", "an oddity: digits in a text for a lifetime", lifetime!(r#""3600""#)),
    json("lifetime-fraction", "an oddity: a lifetime of 3600.5", lifetime!("3600.5")),
    json("lifetime-of-ages", "an oddity: a lifetime of 30,000 years", lifetime!("1000000000000")),
    json(
        "lifetime-missing",
        "an oddity: no lifetime",
        r#"{"access_token":"${token}","token_type":"Bearer"}"#,
    ),
    json("type-in-capitals", "an oddity: BEARER", kind!(r#""BEARER""#)),
    json(
        "members-unknown",
        "an oddity: members that nobody knows, one of them twice",
        r#"{"access_token":"${token}","expires_in":3600,"token_type":"Bearer","x":{"y":[1]},"z":1,"z":2,"refresh_token":"no"}"#,
    ),
];
