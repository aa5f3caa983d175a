//! The access token request, from settings to bytes (RFC 6749 §4.4.2): pure.

use crate::config::ClientAuth;
use crate::secret::Secret;
use crate::settings::Settings;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// A POST request ready for a transport. Holds the client secret, so it has no `Debug` and is wiped on drop.
pub struct HttpRequest {
    /// The token endpoint.
    pub url: String,
    /// The `Authorization` header, where the client authenticates by one.
    pub authorization: Option<Zeroizing<String>>,
    /// The form-encoded body.
    pub body: Zeroizing<String>,
}

/// The media type of the body (integration guide, "Client Credentials").
pub const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// The request for a token by the client credentials grant.
pub fn access_token_request(settings: &Settings, client_secret: &Secret) -> HttpRequest {
    let mut parameters = vec![("grant_type", "client_credentials")];
    let mut authorization = None;
    match settings.client_auth {
        ClientAuth::Post => {
            parameters.push(("client_id", &settings.client_id));
            parameters.push(("client_secret", client_secret.expose()));
        }
        ClientAuth::Basic => authorization = Some(basic(&settings.client_id, client_secret.expose())),
    }
    if let Some(scope) = &settings.scope {
        parameters.push(("scope", scope));
    }
    HttpRequest { url: settings.base_url.token_endpoint(), authorization, body: form(&parameters) }
}

fn form(parameters: &[(&str, &str)]) -> Zeroizing<String> {
    // Three bytes for each at most: the text is never moved, so no copy of the secret is left behind.
    let bound = parameters.iter().map(|(name, value)| name.len() + 3 * value.len() + 2).sum();
    let text =
        form_urlencoded::Serializer::new(String::with_capacity(bound)).extend_pairs(parameters).finish();
    Zeroizing::new(text)
}

/// The credentials of Basic authentication (RFC 6749 §2.3.1).
fn basic(client_id: &str, client_secret: &str) -> Zeroizing<String> {
    let pair = pair(client_id, client_secret);
    let mut header = Zeroizing::new(String::with_capacity("Basic ".len() + pair.len() * 4 / 3 + 4));
    header.push_str("Basic ");
    STANDARD.encode_string(pair.as_bytes(), &mut header);
    header
}

/// Both parts are form-encoded before they are joined.
fn pair(client_id: &str, client_secret: &str) -> Zeroizing<String> {
    // Room for all of it from the start, as in the form.
    let bound = 3 * (client_id.len() + client_secret.len()) + 1;
    let mut pair = Zeroizing::new(String::with_capacity(bound));
    pair.extend(form_urlencoded::byte_serialize(client_id.as_bytes()));
    pair.push(':');
    pair.extend(form_urlencoded::byte_serialize(client_secret.as_bytes()));
    pair
}

/// What a careless server's message may repeat of a request: the secret, and what Basic authentication makes of it,
/// rightly or without encoding the parts, in both alphabets of Base64 and without their padding; and its bytes in
/// hexadecimal digits.
pub fn spellings(client_id: &str, client_secret: &Secret) -> Vec<Zeroizing<String>> {
    let plain = Zeroizing::new(client_secret.expose().to_owned());
    let joined = Zeroizing::new(format!("{client_id}:{}", *plain));
    let mut spellings = Vec::new();
    for text in [&plain, &joined, &pair(client_id, &plain)] {
        for alphabet in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            spellings.push(Zeroizing::new(alphabet.encode(text.as_bytes())));
        }
    }
    let mut hex = Zeroizing::new(String::with_capacity(2 * plain.len()));
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    hex.extend(plain.bytes().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
    spellings.extend([hex, plain]);
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use proptest::prelude::*;

    fn request(options: &[(&str, &str)]) -> HttpRequest {
        let mut config = Config::new();
        for (name, text) in options {
            config.set(name, text).unwrap();
        }
        let (settings, client_secret) = Settings::new(&config).unwrap();
        access_token_request(&settings, &client_secret)
    }

    #[test]
    fn the_guides_request() {
        let sent = request(&[("client_id", "yourclientid"), ("client_secret", "yourclientsecret")]);
        assert_eq!(sent.url, "https://wb-api-auth-server.azurewebsites.net/connect/token");
        let guide = "grant_type=client_credentials&client_id=yourclientid&client_secret=yourclientsecret";
        assert_eq!(*sent.body, guide);
        assert!(sent.authorization.is_none());
    }

    #[test]
    fn a_scope_follows_and_special_characters_are_encoded() {
        let sent = request(&[("client_id", "a b"), ("client_secret", "&=+%é"), ("scope", "core:api x/y")]);
        let body = "grant_type=client_credentials&client_id=a+b&client_secret=%26%3D%2B%25%C3%A9&scope=core%3Aapi+x%2Fy";
        assert_eq!(*sent.body, body);
    }

    #[test]
    fn basic_authentication_leaves_the_body_without_client_parameters() {
        let sent = request(&[("client_id", "a:b"), ("client_secret", "c d"), ("client_auth", "basic")]);
        assert_eq!(*sent.body, "grant_type=client_credentials");
        let header = sent.authorization.unwrap();
        assert_eq!(STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap(), b"a%3Ab:c+d");
    }

    #[test]
    fn the_spellings_are_those_of_basic_authentication_too() {
        let told: Vec<String> =
            spellings("i d", &Secret::new("a&b c")).iter().map(|text| text.to_string()).collect();
        for spelling in ["a&b c", "YSZiIGM", "aSBkOmEmYiBj", "aStkOmElMjZiK2M", "6126622063"] {
            assert!(told.iter().any(|text| text == spelling), "{spelling} {told:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_encoded_decodes_to_itself(id in "[ -~é漢]{1,100}", secret in "[ -~é漢]{1,200}") {
            let sent = request(&[("client_id", &id), ("client_secret", &secret)]);
            let pairs: Vec<_> = form_urlencoded::parse(sent.body.as_bytes()).into_owned().collect();
            prop_assert_eq!(&pairs[1].1, &id);
            prop_assert_eq!(&pairs[2].1, &secret);
            prop_assert_eq!(pairs.len(), 3);
        }
    }
}
