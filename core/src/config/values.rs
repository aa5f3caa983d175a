//! One parser for each kind of value. An error is the rest of a sentence that starts with the option's name; it
//! never quotes the text, which may be a secret.

use super::{ClientAuth, ProxyChoice};
use crate::proxy::Proxy;
use crate::secret::Secret;
use std::path::PathBuf;
use std::time::Duration;

/// A client identifier of the length that the server takes.
pub fn client_id(text: &str) -> Result<String, String> {
    refuse_control_characters(text)?;
    if text.contains(is_invisible) {
        return Err("holds a character that cannot be seen: type it anew instead of pasting it".into());
    }
    if text.chars().count() > 100 {
        return Err("is longer than 100 characters, more than the server takes: \
                    give the client id alone, not a token or a secret"
            .into());
    }
    Ok(text.to_owned())
}

/// What turns the direction of writing, breaks lines or has no width: in a log it would make another line of a line.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// No secret is longer, in bytes.
pub const LONGEST_SECRET: usize = 16 * 1024;

/// The rule for a secret, wherever it comes from.
pub fn client_secret(text: &str) -> Result<Secret, String> {
    refuse_control_characters(text)?;
    if text.starts_with('\u{feff}') {
        return Err("starts with a byte order mark: save it as UTF-8 without one".into());
    }
    if text.len() > LONGEST_SECRET {
        return Err("is longer than 16 KiB: give the client secret alone".into());
    }
    Ok(Secret::new(text))
}

fn refuse_control_characters(text: &str) -> Result<(), String> {
    match text.chars().find(|c| c.is_control()) {
        Some('\n' | '\r') => {
            Err("holds a line break: give it on one line, without a newline at its end".into())
        }
        Some(_) => Err("holds a control character: give printable text".into()),
        None => Ok(()),
    }
}

/// `scope-token *( SP scope-token )` of RFC 6749 §3.3.
pub fn scope(text: &str) -> Result<String, String> {
    let is_scope_char = |c: char| matches!(c, '\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
    if text.split(' ').any(str::is_empty) {
        return Err("must be scopes separated by single spaces".into());
    }
    if !text.chars().all(|c| c == ' ' || is_scope_char(c)) {
        return Err("holds a character that no scope may have (RFC 6749 §3.3): \
                    printable ASCII without \" and \\ only"
            .into());
    }
    Ok(text.to_owned())
}

/// `post` or `basic`.
pub fn client_auth(text: &str) -> Result<ClientAuth, String> {
    match text {
        "post" => Ok(ClientAuth::Post),
        "basic" => Ok(ClientAuth::Basic),
        _ => Err("must be post or basic".into()),
    }
}

/// From a millisecond to an hour.
pub fn seconds(text: &str) -> Result<Duration, String> {
    let number: f64 = text.parse().map_err(|_| "must be a number of seconds such as 10 or 2.5".to_owned())?;
    if (0.001..=3600.0).contains(&number) {
        Ok(Duration::from_secs_f64(number))
    } else {
        Err("must be between 0.001 and 3600 seconds".into())
    }
}

/// A file path as the system takes it.
pub fn path(text: &str) -> Result<PathBuf, String> {
    if text.contains('\0') { Err("holds a NUL character: give a file path".into()) } else { Ok(text.into()) }
}

/// A proxy address, or `none` for no proxy whatever the environment says.
pub fn proxy(text: &str) -> Result<ProxyChoice, String> {
    if text.eq_ignore_ascii_case("none") {
        Ok(ProxyChoice::None)
    } else {
        Proxy::parse(text).map(ProxyChoice::Use)
    }
}

/// The stores of this version.
pub fn store(text: &str) -> Result<(), String> {
    if text == "memory" { Ok(()) } else { Err("must be memory, the only store of this version".into()) }
}
