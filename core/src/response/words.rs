//! What of a server's words may be told: nothing that could bring back what was sent to it.

use super::Asked;
use crate::request::spellings;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};
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

/// A text longer than this is no message.
const LONGEST_TEXT: usize = 4 * 1024;

/// To look through what a text says where it is encoded may take so much memory; a sentence takes a few times its length.
const MOST_READINGS: usize = 128 * 1024;

/// The members of an answer that hold what is to be kept, should a server send them beside an error.
const KEPT: [&str; 3] = ["access_token", "refresh_token", "id_token"];

/// The error code of an answer, and code and description as the end of a sentence.
pub fn told(members: &Map<String, Value>, asked: &Asked<'_>) -> (Option<String>, String) {
    let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default();
    let kept = Kept::new(asked, &KEPT.map(text));
    let code = match OAUTH_ERRORS.iter().find(|code| **code == text("error")) {
        // A word of the standard says nothing about a secret that happens to occur in it.
        Some(code) => Some((*code).to_owned()),
        None => printable(text("error"), 64, &kept).filter(|code| !code.contains(LEFT_OUT)),
    };
    let description = printable(text("error_description"), 256, &kept);
    // What stands in both, a piece in each, stands together in the sentence.
    let is_split = code.is_some()
        && description.is_some()
        && kept.is_in(&Zeroizing::new(format!("{}{}", text("error"), text("error_description"))));
    let description = description.filter(|_| !is_split);
    let parts = [code.as_deref(), description.as_deref()].into_iter().flatten();
    let sentence = parts.map(|part| format!(": {part}")).collect();
    (code, sentence)
}

/// Whether a text of the answer brings back the token or what was sent, as a whole, or is too long to be looked through. What
/// is as short as a word may stand in any text.
pub fn is_telling(text: &str, token: &str, asked: &Asked<'_>) -> bool {
    let Kept { mut spellings, .. } = Kept::new(asked, &[token]);
    spellings.retain(|kept| kept.len() >= LARGE_PIECE);
    text.len() > LONGEST_TEXT || Kept { spellings, whole: Vec::new() }.is_in(text)
}

/// What is to be kept.
struct Kept {
    /// Spellings that nothing of a server's text may hold.
    spellings: Vec<Zeroizing<String>>,
    /// Of these not even a large piece.
    whole: Vec<Zeroizing<String>>,
}

impl Kept {
    fn new(asked: &Asked<'_>, tokens: &[&str]) -> Kept {
        let mut spellings = spellings(asked.client_id, asked.client_secret);
        let mut whole: Vec<_> = tokens.iter().map(|text| Zeroizing::new((*text).to_owned())).collect();
        whole.extend(spellings.pop());
        spellings.extend(whole.iter().cloned());
        Kept { spellings, whole }
    }

    /// Whether any of it is in a text, as it is or as a URL, a form, a web page, JSON or Base64 writes it, once or twice
    /// over; true as well where looking would take too much memory.
    ///
    /// Compared as it would be shown: what is left out must not hide it from this look, nor part what is decoded.
    fn is_in(&self, text: &str) -> bool {
        let Some(readings) = readings(text) else { return true };
        [comparable, letters].into_iter().any(|form| {
            let formed =
                |kept: &[Zeroizing<String>]| -> Vec<_> { kept.iter().map(|kept| form(kept)).collect() };
            let (spellings, whole) = (formed(&self.spellings), formed(&self.whole));
            readings.iter().map(|reading| form(reading)).any(|text| {
                spellings.iter().any(|kept| !kept.is_empty() && text.contains(kept.as_str()))
                    || whole.iter().any(|kept| holds_half(text.as_bytes(), kept.as_bytes()))
            })
        })
    }
}

/// A piece of this length is told by chance in no sentence; a shorter text is looked for as a whole alone.
const LARGE_PIECE: usize = 8;

/// Whether a text holds half of another in one piece, if that is large.
fn holds_half(text: &[u8], kept: &[u8]) -> bool {
    let wanted = (kept.len() / 2).max(LARGE_PIECE);
    // A piece of that length holds one of these blocks whole, wherever it begins.
    let length = wanted / 2;
    kept.chunks_exact(length).enumerate().any(|(index, block)| {
        let (before, after) = (&kept[..index * length], &kept[(index + 1) * length..]);
        let places = text.windows(length).enumerate().filter(|(_, window)| *window == block);
        places.into_iter().any(|(at, _)| {
            let alike = |pair: &(&u8, &u8)| pair.0 == pair.1;
            let left = before.iter().rev().zip(text[..at].iter().rev()).take_while(alike).count();
            let right = after.iter().zip(&text[at + length..]).take_while(alike).count();
            left + length + right >= wanted
        })
    })
}

/// Server text fit for a message: the characters of RFC 6749 §5.2, bounded, without words that are none; nothing if it
/// repeats what is to be kept.
fn printable(text: &str, longest: usize, kept: &Kept) -> Option<String> {
    let shown = fit(text);
    let shown = shown.trim();
    if shown.is_empty() || text.len() > LONGEST_TEXT || kept.is_in(text) {
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

/// A text, and what it says where it is encoded, once or twice over; `None` where that is too much.
fn readings(text: &str) -> Option<Vec<Zeroizing<String>>> {
    let mut readings = vec![Zeroizing::new(text.to_owned()), fit(text)];
    let mut length = 0;
    let mut last = 0;
    for _ in 0..2 {
        let now = readings.len();
        for index in last..now {
            let spaced = Zeroizing::new(readings[index].replace('+', " "));
            let text = readings[index].as_str();
            let decoded = [from_html(text), from_json(text), from_url(&spaced), from_url(text)];
            let decoded = decoded.into_iter().chain(from_base64(text));
            for reading in decoded.flat_map(|reading| [fit(&reading), reading]) {
                // What an encoding leaves as it is needs no second look.
                if !readings.contains(&reading) {
                    length += reading.len();
                    readings.push(reading);
                }
                if length > MOST_READINGS {
                    return None;
                }
            }
        }
        last = now;
    }
    Some(readings)
}

/// The words of a text that Base64 may have written, decoded: from each of the four places where a group may begin, since
/// nobody knows what stands before what is looked for.
fn from_base64(text: &str) -> Vec<Zeroizing<String>> {
    let is_digit = |c: char| c.is_ascii_alphanumeric() || "+/-_".contains(c);
    let words: Vec<_> = text.split(|c| !is_digit(c)).filter(|word| word.len() >= LARGE_PIECE).collect();
    let decode = |digits: &str| {
        let usual = digits.replace('-', "+").replace('_', "/");
        // A single digit at the end says nothing.
        let whole = usual.len() - usize::from(usual.len() % 4 == 1);
        LENIENT.decode(&usual[..whole]).unwrap_or_default()
    };
    let from = |start: usize| {
        let decoded = words.iter().map(|word| Zeroizing::new(decode(&word[start..])));
        let texts = decoded.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Zeroizing::new(texts.collect::<Vec<_>>().join(" "))
    };
    if words.is_empty() { Vec::new() } else { (0..4).map(from).collect() }
}

/// Base64 without padding whose last digit may have bits that nobody needs.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

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
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    fn shown(text: &str, secret: &str) -> Option<String> {
        let kept = vec![Zeroizing::new(secret.to_owned())];
        printable(text, 256, &Kept { spellings: kept.clone(), whole: kept })
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
    fn base64_and_large_pieces_are_read_too() {
        let secret = "S3cr-Canary-ZZYplugh-47";
        let encoded = |prefix: &str| STANDARD.encode(format!("{prefix}{secret}!"));
        for echo in [
            format!("got {}", encoded("")),
            format!("got {}", encoded("x")),
            format!("got {}", encoded("xy")),
            format!("got {}", encoded("x").replace('+', "-").replace('/', "_")),
            format!("got abc{}", encoded("xy")),
            format!("got {}", &secret[1..]),
            format!("got {}", &secret[..secret.len() - 1]),
            format!("got {} and no more", &secret[..12]),
            "S-3-c-r-C-a-n-a-r-y-Z-Z-Y-p-l-u-g-h-4-7".to_owned(),
        ] {
            assert_eq!(shown(&echo, secret), None, "{echo}");
        }
        for harmless in ["the Canary is dead", "client authentication failed: unknown client till-7"] {
            assert!(shown(harmless, secret).is_some(), "{harmless}");
        }
    }

    proptest! {
        #[test]
        fn half_of_a_text_is_found_where_any_window_of_it_stands(kept in "[ab]{0,40}", text in "[ab]{0,60}") {
            let wanted = (kept.len() / 2).max(LARGE_PIECE);
            let expected = kept.as_bytes().windows(wanted).any(|piece| {
                text.as_bytes().windows(wanted).any(|window| window == piece)
            });
            prop_assert_eq!(holds_half(text.as_bytes(), kept.as_bytes()), expected);
        }
    }

    #[test]
    fn what_takes_too_much_to_be_looked_through_is_not_told() {
        let long_words = "unauthorised-applications-registered ".repeat(110);
        assert!(shown(&long_words, "canary-secret").is_some());
        for encoded in ["QUJDREVGRw%2B&amp;", "%2541\\u0041QUJD+", "aGVsbG8gd29ybGQh&#x41;%41"] {
            let text = encoded.repeat(LONGEST_TEXT / encoded.len());
            let total = readings(&text).map(|readings| readings.iter().map(|one| one.len()).sum::<usize>());
            assert!(
                total.is_none_or(|total| total <= MOST_READINGS + 2 * LONGEST_TEXT),
                "{encoded}: {total:?}"
            );
        }
    }

    #[test]
    fn a_text_without_measure_is_no_message() {
        assert!(shown(&"a word ".repeat(500), "canary").is_some());
        assert_eq!(shown(&"a word ".repeat(9000), "canary"), None);
    }
}
