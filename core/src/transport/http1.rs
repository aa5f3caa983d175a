//! HTTP/1.1 over TCP, TLS and CONNECT proxies, by ureq.

use super::connecting::{BoundedTcp, Connecting};
use super::resolve::resolve;
use super::stage::{Stage, wrap};
use super::tls::TlsConnector;
use super::trace::{Head, Trace};
use super::watched::{Seen, Watch, no_http};
use super::{HttpResponse, MAX_BODY, Transport, trust};
use crate::base_url::usual_port;
use crate::error::{Error, Kind};
use crate::file::Source;
use crate::request::{CONTENT_TYPE, HttpRequest};
use crate::settings::Settings;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, NextTimeout};
use zeroize::Zeroizing;

/// The real transport. Holds no socket between requests.
pub struct UreqTransport {
    connect_timeout: Duration,
    ca_file: Option<Source>,
    proxy: Option<ureq::Proxy>,
    peer: String,
}

impl UreqTransport {
    /// # Errors
    /// `invalid_config` when the certificate file or the proxy address is unusable.
    pub fn new(settings: &Settings) -> Result<UreqTransport, Error> {
        if let Some(source) = &settings.ca_file {
            trust::certificates(source)?;
        }
        let proxy = settings.route.proxy.as_ref().map(|proxy| ureq::Proxy::new(proxy.address())).transpose();
        let (host, port) = settings.base_url.host_and_port();
        Ok(UreqTransport {
            connect_timeout: settings.connect_timeout,
            ca_file: settings.ca_file.clone(),
            proxy: proxy.map_err(|_| Error::invalid_config("proxy (XILNEX_PROXY) is not a proxy address"))?,
            peer: format!("{host}:{port}"),
        })
    }

    fn agent(&self, connecting: Connecting, timeout: Duration, seen: Seen) -> ureq::Agent {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(0)
            .max_response_header_size(MAX_BODY as usize)
            .user_agent(concat!("xilnex-auth/", env!("CARGO_PKG_VERSION")))
            .accept("application/json")
            .proxy(self.proxy.clone())
            .build();
        let tls = TlsConnector { ca_file: self.ca_file.clone(), connecting: connecting.clone() };
        let tcp = BoundedTcp { connecting: connecting.clone() };
        let chain = ()
            .chain(Stage {
                kind: Kind::Proxy,
                connecting: connecting.clone(),
                inner: ConnectProxyConnector::default(),
            })
            .chain(Stage { kind: Kind::Connect, connecting: connecting.clone(), inner: tcp })
            .chain(Stage { kind: Kind::Tls, connecting: connecting.clone(), inner: tls })
            .chain(Watch { connecting: connecting.clone(), seen });
        ureq::Agent::with_parts(config, chain, NameResolver { connecting })
    }
}

impl Transport for UreqTransport {
    fn send(&self, request: &HttpRequest, timeout: Duration) -> Result<HttpResponse, Error> {
        self.send_traced(request, timeout, Trace::default())
    }
}

impl UreqTransport {
    /// As [`Transport::send`]; what it meets goes into the trace.
    ///
    /// # Errors
    /// As [`Transport::send`].
    pub fn send_traced(
        &self,
        request: &HttpRequest,
        timeout: Duration,
        trace: Trace,
    ) -> Result<HttpResponse, Error> {
        let (seen, connecting) = (Seen::default(), Connecting::start(self.connect_timeout, timeout, trace));
        let agent = self.agent(connecting.clone(), timeout, seen.clone());
        let mut call = agent.post(&request.url).content_type(CONTENT_TYPE);
        if let Some(value) = &request.authorization {
            call = call.header("Authorization", value.as_str());
        }
        let mut answer = call.send(request.body.as_bytes()).map_err(|problem| self.failure(problem))?;
        let status = answer.status().as_u16();
        connecting.note(|facts, at| facts.answer = Some((head(&answer), at)));
        seen.head().map_err(|told| told.with_http_status(status))?;
        let headers = |name| answer.headers().get_all(name).iter();
        let header = |name| headers(name).next().and_then(|value| value.to_str().ok()).map(str::to_owned);
        let codings: Vec<_> =
            headers("content-encoding").map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        let mut response = HttpResponse {
            status,
            retry_after: header("retry-after"),
            // Two of them contradict each other.
            date: header("date").filter(|_| headers("date").count() == 1),
            content_type: header("content-type"),
            content_encoding: (!codings.is_empty()).then(|| codings.join(", ")),
            body: Zeroizing::default(),
            broken: None,
        };
        let read = answer.body_mut().with_config().limit(MAX_BODY).read_to_vec();
        match (read, seen.end()) {
            (Ok(body), Ok(())) => response.body = Zeroizing::new(body),
            (Ok(_), Err(told)) => response.broken = Some(told),
            // That it is not whole says less than why.
            (Err(_), Err(told)) if told.kind() == Kind::BadResponse => response.broken = Some(told),
            (Err(problem), _) => response.broken = Some(self.failure(problem)),
        }
        response.broken = response.broken.map(|told| told.with_http_status(status));
        Ok(response)
    }

    /// What a failure of ureq means to a caller. Failures before the request was sent carry their own kind.
    fn failure(&self, problem: ureq::Error) -> Error {
        let peer = &self.peer;
        match problem {
            ureq::Error::Other(inner) => match inner.downcast::<Error>() {
                Ok(staged) => *staged,
                Err(other) => Error::new(Kind::Internal, other.to_string()),
            },
            ureq::Error::Timeout(_) => {
                Error::new(Kind::Timeout, format!("{peer} did not answer within the deadline"))
            }
            ureq::Error::Io(problem) if problem.kind() == io::ErrorKind::TimedOut => {
                Error::new(Kind::Timeout, format!("{peer} did not answer within the deadline"))
            }
            ureq::Error::Io(problem) => Error::new(
                Kind::Unavailable,
                format!("the connection to {peer} broke before the answer was complete: {problem}"),
            ),
            ureq::Error::BodyStalled => {
                Error::new(Kind::Unavailable, format!("the connection to {peer} broke within the answer"))
            }
            ureq::Error::BodyExceedsLimit(_) => {
                Error::new(Kind::BadResponse, format!("the answer of {peer} is larger than 64 KiB"))
            }
            ureq::Error::LargeResponseHeader(..) => Error::new(
                Kind::BadResponse,
                format!("the header of the answer of {peer} is larger than 64 KiB"),
            ),
            ureq::Error::ConnectionFailed => Error::new(Kind::Connect, format!("no connection to {peer}")),
            other => no_http(format!("{peer} did not answer in HTTP: {other}")),
        }
    }
}

/// What is told of a head; of where a redirect leads no more than the host, since the rest may repeat the request.
fn head(answer: &http::Response<ureq::Body>) -> Head {
    let text = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let location = text("location").and_then(|location| location.parse::<Uri>().ok());
    Head {
        status: answer.status().as_u16(),
        content_type: text("content-type").map(str::to_owned),
        leads_to: location.and_then(|location| location.host().map(str::to_owned)),
    }
}

#[derive(Debug)]
struct NameResolver {
    connecting: Connecting,
}

impl Resolver for NameResolver {
    fn resolve(
        &self,
        uri: &Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default();
        let port = uri.port_u16().unwrap_or(usual_port(uri.scheme_str().unwrap_or_default()));
        self.connecting.note(|facts, _| facts.host = Some(host.to_owned()));
        let found = resolve(host, port, self.connecting.left()).map_err(|problem| {
            let is_late = problem.kind() == io::ErrorKind::TimedOut;
            wrap(match is_late {
                true if self.connecting.is_whole_call() => {
                    Error::new(Kind::Timeout, format!("{host} was not resolved within the deadline"))
                }
                true => Error::new(Kind::Dns, format!("{host} was not resolved within connect_timeout")),
                false => Error::new(Kind::Dns, format!("{host} cannot be resolved: {problem}"))
                    .with_hint("check the host in base_url (XILNEX_BASE_URL) and this machine's DNS"),
            })
        })?;
        let ips = found.iter().map(SocketAddr::ip);
        self.connecting.note(|facts, at| facts.addresses = Some((ips.collect(), at)));
        // Whatever a resolver says of localhost: plain http stays here. The way to a proxy carries no secret.
        let is_bound = uri.scheme_str() == Some("http") && !self.connecting.is_in_tunnel();
        let allowed = found.into_iter().filter(|address| !is_bound || address.ip().is_loopback());
        let mut addresses = self.empty();
        allowed.take(16).for_each(|address| addresses.push(address));
        if addresses.is_empty() {
            let whose = if is_bound { " of this machine" } else { "" };
            return Err(wrap(Error::new(Kind::Dns, format!("{host} has no address{whose}"))));
        }
        Ok(addresses)
    }
}
