//! Any base address, proxy and NO_PROXY: no panic and no value in an error, plain http for this machine only, as another
//! parser of addresses sees it, and no password in what is shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use url::{Host, Url};
use xilnex_auth::base_url::BaseUrl;
use xilnex_auth::proxy::{Proxy, from_environment};

static TARGET: LazyLock<BaseUrl> =
    LazyLock::new(|| BaseUrl::parse("https://auth.example.com:8443").expect("an address"));

fuzz_target!(|bytes: &[u8]| {
    let (Some((form, rest)), true) = (bytes.split_first(), bytes.len() > 1) else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    match form % 3 {
        0 => base_url(text),
        1 => proxy(text),
        _ => exceptions(text),
    }
});

/// What the errors say whatever the address is.
static SENTENCES: LazyLock<String> = LazyLock::new(|| {
    let wrong = ["", "é", "https://a#", "https://u@a", "http://a", "https://a/connect/token", "socks5://a"];
    let told = wrong.iter().flat_map(|text| [BaseUrl::parse(text).err(), Proxy::parse(text).err()]);
    told.flatten().collect()
});

/// An error does not repeat what was given, unless its own words are that.
fn judge(told: &str, text: &str) {
    assert!(text.len() < 4 || !told.contains(text) || SENTENCES.contains(text), "{text:?} is in {told}");
}

fn base_url(text: &str) {
    let found = match BaseUrl::parse(text) {
        Ok(found) => found,
        Err(told) => return judge(&told, text),
    };
    assert_eq!(BaseUrl::parse(found.as_str()), Ok(found.clone()), "not stable");
    assert_eq!(found.token_endpoint(), format!("{}/connect/token", found.as_str()));
    let (host, port) = found.host_and_port();
    assert!(!host.is_empty() && port != 0);
    let endpoint = found.token_endpoint();
    let seen = match Url::parse(&endpoint) {
        Ok(seen) => seen,
        // It is stricter about names; those are for the resolver to refuse, and for TLS.
        Err(_) => return assert!(found.is_https(), "{endpoint} is no address elsewhere"),
    };
    assert!(seen.username().is_empty() && seen.password().is_none(), "{endpoint}");
    assert!(seen.query().is_none() && seen.fragment().is_none(), "{endpoint}");
    assert_eq!(seen.port_or_known_default(), Some(port), "{endpoint}");
    assert_eq!(seen.scheme() == "https", found.is_https());
    if !found.is_https() {
        assert_eq!(seen.scheme(), "http");
        let is_this_machine = match seen.host().expect("http has a host") {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        assert!(is_this_machine, "{endpoint} is not this machine");
    }
}

fn proxy(text: &str) {
    let found = match Proxy::parse(text) {
        Ok(found) => found,
        Err(told) => return judge(&told, text),
    };
    let shown = found.display_address();
    assert_eq!(format!("{found:?}"), format!("Proxy({shown})"));
    let address = text.split_once("://").map_or(text, |(_, rest)| rest);
    let address = address.split(['/', '?', '#']).next().unwrap_or_default();
    if let Some((user, host)) = address.rsplit_once('@') {
        for part in user.split(':').filter(|part| part.len() > 2) {
            assert!(host.contains(part) || !shown.contains(part), "{part:?} is in {shown}");
        }
    }
}

/// A second reading of NO_PROXY for a name, and laws that hold for any list.
fn exceptions(list: &str) {
    let chosen = |list: &str| {
        let lookup = |name: &str| match name {
            "https_proxy" => Some("http://proxy.example:8080".into()),
            "no_proxy" => Some(list.into()),
            _ => None,
        };
        from_environment(&TARGET, lookup).expect("the proxy is one").proxy.is_some()
    };
    let is_exempt = !chosen(list);
    assert_eq!(is_exempt, list.split([',', ' ']).any(|entry| names_the_target(entry.trim())), "{list:?}");
    assert!(
        !is_exempt || !chosen(&format!("{list},other.example")),
        "one more entry takes an exception back"
    );
    assert!(!chosen(&format!("{list},*")) && !chosen(&format!("{list} Auth.Example.com.")));
}

fn names_the_target(entry: &str) -> bool {
    let is_suffix = |name: &str| {
        let name = name.trim_start_matches("*.").trim_matches('.').to_ascii_lowercase();
        ["auth.example.com", "example.com", "com"].contains(&name.as_str())
    };
    if let Some((name, rest)) = entry.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        let is_any = rest.is_empty();
        return is_suffix(name)
            && (is_any || rest.strip_prefix(':').and_then(|port| port.parse().ok()) == Some(8443u16));
    }
    match entry.rsplit_once(':') {
        _ if entry == "*" => true,
        Some((name, port)) if !name.contains(':') && port.parse::<u16>().is_ok() => {
            port.parse() == Ok(8443u16) && is_suffix(name)
        }
        _ => is_suffix(entry),
    }
}
