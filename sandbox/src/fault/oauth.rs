//! Errors that an authorization server tells (RFC 6749 §5.2), rightly and wrongly.

use super::{Deed, Fault, Step, fault, json};
use Deed::Answer;

pub const FAULTS: [Fault; 15] = [
    fault(
        "invalid-client",
        "client authentication failed",
        Answer(400, &[], r#"{"error":"invalid_client"}"#),
    ),
    fault(
        "invalid-client-401",
        "the same with status 401",
        Answer(401, &[], r#"{"error":"invalid_client"}"#),
    ),
    fault("invalid-request", "the request is malformed", Answer(400, &[], r#"{"error":"invalid_request"}"#)),
    fault("invalid-grant", "the grant is invalid", Answer(400, &[], r#"{"error":"invalid_grant"}"#)),
    fault("invalid-scope", "the scope is not allowed", Answer(400, &[], r#"{"error":"invalid_scope"}"#)),
    fault(
        "unauthorized-client",
        "the grant is not allowed",
        Answer(400, &[], r#"{"error":"unauthorized_client"}"#),
    ),
    fault(
        "unsupported-grant-type",
        "the grant is not supported",
        Answer(400, &[], r#"{"error":"unsupported_grant_type"}"#),
    ),
    fault(
        "error-unknown",
        "an error that the standard does not know",
        Answer(400, &[], r#"{"error":"closed_on_sundays"}"#),
    ),
    json("error-with-200", "an error with status 200", r#"{"error":"invalid_client"}"#),
    json(
        "error-with-token",
        "an error and a token at once",
        r#"{"error":"invalid_client","error_description":"not ${token}","access_token":"${token}","expires_in":60,"token_type":"Bearer"}"#,
    ),
    fault(
        "error-with-long-token",
        "an error in words of its own, and a token of 60 KiB",
        Deed::Request(|| {
            let token = "one.token".repeat(60 * 1024 / 9);
            let body = format!(r#"{{"error":"odd","error_description":"no","access_token":"{token}"}}"#);
            let head = format!("HTTP/1.1 400 Bad Request\r\nContent-Length: {}\r\n\r\n", body.len());
            vec![Step::Say(format!("{head}{body}").into_bytes().into())]
        }),
    ),
    fault("error-number", "a number for an error", Answer(400, &[], r#"{"error":7}"#)),
    fault("error-with-500", "an error with status 500", Answer(500, &[], r#"{"error":"server_error"}"#)),
    fault(
        "error-with-503",
        "an error with status 503",
        Answer(503, &[("Retry-After", "7")], r#"{"error":"temporarily_unavailable"}"#),
    ),
    fault("error-echo", "repeats the whole request in its error", Deed::Echo),
];
