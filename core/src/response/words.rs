//! What of a server's words may be told: nothing that could bring back what was sent to it.

use super::Asked;
use crate::request::spellings;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// The six codes of RFC 6749 §5.2.
pub const OAUTH_ERRORS: [&str; 6] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
];

/// A word longer than this is none of a language: a token, a JWT, Base64 or hexadecimal digits.
const LONGEST_WORD: usize = 32;

/// A text longer than this is no message; to look through it takes a hundred times its length of memory.
const LONGEST_TEXT: usize = 4 * 1024;

/// The members of an answer that hold what is to be kept, should a server send them beside an error.
const KEPT: [&str; 3] = ["access_token", "refresh_token", "id_token"];

/// The error code of an answer, and code and description as the end of a sentence.
pub fn told(members: &Map<String, Value>, asked: &Asked<'_>) -> (Option<String>, String) {
    let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut kept = spellings(asked.client_id, asked.client_secret);
    kept.extend(KEPT.map(|name| Zeroizing::new(text(name).to_owned())));
    let code = match OAUTH_ERRORS.iter().find(|code| **code == text("error")) {
        // A word of the standard says nothing about a secret that happens to occur in it.
        Some(code) => Some((*code).to_owned()),
        None => printable(text("error"), 64, &kept).filter(|code| !code.contains(LEFT_OUT)),
    };
    let description = printable(text("error_description"), 256, &kept);
    let parts = [code.as_deref(), description.as_deref()].into_iter().flatten();
    let sentence = parts.map(|part| format!(": {part}")).collect();
    (code, sentence)
}

/// Server text fit for a message: the characters of RFC 6749 §5.2, bounded, without words that are none; nothing if it
/// repeats what is to be kept.
fn printable(text: &str, longest: usize, kept: &[Zeroizing<String>]) -> Option<String> {
    let shown = fit(text);
    let shown = shown.trim();
    if shown.is_empty() || text.len() > LONGEST_TEXT || repeats(text, kept) {
        return None;
    }
    Some(of_words(shown).chars().take(longest).collect())
}

/// Stands for a word that is none.
const LEFT_OUT: &str = "...";

fn of_words(text: &str) -> String {
    let is_of_token = |c: char| c.is_ascii_alphanumeric() || "-._~+/=%".contains(c);
    let mut shown = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_of_token(c)).unwrap_or(rest.len());
        shown += if end > LONGEST_WORD { LEFT_OUT } else { &rest[..end] };
        let next = rest[end..].find(is_of_token).map_or(rest.len(), |start| end + start);
        shown += &rest[end..next];
        rest = &rest[next..];
    }
    shown
}

/// Whether something that is to be kept is in a text, as it is or as a URL, a form, a web page or JSON writes it, once or
/// twice over.
///
/// Compared as it would be shown: what is left out must not hide it from this look, nor part what is decoded.
fn repeats(text: &str, kept: &[Zeroizing<String>]) -> bool {
    let mut readings = vec![Zeroizing::new(text.to_owned()), fit(text)];
    let mut last = 0;
    for _ in 0..2 {
        let now = readings.len();
        for index in last..now {
            let spaced = Zeroizing::new(readings[index].replace('+', " "));
            let decoded = [from_html(&readings[index]), from_json(&readings[index])];
            let decoded = decoded.into_iter().chain([from_url(&spaced), from_url(&readings[index])]);
            // What an encoding leaves as it is needs no second look.
            let new: Vec<_> = decoded.filter(|reading| *reading != readings[index]).collect();
            readings.extend(new.into_iter().flat_map(|reading| [fit(&reading), reading]));
        }
        last = now;
    }
    [comparable, letters].into_iter().any(|form| {
        let kept: Vec<_> = kept.iter().map(|kept| form(kept)).filter(|kept| !kept.is_empty()).collect();
        let mut readings = readings.iter().map(|reading| form(reading));
        readings.any(|reading| kept.iter().any(|kept| reading.contains(kept.as_str())))
    })
}

fn from_url(text: &str) -> Zeroizing<String> {
    Zeroizing::new(percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned())
}

/// `&lt;`, `&#60;` and `&#x3c;`, the semicolon or not.
fn from_html(text: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut parts = text.split('&');
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        match entity(part) {
            Some((character, length)) => {
                plain.push(character);
                plain.push_str(part[length..].strip_prefix(';').unwrap_or(&part[length..]));
            }
            None => {
                plain.push('&');
                plain.push_str(part);
            }
        }
    }
    plain
}

/// The character that an entity stands for, and the length of its name.
fn entity(text: &str) -> Option<(char, usize)> {
    const NAMED: [(&str, char); 5] = [("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("amp", '&')];
    let Some(number) = text.strip_prefix('#') else {
        let named = NAMED.into_iter().find(|(name, _)| text.starts_with(name));
        return named.map(|(name, character)| (character, name.len()));
    };
    let (digits, radix) = number.strip_prefix(['x', 'X']).map_or((number, 10), |digits| (digits, 16));
    let length = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let character = u32::from_str_radix(&digits[..length], radix).ok().and_then(char::from_u32)?;
    Some((character, text.len() - digits.len() + length))
}

/// `\u0061`, and `\x61` as other languages write it.
fn from_json(text: &str) -> Zeroizing<String> {
    let mut units = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let escaped = [("\\u", 4), ("\\x", 2)].into_iter().find_map(|(start, digits)| {
            let number = rest.strip_prefix(start)?.get(..digits)?;
            Some((u16::from_str_radix(number, 16).ok()?, start.len() + digits))
        });
        let length = match escaped {
            Some((unit, length)) => {
                units.push(unit);
                length
            }
            None => {
                units.extend_from_slice(character.encode_utf16(&mut [0; 2]));
                character.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    Zeroizing::new(String::from_utf16_lossy(&units))
}

fn comparable(text: &str) -> Zeroizing<String> {
    Zeroizing::new(fit(text).to_ascii_lowercase())
}

/// Letters and digits alone, without the names of entities: there are two thousand, which stand for other characters.
fn letters(text: &str) -> Zeroizing<String> {
    let mut parts = text.split('&');
    let mut plain = Zeroizing::new(parts.next().unwrap_or_default().to_owned());
    for part in parts {
        let name = part.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(part.len());
        plain.push_str(if part[name..].starts_with(';') { &part[name..] } else { part });
    }
    plain.retain(|c| c.is_ascii_alphanumeric());
    plain.make_ascii_lowercase();
    plain
}

fn fit(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.chars().filter(|c| matches!(c, ' '..='~') && !matches!(c, '"' | '\\')).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, secret: &str) -> Option<String> {
        printable(text, 256, &[Zeroizing::new(secret.to_owned())])
    }

    #[test]
    fn what_a_web_page_writes_by_name_is_read_too() {
        for (secret, echo) in [
            ("canar\u{e9}-7", "canar&eacute;-7"),
            ("canary+7/x", "canary&plus;7&sol;x"),
            ("canary:7", "the secret canary&colon;7 is wrong"),
        ] {
            assert_eq!(shown(echo, secret), None, "{echo}");
        }
        assert!(shown("neither fish &amp; fowl; nor &c.", "canary+7/x").is_some());
    }

    #[test]
    fn a_text_without_measure_is_no_message() {
        assert!(shown(&"a word ".repeat(500), "canary").is_some());
        assert_eq!(shown(&"a word ".repeat(9000), "canary"), None);
    }
}
