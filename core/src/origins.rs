//! Where a token may be sent: to the origins of resource servers (RFC 6454 §4), never readable to another machine.

use crate::base_url::BaseUrl;
use crate::error::Error;
use once_cell::race::OnceBox;

/// The origins that a token may be sent to. Thread-safe.
///
/// A token is as good as a password: whoever is sent it can use it (RFC 6750 §5.3).
#[derive(Debug)]
pub struct Origins {
    listed: Vec<Origin>,
    first: OnceBox<Origin>,
}

/// Whether it is https, its host and its port.
type Origin = (bool, String, u16);

impl Origins {
    /// These, such as `https://api.example.com`, with the port where it is not that of https. Where none is given, it is
    /// the first one that is asked about and may be sent to.
    ///
    /// # Errors
    /// `invalid_config`, with the place in the list of what is no origin, or plain http to another machine.
    pub fn new<'a>(listed: impl IntoIterator<Item = &'a str>) -> Result<Origins, Error> {
        let origins = listed.into_iter().enumerate().map(|(index, text)| {
            parse(text).map_err(|told| Error::invalid_config(format!("origins[{index}] {told}")))
        });
        Ok(Origins { listed: origins.collect::<Result<_, _>>()?, first: OnceBox::new() })
    }

    /// Whether a request to this origin may carry a token. False as well for what is no origin.
    pub fn admit(&self, origin: &str) -> bool {
        match parse(origin) {
            Ok(origin) if self.listed.is_empty() => {
                *self.first.get_or_init(|| Box::new(origin.clone())) == origin
            }
            Ok(origin) => self.listed.contains(&origin),
            Err(_) => false,
        }
    }
}

/// The rules are those of a base address, without a path.
fn parse(text: &str) -> Result<Origin, String> {
    let address = BaseUrl::parse(text)?;
    let (host, port) = address.host_and_port();
    if address.has_path() {
        return Err("must be an origin such as https://api.example.com: leave the path off".into());
    }
    Ok((address.is_https(), host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_listed_is_admitted_in_any_spelling_and_nothing_else() {
        let origins =
            Origins::new(["https://API.example.com", "http://localhost:8080", "https://[::1]:9/"]).unwrap();
        for origin in [
            "https://api.example.com",
            "https://api.example.com:443",
            "HTTPS://Api.Example.com/",
            "http://localhost:8080",
            "https://[::1]:9",
        ] {
            assert!(origins.admit(origin), "{origin}");
        }
        for origin in [
            "",
            "api.example.com",
            "http://api.example.com",
            "http://api.example.com:443",
            "https://api.example.com:8443",
            "https://api.example.com.",
            "https://api.example.com.evil.example",
            "https://evil.example/api.example.com",
            "https://api.example.com@evil.example",
            "https://evil.example#api.example.com",
            "https://evil.example\\api.example.com",
            "https://api.example.com\n",
            "http://localhost:8081",
            "http://localhost",
            "https://localhost:8080",
            "ftp://api.example.com",
        ] {
            assert!(!origins.admit(origin), "{origin}");
        }
    }

    #[test]
    fn without_a_list_the_first_that_may_be_sent_to_is_the_only_one() {
        let origins = Origins::new([]).unwrap();
        assert!(!origins.admit("http://api.example.com"));
        assert!(origins.admit("https://api.example.com"));
        assert!(origins.admit("https://api.example.com:443"));
        assert!(!origins.admit("https://other.example.com"));
        assert!(!origins.admit("http://127.0.0.1:5000"));
    }

    #[test]
    fn a_list_names_what_is_wrong_with_it_by_its_place() {
        for (text, word) in [
            ("http://api.example.com", "https://"),
            ("https://api.example.com/v1", "leave the path off"),
            ("https://user:canary@api.example.com", "no user name"),
            ("*", "not an address"),
            ("https://*", "not an address"),
            ("", "not an address"),
        ] {
            let told = Origins::new(["https://fine.example", text]).unwrap_err();
            assert!(
                told.message().starts_with("origins[1] ") && told.message().contains(word),
                "{text}: {told}"
            );
            assert!(!told.message().contains("canary"));
        }
    }
}
