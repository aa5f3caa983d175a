//! What an error must not tell: the secret in any spelling, a token, a value, or a long piece of what was read.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem::find;
use xilnex_auth::Error;

/// Everything that an error tells.
pub fn text_of(error: &Error) -> String {
    let parts = [Some(error.message()), error.hint(), error.oauth_error()];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// Whether `text` holds a piece of `source` that is longer than 22 bytes and does not stand in `known` anyway.
pub fn quotes(text: &str, source: &[u8], known: &str) -> bool {
    let pieces = (0..source.len().saturating_sub(15)).step_by(8).map(|at| &source[at..at + 16]);
    pieces
        .into_iter()
        .any(|piece| find(text.as_bytes(), piece).is_some() && find(known.as_bytes(), piece).is_none())
}

/// Spellings of a secret and of what Basic authentication makes of it, in small letters.
pub struct Canary(Vec<String>);

impl Canary {
    /// The spellings of these credentials.
    pub fn new(client_id: &str, secret: &str) -> Canary {
        let form = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let joined = format!("{client_id}:{secret}");
        let encoded = format!("{}:{}", form(client_id), form(secret));
        let mut spellings = vec![secret.to_owned()];
        for text in [secret, &joined, &encoded] {
            spellings.push(STANDARD_NO_PAD.encode(text));
            spellings.push(URL_SAFE_NO_PAD.encode(text));
        }
        Canary(spellings.into_iter().map(|text| text.to_ascii_lowercase()).collect())
    }

    /// Whether a text holds one of them, as it is, or as URLs, forms and web pages write it, up to twice over.
    pub fn is_in(&self, text: &str) -> bool {
        if self.has(text) {
            return true;
        }
        // Most texts have no escape, and looking is what takes the time.
        if !text.contains(['%', '&', '+']) {
            return false;
        }
        let decoders = [from_url, from_form, from_html];
        decoders.iter().any(|first| {
            let once = first(text);
            self.has(&once) || decoders.iter().any(|second| self.has(&second(&once)))
        })
    }

    fn has(&self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        self.0.iter().any(|spelling| text.contains(spelling))
    }
}

fn from_url(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let byte = digits.filter(|d| !d.starts_with('+')).and_then(|d| u8::from_str_radix(d, 16).ok());
        plain.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

fn from_form(text: &str) -> String {
    from_url(&text.replace('+', " "))
}

fn from_html(text: &str) -> String {
    let mut plain = text.to_owned();
    for (entity, character) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&amp;", "&")]
    {
        plain = plain.replace(entity, character);
    }
    plain
}
