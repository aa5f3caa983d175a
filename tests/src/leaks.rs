//! The redaction test that every scenario ends with: the canary secret is nowhere, a token only where it belongs.

use crate::expect::Tokens;
use crate::process::Driver;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The word that every secret of the suite starts with: plain, in which form URL and JSON encoding leave it too, and
/// in Base64, wherever in the encoded text it may stand.
const CANARY: [&str; 4] = ["canary", "Y2FuYXJ5", "NhbmFye", "jYW5hcn"];

/// How the answer to a call for a token starts.
const GIVES_A_TOKEN: [&str; 2] = ["{\"token", "{\"header"];

/// Lets the driver end and searches all that it printed.
///
/// # Errors
/// What was printed, or that the driver failed.
pub fn check(mut driver: Driver, tokens: &Tokens) -> Result<(), String> {
    let mut printed = std::mem::take(&mut driver.printed);
    printed.push(driver.finish()?);
    if let Some(line) = printed.iter().find(|line| CANARY.iter().any(|word| line.contains(word))) {
        return Err(format!("the secret was printed: {line}"));
    }
    let mut others = printed
        .iter()
        .filter(|line| !GIVES_A_TOKEN.iter().any(|start| line.replace(' ', "").starts_with(start)));
    match others.find(|line| tokens.values().any(|token| holds(line, token))) {
        Some(line) => Err(format!("a token was printed: {line}")),
        None => Ok(()),
    }
}

/// Whether a token is in a line, as it is or as a URL or JSON writes it.
fn holds(line: &str, token: &str) -> bool {
    let forms = [
        token.to_owned(),
        utf8_percent_encode(token, NON_ALPHANUMERIC).to_string(),
        token.replace('/', "\\/"),
    ];
    forms.iter().any(|form| line.contains(form))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn printed(line: &str) -> Result<(), String> {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("read word; echo '{line}'; cat >&2; echo \"$word\" >&2")]);
        let mut driver = Driver::start(shell).unwrap();
        driver.ask(&["plain"]).unwrap();
        check(driver, &Tokens::from([("one".to_owned(), "abc.def.ghi".to_owned())]))
    }

    #[test]
    fn secrets_are_found_in_every_spelling_and_tokens_out_of_place() {
        for (line, found) in [
            ("{\"token\":\"abc.def.ghi\"}", false),
            ("{\"header\": \"Bearer abc.def.ghi\"}", false),
            ("{\"shown\":\"nothing\"}", false),
            ("{\"shown\":\"Bearer abc.def.ghi\"}", true),
            ("{\"error\":{\"message\":\"abc.def.ghi\"}}", true),
            ("{\"shown\":\"abc%2Edef%2Eghi\"}", true),
            ("{\"error\":\"canary\"}", true),
            ("{\"error\":\"dGlsbC03OmNhbmFyeS1zZWNyZXQ=\"}", true),
            ("{\"error\":\"eGNhbmFyeQ==\"}", true),
            ("{\"error\":\"eHhjYW5hcnk=\"}", true),
        ] {
            assert_eq!(printed(line).is_err(), found, "{line}");
        }
    }
}
