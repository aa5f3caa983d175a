//! Which proxy a request goes through: the option, else the environment's rules as curl reads them.

use crate::base_url::{BaseUrl, is_port};
use http::Uri;
use std::ffi::OsString;
use std::fmt;
use std::net::IpAddr;
use zeroize::Zeroizing;

/// An HTTP proxy that tunnels by CONNECT. May hold a user and a password, so it is shown without them.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy(Zeroizing<String>);

impl Proxy {
    /// Checks a proxy address such as `http://user:password@proxy.example:8080`; the scheme may be left off.
    /// The error is the rest of a sentence that starts with the option's name and never quotes the text.
    pub fn parse(text: &str) -> Result<Proxy, String> {
        let full = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let full = Zeroizing::new(full);
        let uri: Uri = full.parse().map_err(|_| malformed())?;
        match (uri.scheme_str(), uri.host()) {
            (Some("http" | "https"), Some(host)) if !host.is_empty() && is_address_alone(&uri) => {
                Ok(Proxy(full))
            }
            (Some(scheme), _) if scheme.starts_with("socks") => {
                Err("names a SOCKS proxy; only HTTP proxies (http://host:port) are supported".into())
            }
            _ => Err(malformed()),
        }
    }

    /// The address with user and password, for the transport only.
    pub(crate) fn address(&self) -> &str {
        &self.0
    }

    /// Host and port, without user and password.
    pub fn display_address(&self) -> String {
        let uri: Uri = self.0.parse().unwrap_or_default();
        let port = uri.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}", uri.host().unwrap_or_default())
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({})", self.display_address())
    }
}

/// A port that is no number would silently become the usual one, and a path would mean nothing.
fn is_address_alone(uri: &Uri) -> bool {
    let address = uri.authority().map_or("", |authority| authority.as_str());
    let host_and_port = address.rsplit('@').next().unwrap_or_default();
    let after_host = host_and_port.get(uri.host().unwrap_or_default().len()..).unwrap_or("?");
    is_port(after_host) && matches!(uri.path(), "" | "/") && uri.query().is_none()
}

fn malformed() -> String {
    "is not a proxy address such as http://proxy.example:8080".into()
}

/// The way to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The proxy to tunnel through.
    pub proxy: Option<Proxy>,
    /// Why it is this one, or none.
    pub reason: String,
}

impl Route {
    /// The way through this proxy, or through none.
    pub fn new(proxy: Option<Proxy>, reason: impl Into<String>) -> Route {
        Route { proxy, reason: reason.into() }
    }
}

/// The way to `target` that the environment names, read through `lookup`.
///
/// HTTPS_PROXY before ALL_PROXY, lower case before upper case, NO_PROXY exempts; an empty variable counts as
/// unset. HTTP_PROXY is never read: plain http goes to this machine only, and no proxy may see that secret.
/// The error names the variable.
pub fn from_environment(
    target: &BaseUrl,
    lookup: impl Fn(&str) -> Option<OsString>,
) -> Result<Route, String> {
    let first = |names: &[&str]| {
        let lower_then_upper = names.iter().flat_map(|name| [name.to_ascii_lowercase(), (*name).to_owned()]);
        lower_then_upper
            .filter_map(|name| lookup(&name).map(|value| (name, value)))
            .find(|(_, value)| !value.is_empty())
    };
    if !target.is_https() {
        return Ok(Route::new(None, "plain http goes to this machine only"));
    }
    let text = |(name, value): (String, OsString)| match value.into_string() {
        Ok(text) => Ok((name, text)),
        Err(_) => Err(format!("the variable {name} is not UTF-8")),
    };
    let Some((name, address)) = first(&["HTTPS_PROXY", "ALL_PROXY"]).map(text).transpose()? else {
        return Ok(Route::new(None, "neither HTTPS_PROXY nor ALL_PROXY is set"));
    };
    if let Some((exempts, exceptions)) = first(&["NO_PROXY"]).map(text).transpose()?
        && is_exempt(target, &exceptions)
    {
        return Ok(Route::new(None, format!("{name} names one, but {exempts} exempts this host")));
    }
    let proxy = Proxy::parse(&address).map_err(|told| format!("the variable {name} {told}"))?;
    Ok(Route::new(Some(proxy), format!("{name} names it")))
}

/// NO_PROXY: names match themselves and their subdomains, with or without a leading dot; addresses match
/// themselves or a CIDR range; `:port` narrows; `*` exempts everything.
fn is_exempt(target: &BaseUrl, exceptions: &str) -> bool {
    let (host, port) = target.host_and_port();
    let listed = exceptions.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty());
    listed.into_iter().any(|entry| {
        let (name, only_port) = split_port(entry);
        entry == "*" || (only_port.is_none_or(|only| only == port) && matches_host(&host, name))
    })
}

fn split_port(entry: &str) -> (&str, Option<u16>) {
    if let Some((address, rest)) = entry.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        return match rest.strip_prefix(':').map(str::parse) {
            Some(Ok(port)) => (address, Some(port)),
            None if rest.is_empty() => (address, None),
            // What nobody can read must not exempt more than what can be read.
            _ => (entry, None),
        };
    }
    match entry.rsplit_once(':') {
        // More than one colon without brackets is a bare IPv6 address.
        Some((name, port)) if !name.contains(':') => match port.parse() {
            Ok(port) => (name, Some(port)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    }
}

fn matches_host(host: &str, entry: &str) -> bool {
    if let Ok(address) = host.parse::<IpAddr>() {
        return in_range(address, entry);
    }
    let entry = entry.trim_start_matches("*.").trim_matches('.').to_ascii_lowercase();
    let host = host.trim_end_matches('.');
    host == entry || host.strip_suffix(&entry).is_some_and(|front| front.ends_with('.'))
}

fn in_range(address: IpAddr, entry: &str) -> bool {
    let (network, bits) = entry.split_once('/').unwrap_or((entry, ""));
    let Ok(network) = network.parse::<IpAddr>() else {
        return false;
    };
    let (left, right, width) = match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(a.to_bits()), u128::from(b.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits(), b.to_bits(), 128),
        _ => return false,
    };
    let bits = if bits.is_empty() { Ok(width) } else { bits.parse::<u32>() };
    bits.is_ok_and(|bits| bits <= width && (left ^ right).checked_shr(width - bits).unwrap_or(0) == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(target: &str, environment: &[(&str, &str)]) -> Option<String> {
        let lookup = |name: &str| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
        };
        from_environment(&BaseUrl::parse(target).unwrap(), lookup)
            .unwrap()
            .proxy
            .map(|proxy| proxy.display_address())
    }

    #[test]
    fn order_of_the_variables() {
        let https = "https://auth.example.com";
        assert_eq!(chosen(https, &[]), None);
        assert_eq!(chosen(https, &[("HTTP_PROXY", "http://h:1"), ("http_proxy", "http://h:1")]), None);
        assert_eq!(chosen(https, &[("ALL_PROXY", "http://all:1")]), Some("all:1".into()));
        assert_eq!(chosen(https, &[("ALL_PROXY", "all:1"), ("HTTPS_PROXY", "up:2")]), Some("up:2".into()));
        assert_eq!(chosen(https, &[("HTTPS_PROXY", "up:2"), ("https_proxy", "low:3")]), Some("low:3".into()));
        assert_eq!(chosen(https, &[("https_proxy", ""), ("HTTPS_PROXY", "up:2")]), Some("up:2".into()));
        assert_eq!(chosen("http://127.0.0.1:5000", &[("ALL_PROXY", "all:1")]), None);
    }

    #[test]
    fn exceptions() {
        for (target, no_proxy, exempt) in [
            ("https://auth.example.com", "example.com", true),
            ("https://auth.example.com", ".example.com", true),
            ("https://auth.example.com", "*.example.com", true),
            ("https://auth.example.com", "other.com, AUTH.example.com", true),
            ("https://auth.example.com", "ample.com", false),
            ("https://auth.example.com", "*", true),
            ("https://auth.example.com", "example.com:8443", false),
            ("https://auth.example.com:8443", "example.com:8443", true),
            ("https://10.1.2.3", "10.0.0.0/8", true),
            ("https://10.1.2.3", "10.1.2.3", true),
            ("https://11.1.2.3", "10.0.0.0/8", false),
            ("https://10.1.2.3", "0.0.0.0/0", true),
            ("https://10.1.2.3", "10.0.0.0/99", false),
            ("https://[fd00::1]", "fd00::/8", true),
            ("https://[fd00::1]:9", "[fd00::1]:9", true),
            ("https://[fd00::1]", "[fd00::1]:99999", false),
            ("https://auth.example.com", "[example.com]x", false),
            ("https://auth.example.com", "", false),
        ] {
            let proxy = chosen(target, &[("HTTPS_PROXY", "p:1"), ("NO_PROXY", no_proxy)]);
            assert_eq!(proxy.is_none(), exempt, "{target} with NO_PROXY={no_proxy}");
        }
    }

    #[test]
    fn printing_hides_the_password_and_errors_do_not_quote() {
        let proxy = Proxy::parse("http://user:canary@proxy.example:8080").unwrap();
        assert_eq!(format!("{proxy:?}"), "Proxy(proxy.example:8080)");
        for text in [
            "socks5://canary",
            "ftp://canary",
            "http://",
            "http://a b canary",
            "",
            "http://canary:808O",
            "http://canary:99999",
            "http://canary:0",
            "http://canary:",
            "canary:80:80",
            "http://canary:8080/path",
            "http://canary:8080/?query",
        ] {
            assert!(!Proxy::parse(text).unwrap_err().contains("canary"), "{text}");
        }
        for text in ["proxy", "proxy:8080", "http://u:p@[::1]:8080/", "https://proxy.example"] {
            assert!(Proxy::parse(text).is_ok(), "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_is_named_and_not_passed_over() {
        use std::os::unix::ffi::OsStringExt;
        for broken in ["https_proxy", "no_proxy"] {
            let lookup = |name: &str| match name {
                _ if name == broken => Some(OsString::from_vec(vec![0xff])),
                "https_proxy" => Some("http://proxy.example:8080".into()),
                _ => None,
            };
            let told = from_environment(&BaseUrl::parse("https://a").unwrap(), lookup).unwrap_err();
            assert!(told.contains(broken) && told.contains("UTF-8"), "{told}");
        }
    }
}
