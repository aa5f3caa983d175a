//! The steps of connecting: a failure gets the kind of the step in which it happened.

use super::connecting::Connecting;
use crate::error::{Error, Kind, PROXY_AUTHENTICATION_REQUIRED};
use rustls::CertificateError;
use std::io;
use ureq::unversioned::transport::{ConnectionDetails, Connector, Transport};

/// So much of what TLS says is told.
const LONGEST_FAULT: usize = 300;

/// What may take the time of TLS on Windows.
const REVOCATION: &str = "Windows may have waited for the servers that tell whether the certificate is revoked \
     (OCSP, CRL): let the firewall pass them, give the authority's certificates with ca_file (XILNEX_CA_FILE), or set \
     connect_timeout (XILNEX_CONNECT_TIMEOUT) and timeout (XILNEX_TIMEOUT) to more than 10 seconds";

/// A step of connecting whose failures get the kind of that step.
#[derive(Debug)]
pub struct Stage<C> {
    /// What its failures are.
    pub kind: Kind,
    /// The deadline that it shares with the other steps.
    pub connecting: Connecting,
    /// The step itself.
    pub inner: C,
}

impl<In: Transport, C: Connector<In>> Connector<In> for Stage<C> {
    type Out = C::Out;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<C::Out>, ureq::Error> {
        let work = || self.inner.connect(&self.connecting.limited(details)?, chained);
        let done = if self.kind == Kind::Proxy { self.connecting.tunnel(work) } else { work() };
        if self.kind == Kind::Tls && done.is_ok() {
            self.connecting.finish();
        }
        if done.as_ref().is_ok_and(Option::is_some) {
            self.connecting.note(|facts, at| match self.kind {
                Kind::Connect => facts.connected = facts.connected.or(Some(at)),
                Kind::Proxy => facts.tunnelled = Some(at),
                _ => {}
            });
        }
        done.map_err(|problem| {
            // Host and port alone: a proxy's address may hold a password.
            let port = details.uri.port().map(|port| format!(":{port}")).unwrap_or_default();
            let peer = format!("{}{port}", details.uri.host().unwrap_or_default());
            wrap(match problem {
                ureq::Error::Timeout(_) => self.late(&peer),
                other => staged(self.kind, &peer, other),
            })
        })
    }
}

impl<C> Stage<C> {
    fn late(&self, peer: &str) -> Error {
        let missing = if self.kind == Kind::Tls { "TLS with" } else { "connection to" };
        let told = if self.connecting.is_whole_call() {
            Error::new(Kind::Timeout, format!("no {missing} {peer} within the deadline"))
        } else if self.kind == Kind::Proxy {
            Error::new(Kind::Proxy, "the proxy did not answer within connect_timeout")
        } else {
            Error::new(Kind::Connect, format!("no {missing} {peer} within connect_timeout"))
        };
        // The system's verifier waits there for ten seconds, and nothing tells it not to.
        if cfg!(windows) && self.kind == Kind::Tls { told.with_hint(REVOCATION) } else { told }
    }
}

/// Carries an error of ours through ureq.
pub fn wrap(error: Error) -> ureq::Error {
    ureq::Error::Other(Box::new(error))
}

fn staged(kind: Kind, peer: &str, problem: ureq::Error) -> Error {
    match problem {
        // The steps towards a proxy run inside the proxy's step: what failed there is the proxy.
        ureq::Error::Other(inner) => match inner.downcast::<Error>() {
            Ok(error) if kind == Kind::Proxy && error.kind() != Kind::Timeout => {
                let told = Error::new(kind, format!("the proxy cannot be reached: {error}"));
                match error.hint() {
                    Some(hint) => told.with_hint(hint),
                    None => told,
                }
            }
            Ok(error) => *error,
            Err(other) => Error::new(kind, other.to_string()),
        },
        ureq::Error::ConnectProxyFailed(told) => refused_by_proxy(peer, &told),
        ureq::Error::Io(problem) => match tls_fault(&problem) {
            Some(fault) => tls_error(peer, fault),
            // Nothing was found to be wrong with the server: it may have been restarted.
            None if kind == Kind::Tls => {
                Error::new(Kind::Connect, format!("the TLS handshake with {peer} broke off: {problem}")).with_hint(
                    "if it does so always, something on the way ends TLS connections, or the server speaks no TLS here",
                )
            }
            None => Error::new(kind, format!("no connection to {peer}: {problem}")),
        },
        ureq::Error::Rustls(fault) => tls_error(peer, &fault),
        other => Error::new(kind, format!("no connection to {peer}: {other}")),
    }
}

/// ureq tells the status in words.
fn refused_by_proxy(peer: &str, told: &str) -> Error {
    let status = told.strip_prefix("proxy server responded ").and_then(|rest| rest.split('/').next());
    let Some(status) = status.and_then(|status| status.parse::<u16>().ok()) else {
        return Error::new(Kind::Proxy, format!("the proxy refused to connect to {peer}: {told}"));
    };
    let refused =
        Error::new(Kind::Proxy, format!("the proxy refused to connect to {peer} (status {status})"));
    match status {
        PROXY_AUTHENTICATION_REQUIRED => refused.with_http_status(status).with_hint(
            "the proxy wants a user and a password: give them as in http://user:password@proxy.example:8080, in \
             proxy (XILNEX_PROXY) or where the environment names the proxy",
        ),
        _ => refused,
    }
}

fn tls_fault(problem: &io::Error) -> Option<&rustls::Error> {
    problem.get_ref().and_then(|inner| inner.downcast_ref())
}

/// Windows tells it by a number of its own where the server sends no root, as most do: CERT_E_CHAINING.
fn is_of_unknown_issuer(judged: &CertificateError) -> bool {
    match judged {
        CertificateError::UnknownIssuer => true,
        CertificateError::Other(told) => told.to_string().contains("(os error -2146762486)"),
        _ => false,
    }
}

fn tls_error(peer: &str, fault: &rustls::Error) -> Error {
    use CertificateError as Certificate;
    let hint = match fault {
        rustls::Error::InvalidCertificate(judged) if is_of_unknown_issuer(judged) => {
            "the server's certificate comes from an authority that is not trusted here: if your network inspects \
             TLS or the server is private, give its CA certificate with ca_file (XILNEX_CA_FILE)"
        }
        rustls::Error::InvalidCertificate(
            Certificate::Expired
            | Certificate::ExpiredContext { .. }
            | Certificate::NotValidYet
            | Certificate::NotValidYetContext { .. },
        ) => "the server's certificate is out of date, or this machine's clock is wrong: check date and time",
        rustls::Error::InvalidCertificate(
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. },
        ) => "the server's certificate is for another name: check base_url (XILNEX_BASE_URL)",
        rustls::Error::InvalidCertificate(_) => {
            "the server's certificate cannot be used: its operator has to replace it, or ca_file (XILNEX_CA_FILE) \
             names another one than the authority's"
        }
        rustls::Error::InvalidMessage(_) => {
            "the server does not speak TLS on this port: check base_url (XILNEX_BASE_URL)"
        }
        rustls::Error::General(_) => {
            "ca_file (XILNEX_CA_FILE) does not trust the server, and there are no other certificates to judge it by"
        }
        _ => "server and client found no common ground in TLS 1.2 or 1.3",
    };
    // A certificate may hold thousands of names, and line breaks in them.
    let told: String = fault.to_string().chars().filter(|c| !c.is_control()).take(LONGEST_FAULT).collect();
    Error::new(Kind::Tls, format!("no trusted TLS connection to {peer}: {told}")).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::trace::Trace;
    use rustls::pki_types::ServerName;
    use std::time::Duration;

    #[test]
    fn tls_that_ran_out_of_time_is_told_from_a_connection_and_on_windows_why() {
        let seconds = Duration::from_secs;
        for (kind, connect_timeout, expected) in [
            (
                Kind::Connect,
                3,
                (Kind::Connect, "no connection to till.example within connect_timeout", false),
            ),
            (Kind::Tls, 3, (Kind::Connect, "no TLS with till.example within connect_timeout", cfg!(windows))),
            (Kind::Connect, 20, (Kind::Timeout, "no connection to till.example within the deadline", false)),
            (Kind::Tls, 20, (Kind::Timeout, "no TLS with till.example within the deadline", cfg!(windows))),
        ] {
            let connecting = Connecting::start(seconds(connect_timeout), seconds(10), Trace::default());
            let told = Stage { kind, connecting, inner: () }.late("till.example");
            let is_explained = told.hint().is_some_and(|hint| hint.contains("OCSP"));
            assert_eq!((told.kind(), told.message(), is_explained), expected);
        }
    }

    #[test]
    fn a_certificate_of_a_thousand_names_makes_no_long_message() {
        let expected = ServerName::try_from("till.example").unwrap();
        let presented = vec!["DnsName(\"another.example\")".to_owned(); 1000];
        let context = CertificateError::NotValidForNameContext { expected, presented };
        let told = tls_error("till.example", &rustls::Error::InvalidCertificate(context));
        assert!(told.message().contains("another.example") && told.message().len() < 400, "{told}");
        assert!(told.hint().is_some_and(|hint| hint.contains("another name")));
    }

    #[test]
    fn an_authority_that_only_windows_knows_not_is_told_as_one() {
        let judged = |number: i32| {
            let told = format!("OS Error {number} (os error {number})");
            let told: Box<dyn std::error::Error + Send + Sync> = told.into();
            let judged = CertificateError::Other(rustls::OtherError(told.into()));
            tls_error("till.example", &rustls::Error::InvalidCertificate(judged))
        };
        assert!(judged(-2146762486).hint().is_some_and(|hint| hint.contains("give its CA certificate")));
        assert!(judged(-2146762482).hint().is_some_and(|hint| hint.contains("operator has to replace it")));
    }

    #[test]
    fn a_name_in_a_certificate_begins_no_line_of_its_own() {
        let expected = ServerName::try_from("till.example").unwrap();
        let presented = vec!["DnsName(\"a\n2026-11-26 all is well\u{1b}[2J\")".to_owned()];
        let context = CertificateError::NotValidForNameContext { expected, presented };
        let told = tls_error("till.example", &rustls::Error::InvalidCertificate(context));
        assert!(
            told.message().contains("all is well") && !told.message().contains(char::is_control),
            "{told:?}"
        );
    }
}
