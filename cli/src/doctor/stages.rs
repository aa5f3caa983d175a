//! The stages on the way to a token, from what one request met.

use super::claims;
use super::finding::{Finding, State};
use std::time::Duration;
use xilnex_auth::probe::Probe;
use xilnex_auth::transport::trace::Head;
use xilnex_auth::{AccessToken, Error, Kind};

/// The stages after the configuration, in their order.
const STAGES: [&str; 8] = ["dns", "connect", "proxy", "tls", "answer", "clock", "authentication", "token"];

/// More addresses are not told.
const MOST_ADDRESSES: usize = 4;

/// A token that lives shorter costs a request a minute.
const SHORT: Duration = Duration::from_secs(60);

/// All of them, where nothing was sent.
pub fn none_of_them() -> Vec<Finding> {
    STAGES.map(not_reached).into()
}

/// What was found at each.
pub fn of(probe: &Probe) -> Vec<Finding> {
    let failure = probe.outcome.as_ref().err().map(|error| (stage_of(error, probe), error));
    let reached = failure.map_or(STAGES.len(), |(stage, _)| place(stage));
    let finding = |stage: &'static str| match failure {
        Some((failed, error)) if stage == failed => failed_at(stage, error, probe),
        // The answer tells the time, whatever else it says.
        _ if stage == "clock" => clock(probe),
        _ if place(stage) > reached => not_reached(stage),
        _ => good(stage, probe),
    };
    STAGES.map(finding).into()
}

fn place(stage: &str) -> usize {
    STAGES.iter().position(|known| *known == stage).unwrap_or(STAGES.len())
}

fn not_reached(stage: &'static str) -> Finding {
    Finding::new(stage, State::Skipped, "not reached")
}

/// The stage at which a request failed.
fn stage_of(error: &Error, probe: &Probe) -> &'static str {
    match error.kind() {
        Kind::Rejected => "authentication",
        Kind::BadResponse | Kind::Unavailable if probe.facts.answer.is_some() => "answer",
        _ => stage_under_way(probe),
    }
}

/// The first stage whose end was not seen.
fn stage_under_way(probe: &Probe) -> &'static str {
    let facts = &probe.facts;
    if facts.addresses.is_none() {
        "dns"
    } else if facts.connected.is_none() {
        "connect"
    } else if probe.route.proxy.is_some() && facts.tunnelled.is_none() {
        "proxy"
    } else if probe.is_https && facts.tls.is_none() {
        "tls"
    } else {
        "answer"
    }
}

fn failed_at(stage: &'static str, error: &Error, probe: &Probe) -> Finding {
    let finding = Finding::bad(stage, error);
    let hint = finding.hint.clone().unwrap_or_else(|| remedy(stage, error.kind()).into());
    let finding = with_proxy(finding.with_hint(hint), stage, probe);
    match stage {
        "tls" => with_issuer(finding, probe),
        "answer" => match &probe.facts.answer {
            Some((head, _)) => finding.with("answer", described(head)),
            None => finding,
        },
        "authentication" => match error.oauth_error() {
            Some(code) => finding.with("oauth_error", code),
            None => finding,
        },
        _ => finding,
    }
}

/// What to do where the error itself does not know.
fn remedy(stage: &str, kind: Kind) -> &'static str {
    match (stage, kind) {
        (_, Kind::Proxy) => {
            "give the right proxy with proxy (XILNEX_PROXY), exempt the server by NO_PROXY, or set proxy to none"
        }
        (_, Kind::Unavailable) => "wait, and try again: if it lasts, tell the operator of the server",
        ("dns", _) => "check the host in base_url (XILNEX_BASE_URL) and this machine's DNS",
        ("connect", _) => {
            "nobody takes the connection there: check host and port in base_url (XILNEX_BASE_URL), and whether a \
             firewall lets this machine out to it"
        }
        ("proxy" | "tls", _) => {
            "a connection opens and nothing comes of it: check the firewall, and where the network is slow but \
             works, give a larger connect_timeout (XILNEX_CONNECT_TIMEOUT)"
        }
        (_, Kind::Timeout) => {
            "the server takes too long: try again, and where it is slow but works, give a larger timeout \
             (XILNEX_TIMEOUT)"
        }
        _ => "tell the operator of the server what is said here",
    }
}

/// On the way to a proxy nobody has got to the server's own stages: which proxy it is says more than the failure.
fn with_proxy(finding: Finding, stage: &str, probe: &Probe) -> Finding {
    match &probe.route.proxy {
        Some(proxy) if matches!(stage, "dns" | "connect" | "proxy") => {
            finding.with("proxy", format!("{} ({})", proxy.display_address(), probe.route.reason))
        }
        _ => finding,
    }
}

/// Who vouches for the server is what tells a network that inspects TLS.
fn with_issuer(finding: Finding, probe: &Probe) -> Finding {
    let Some(certificate) = &probe.facts.certificate else { return finding };
    finding.with("certificate for", &*certificate.subject).with("issued by", &*certificate.issuer)
}

fn good(stage: &'static str, probe: &Probe) -> Finding {
    let facts = &probe.facts;
    let is_good = |told: String| Finding::new(stage, State::Good, told);
    match (stage, &probe.outcome) {
        ("dns", _) => match &facts.addresses {
            Some((addresses, at)) => {
                let told: Vec<_> = addresses.iter().take(MOST_ADDRESSES).map(ToString::to_string).collect();
                let whose = if probe.route.proxy.is_some() { ", the proxy," } else { "" };
                let host = facts.host.as_deref().unwrap_or_default();
                let told = told.join(", ");
                let is_literal = told == host.trim_matches(['[', ']']);
                let told = if is_literal {
                    format!("{host}{whose} is an address")
                } else {
                    format!("{host}{whose} is {told}")
                };
                is_good(told).at(*at)
            }
            None => not_reached(stage),
        },
        ("connect", _) => match (facts.connected, &probe.route.proxy) {
            (Some(at), Some(proxy)) => {
                is_good(format!("connected with the proxy {}", proxy.display_address())).at(at)
            }
            (Some(at), None) => {
                is_good(format!("connected with {}, port {}", probe.server.0, probe.server.1)).at(at)
            }
            (None, _) => not_reached(stage),
        },
        ("proxy", _) => match (&probe.route.proxy, facts.tunnelled) {
            (Some(proxy), Some(at)) => {
                let address = proxy.display_address();
                is_good(format!("{address} opened a tunnel ({})", probe.route.reason)).at(at)
            }
            (Some(_), None) => not_reached(stage),
            (None, _) => is_good(format!("none: {}", probe.route.reason)),
        },
        ("tls", _) => match &facts.tls {
            Some((version, at)) => {
                with_issuer(is_good(format!("{version}, the certificate is trusted")).at(*at), probe)
            }
            None if probe.is_https => not_reached(stage),
            None => Finding::new(stage, State::Skipped, "plain http to this machine"),
        },
        ("answer", _) => match &facts.answer {
            Some((head, at)) => is_good(described(head)).at(*at),
            None => not_reached(stage),
        },
        ("authentication", Ok(_)) => is_good("the server accepts the client".into()),
        ("token", Ok(token)) => described_token(token, probe.scope.as_deref()),
        _ => not_reached(stage),
    }
}

fn clock(probe: &Probe) -> Finding {
    match probe.clocks() {
        Some((told, true)) => Finding::new("clock", State::Odd, told)
            .with_hint("set this machine's clock: certificates and tokens are good for a time"),
        Some((told, false)) => Finding::new("clock", State::Good, told),
        None if probe.facts.answer.is_some() => {
            Finding::new("clock", State::Skipped, "the answer does not tell the time")
        }
        None => not_reached("clock"),
    }
}

fn described(head: &Head) -> String {
    let kind = head.content_type.as_deref().unwrap_or("no content type");
    let kind: String = kind.chars().filter(|c| !c.is_control()).take(100).collect();
    let leads_to = head.leads_to.as_ref().map(|host| format!(", leads to {host}")).unwrap_or_default();
    format!("status {}, {kind}{leads_to}", head.status)
}

fn described_token(token: &AccessToken, asked: Option<&str>) -> Finding {
    let total = token.lifetime().total();
    let told = format!("lives for {} s", total.as_secs());
    let missing = |asked: &str| {
        let granted: Vec<&str> = token.scope().unwrap_or_default().split(' ').collect();
        asked.split(' ').filter(|scope| !granted.contains(scope)).collect::<Vec<_>>().join(" ")
    };
    let missing = asked.map(missing).unwrap_or_default();
    let finding = match (missing.as_str(), total < SHORT) {
        ("", false) => Finding::new("token", State::Good, told),
        ("", true) => Finding::new("token", State::Odd, told)
            .with_hint("a lifetime under a minute means a request every few seconds: ask for longer ones"),
        (missing, _) => Finding::new("token", State::Odd, format!("{told}; not granted: {missing}"))
            .with_hint(
                "ask the operator of the server to grant the scope to this client, or do not ask for it",
            ),
    };
    let finding = finding.with("scope asked", asked.unwrap_or("none"));
    let finding = finding.with("scope granted", token.scope().unwrap_or("not told"));
    claims::of(token.value()).into_iter().fold(finding, |finding, (name, value)| finding.with(&name, value))
}
