//! The names in a certificate, as a person reads them.

use super::trace::Certificate;
use rustls::pki_types::CertificateDer;
use webpki::EndEntityCert;

/// So much of a name is told.
const LONGEST: usize = 100;

/// Common name and organisation (X.520), in the bytes of their object identifiers.
const TOLD: [&[u8]; 2] = [&[0x55, 4, 3], &[0x55, 4, 10]];

/// Whom a certificate is for and who issued it; `None` for what is no certificate.
pub fn names(certificate: &CertificateDer<'_>) -> Option<Certificate> {
    let certificate = EndEntityCert::try_from(certificate).ok()?;
    let subject = match certificate.valid_dns_names().next() {
        Some(name) => cut(name),
        None => name(certificate.subject()),
    };
    Some(Certificate { subject, issuer: name(certificate.issuer()) })
}

/// The parts of a name (RFC 5280 §4.1.2.4) that say who it is.
fn name(mut sets: &[u8]) -> String {
    let mut found = Vec::new();
    while let Some((_, set, rest)) = element(sets) {
        sets = rest;
        let Some((_, attribute, _)) = element(set) else { continue };
        let Some((_, kind, value)) = element(attribute) else { continue };
        if let Some((tag, text, _)) = element(value).filter(|_| TOLD.contains(&kind)) {
            found.push(cut(&decoded(tag, text)));
        }
    }
    found.dedup();
    found.reverse();
    if found.is_empty() { "nobody by name".into() } else { found.join(", ") }
}

/// The tag and the content of the first element of DER (X.690 §8.1), and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = bytes.split_first_chunk()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x82 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

fn decoded(tag: u8, text: &[u8]) -> String {
    const BMP_STRING: u8 = 0x1e;
    if tag == BMP_STRING {
        let units = text.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        return char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    }
    String::from_utf8_lossy(text).into_owned()
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rcgen::{CertificateParams, DnType, KeyPair};

    fn certificate(names: &[(DnType, &str)], hosts: &[&str]) -> CertificateDer<'static> {
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let mut parameters = CertificateParams::new(hosts).unwrap();
        parameters.distinguished_name = rcgen::DistinguishedName::new();
        for (kind, text) in names {
            parameters.distinguished_name.push(kind.clone(), *text);
        }
        parameters.self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone()
    }

    #[test]
    fn who_it_is_for_and_who_issued_it() {
        let told =
            |names: &[(DnType, &str)], hosts: &[&str]| super::names(&certificate(names, hosts)).unwrap();
        let both = [(DnType::OrganizationName, "Shop Ltd"), (DnType::CommonName, "Shop proxy")];
        assert_eq!(
            told(&both, &["auth.example"]),
            Certificate { subject: "auth.example".into(), issuer: "Shop proxy, Shop Ltd".into() }
        );
        let long = "x".repeat(1000);
        for (name, issuer) in [("a\nb", "ab"), (long.as_str(), &long[..LONGEST]), ("Bücher", "Bücher")] {
            assert_eq!(told(&[(DnType::CommonName, name)], &[]).issuer, issuer);
        }
        assert_eq!(told(&[], &["a"]).issuer, "nobody by name");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            name(&bytes);
            names(&bytes.into());
        }
    }
}
