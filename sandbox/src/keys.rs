//! The signing key of the sandboxes of this process; another process has another. That no token of one is good at another
//! sandbox is what its issuer and audience are for.

use crate::rs256;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::rand_core::{OsRng, RngCore};
use rsa::traits::PublicKeyParts;
use serde_json::{Value, json};
use std::sync::OnceLock;

const BITS: usize = 2048;

/// A key pair and the id under which its public half is published.
pub struct Keys {
    signing: EncodingKey,
    checking: DecodingKey,
    modulus: String,
    exponent: String,
    id: String,
}

/// The key pair, made when it is first needed: half a second that most tests can do without.
pub fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(Keys::new)
}

impl Keys {
    fn new() -> Keys {
        rs256::install();
        let key = RsaPrivateKey::new(&mut OsRng, BITS).expect("a key of a usual size");
        let der = key.to_pkcs1_der().expect("a key that was just made");
        let encode = |number: &rsa::BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
        let (modulus, exponent) = (encode(key.n()), encode(key.e()));
        Keys {
            signing: EncodingKey::from_rsa_der(der.as_bytes()),
            checking: DecodingKey::from_rsa_components(&modulus, &exponent).expect("components of a key"),
            modulus,
            exponent,
            id: random_text(),
        }
    }

    /// A signed token with these claims (RFC 9068).
    pub fn sign(&self, claims: &Value) -> Result<String, String> {
        let mut header = Header::new(Algorithm::RS256);
        header.typ = Some("at+jwt".into());
        header.kid = Some(self.id.clone());
        jsonwebtoken::encode(&header, claims, &self.signing).map_err(|problem| problem.to_string())
    }

    /// The claims of a token that this key signed, for this audience and issuer, whenever it ends.
    pub fn verify(&self, token: &str, issuer: &str, audience: &str) -> Option<Value> {
        let mut rules = Validation::new(Algorithm::RS256);
        // Judged by the sandbox's own time: see `Time::is_good`.
        rules.validate_exp = false;
        rules.set_issuer(&[issuer]);
        rules.set_audience(&[audience]);
        rules.set_required_spec_claims(&["exp", "iss", "aud"]);
        jsonwebtoken::decode(token, &self.checking, &rules).ok().map(|found| found.claims)
    }

    /// The public key set (RFC 7517).
    pub fn published(&self) -> Value {
        json!({"keys": [{
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id, "n": self.modulus, "e": self.exponent,
        }]})
    }
}

/// 128 random bits as text.
pub fn random_text() -> String {
    let mut bytes = [0; 16];
    OsRng.fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unchanged_token_of_this_key_is_good() {
        let keys = Keys::new();
        let claims = json!({"iss": "i", "aud": "a", "nbf": 1000, "exp": 2000, "sub": "x"});
        let token = keys.sign(&claims).unwrap();
        for (issuer, audience, is_good) in [("i", "a", true), ("other", "a", false), ("i", "other", false)] {
            assert_eq!(keys.verify(&token, issuer, audience).is_some(), is_good, "{issuer} {audience}");
        }
        let (head, signature) = token.rsplit_once('.').unwrap();
        assert!(keys.verify(&format!("{head}x.{signature}"), "i", "a").is_none());
        let unsigned =
            format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), head.split('.').nth(1).unwrap());
        assert!(keys.verify(&unsigned, "i", "a").is_none());
        assert!(Keys::new().verify(&token, "i", "a").is_none());
    }
}
