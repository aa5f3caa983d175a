//! The base address of the authorization server and its token endpoint.

use http::Uri;
use std::net::{IpAddr, Ipv6Addr};

/// The path of the token endpoint below the base address (integration guide, "Client Credentials").
const TOKEN_PATH: &str = "/connect/token";

/// A checked base address: https, or http to this machine; no user, query or fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Parses and normalises: scheme and host in lower case, no port that goes without saying, no trailing slash. The
    /// error is the rest of a sentence that starts with the option's name and never quotes the text.
    pub fn parse(text: &str) -> Result<BaseUrl, String> {
        if !text.is_ascii() || text.contains('\\') {
            return Err("must be ASCII without backslashes: write other characters of a host in punycode \
                        (xn--...), of a path percent-encoded"
                .into());
        }
        if text.contains('#') || text.contains('?') {
            return Err("must have no query and no fragment".into());
        }
        let uri: Uri = text.parse().map_err(|_| malformed())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(malformed());
        };
        if authority.as_str().contains('@') {
            return Err("must have no user name or password in it".into());
        }
        let host = authority.host().to_ascii_lowercase();
        if !is_host(&host) || !is_port(&authority.as_str()[host.len()..]) {
            return Err(malformed());
        }
        match scheme {
            "https" => {}
            "http" if is_loopback(&host) => {}
            "http" => {
                return Err("must start with https:// (plain http is for this machine only: localhost, \
                            127.0.0.1, [::1]), or what is secret would travel readable"
                    .into());
            }
            _ => return Err(malformed()),
        }
        let path = uri.path().trim_end_matches('/');
        if path.ends_with(TOKEN_PATH) {
            return Err(format!("must be the server's base address: leave {TOKEN_PATH} off"));
        }
        let port = authority.port_u16().filter(|port| *port != usual_port(scheme));
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let host = bracketed(&host).map_or_else(|| host.clone(), |address| format!("[{address}]"));
        Ok(BaseUrl(format!("{scheme}://{host}{port}{path}")))
    }

    /// The address itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the token request goes.
    pub fn token_endpoint(&self) -> String {
        format!("{}{TOKEN_PATH}", self.0)
    }

    /// Whether there is more of it than an origin.
    pub(crate) fn has_path(&self) -> bool {
        self.0.matches('/').count() > 2
    }

    /// Whether the connection is TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// The host with the brackets of an IPv6 address taken off, and the port.
    pub fn host_and_port(&self) -> (String, u16) {
        let uri: Uri = self.0.parse().unwrap_or_default();
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = uri.port_u16().unwrap_or(usual_port(uri.scheme_str().unwrap_or_default()));
        (host, port)
    }
}

/// An IPv6 address in brackets, or labels of letters, digits, hyphens and underscores; a dot at the end makes a name
/// absolute.
fn is_host(host: &str) -> bool {
    bracketed(host).is_some() || host.strip_suffix('.').unwrap_or(host).split('.').all(is_label)
}

fn bracketed(host: &str) -> Option<Ipv6Addr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

/// The port of a scheme that an address need not tell.
pub(crate) fn usual_port(scheme: &str) -> u16 {
    if scheme == "https" { 443 } else { 80 }
}

fn is_label(label: &str) -> bool {
    !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// What may follow a host: nothing, or a colon and a port in digits. The parser of addresses takes more than that.
pub(crate) fn is_port(rest: &str) -> bool {
    rest.is_empty()
        || rest.strip_prefix(':').is_some_and(|port| {
            port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port != 0)
        })
}

fn malformed() -> String {
    "is not an address such as https://auth.example.com".into()
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted_addresses() {
        for (text, endpoint) in [
            ("https://auth.example.com", "https://auth.example.com/connect/token"),
            ("https://Auth.Example.com/", "https://auth.example.com/connect/token"),
            (
                "https://auth.example.com:8443/tenant/7/",
                "https://auth.example.com:8443/tenant/7/connect/token",
            ),
            ("http://localhost:5000", "http://localhost:5000/connect/token"),
            ("http://127.0.0.9:1", "http://127.0.0.9:1/connect/token"),
            ("http://[::1]:5000", "http://[::1]:5000/connect/token"),
            ("https://auth.example.com./", "https://auth.example.com./connect/token"),
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap().token_endpoint(), endpoint, "{text}");
        }
    }

    #[test]
    fn refused_addresses() {
        for (text, word) in [
            ("", "not an address"),
            ("auth.example.com", "not an address"),
            ("ftp://auth.example.com", "not an address"),
            ("https://", "not an address"),
            ("https://:443", "not an address"),
            ("https://a:b", "not an address"),
            ("https://a:0", "not an address"),
            ("https://a b", "not an address"),
            ("https://bücher.example", "ASCII"),
            ("https://a/é", "ASCII"),
            ("https://a\\b", "ASCII"),
            ("http://[::1]x:5", "not an address"),
            ("http://[::1]:+80", "not an address"),
            ("https://a:", "not an address"),
            ("https://[]", "not an address"),
            ("https://[1.2.3.4]", "not an address"),
            ("https://..", "not an address"),
            ("https://a..b", "not an address"),
            ("https://*.b", "not an address"),
            ("https://a,b", "not an address"),
            ("https://a/?x=1", "no query"),
            ("https://a/#x", "no fragment"),
            ("https://user:canary@a", "no user name"),
            ("http://auth.example.com", "https://"),
            ("http://localhost.example.com", "https://"),
            ("http://127.0.0.1.example.com", "https://"),
            ("http://0.0.0.0:80", "https://"),
            ("https://a/connect/token", "leave /connect/token off"),
        ] {
            let told = BaseUrl::parse(text).unwrap_err();
            assert!(told.contains(word) && !told.contains("canary"), "{text}: {told}");
        }
    }

    #[test]
    fn spellings_of_one_address_are_one() {
        for (text, address) in [
            ("https://a:443/x", "https://a/x"),
            ("HTTPS://A:0443", "https://a"),
            ("http://localhost:80", "http://localhost"),
            ("https://a:80", "https://a:80"),
            ("http://[0:0::0001]:5000", "http://[::1]:5000"),
            ("https://[2001:DB8:0::7f00:1]", "https://[2001:db8::7f00:1]"),
            ("https://[::ffff:7f00:1]", "https://[::ffff:127.0.0.1]"),
        ] {
            let found = BaseUrl::parse(text).unwrap();
            assert_eq!((found.as_str(), BaseUrl::parse(address)), (address, Ok(found.clone())), "{text}");
        }
    }

    #[test]
    fn host_and_port_have_defaults() {
        for (text, host, port) in
            [("https://a", "a", 443), ("http://[::1]", "::1", 80), ("https://a:8443/x", "a", 8443)]
        {
            assert_eq!(BaseUrl::parse(text).unwrap().host_and_port(), (host.to_owned(), port));
        }
    }
}
