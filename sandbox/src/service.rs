//! What is said on one connection: the handshake, the request and its answer, or the fault in place of one of them.

use crate::certificates::Authority;
use crate::channel::Channel;
use crate::elsewhere::Elsewhere;
use crate::fault::{Deed, ELSEWHERE, FaultPlan, Step, TOKEN};
use crate::http::{self, Request, Response};
use crate::keys::keys;
use crate::record::Record;
use crate::resource::{self, Rows};
use crate::script::Answer;
use crate::time::Time;
use crate::token_endpoint::{Endpoint, named_client};
use crate::{Options, discovery};
use parking_lot::Mutex;
use rustls::ServerConfig;
use serde_json::json;
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const JWKS: &str = "/.well-known/jwks.json";
const OPENID_METADATA: &str = "/.well-known/openid-configuration";
const OAUTH_METADATA: &str = "/.well-known/oauth-authorization-server";

/// A client whose request was refused midway may go on sending for this long.
const LINGERING: Duration = Duration::from_millis(500);

/// The time between two bytes that drip.
const DRIP: Duration = Duration::from_secs(1);

/// Waits, unless the sandbox ends meanwhile; true when it has.
pub type Pause<'a> = &'a dyn Fn(Duration) -> bool;

/// A connection that needs no more words, or that is gone.
type Said = io::Result<()>;

/// Everything that a sandbox answers from.
pub struct Service {
    pub options: Options,
    pub base_url: String,
    pub record: Record,
    /// Makes it speak TLS.
    pub tls: Option<Tls>,
    pub elsewhere: Option<Elsewhere>,
    pub time: Time,
    rows: Rows,
    script: Mutex<VecDeque<Answer>>,
    failures: AtomicU64,
}

/// A server's side of TLS.
pub struct Tls {
    pub authority: Authority,
    right: Arc<ServerConfig>,
}

impl Tls {
    pub fn new() -> io::Result<Tls> {
        let authority = Authority::new("xilnex-auth sandbox")?;
        let right = authority.server_config(None)?;
        Ok(Tls { authority, right })
    }
}

impl Service {
    /// A service for these options at this address.
    pub fn new(
        mut options: Options,
        base_url: String,
        tls: Option<Tls>,
        elsewhere: Option<Elsewhere>,
    ) -> Service {
        Service {
            script: Mutex::new(std::mem::take(&mut options.script).into()),
            options,
            base_url,
            record: Record::default(),
            tls,
            elsewhere,
            time: Time::default(),
            rows: Rows::default(),
            failures: AtomicU64::new(0),
        }
    }

    /// Whether it is time for a fault that takes the listener away.
    pub fn is_to_close(&self) -> bool {
        self.plan().is_some_and(|plan| {
            matches!(plan.fault.deed, Deed::Refuse) && self.record.token_requests() >= plan.after
        })
    }

    /// Serves a connection to its end.
    pub fn converse(&self, stream: TcpStream, pause: Pause<'_>) {
        self.record.enter_connection();
        // A client that has left misses nothing.
        let _ = self.on_connection(stream, pause);
    }

    fn plan(&self) -> Option<&FaultPlan> {
        self.options.fault.as_ref()
    }

    /// What goes wrong now, after so many requests were answered as they should be; counted as done.
    fn failing(&self, answered: u64, is_here: impl Fn(&Deed) -> bool) -> Option<&'static Deed> {
        let plan = self.plan().filter(|plan| answered >= plan.after && is_here(&plan.fault.deed))?;
        let done = self.failures.fetch_add(1, Ordering::SeqCst);
        plan.times.is_none_or(|times| done < times).then_some(&plan.fault.deed)
    }

    fn on_connection(&self, stream: TcpStream, pause: Pause<'_>) -> Said {
        let failing = self.failing(self.record.token_requests(), Deed::is_of_connection);
        if let Some(Deed::Connection(steps)) = failing {
            return perform(&steps(), &mut Channel::Plain(stream), pause);
        }
        let mut channel = self.channel(stream, failing)?;
        match http::read(&mut channel) {
            Ok(request) => self.on_request(&request, &mut channel, pause),
            Err(http::Fault::Gone) => Ok(()),
            Err(http::Fault::Refused(status, told)) => {
                write(&mut channel, &Response::json(status, &json!({"error": told})).bytes())?;
                linger(&mut channel)
            }
        }
    }

    fn channel(&self, stream: TcpStream, failing: Option<&Deed>) -> io::Result<Channel> {
        let Some(tls) = &self.tls else {
            return Ok(Channel::Plain(stream));
        };
        match failing {
            Some(Deed::Forge(forgery)) => {
                Channel::shake_hands(stream, tls.authority.server_config(Some(*forgery))?, None)
            }
            Some(Deed::Handshake(length, stop)) => {
                Channel::shake_hands(stream, tls.right.clone(), Some((*length, *stop)))
            }
            _ => Channel::shake_hands(stream, tls.right.clone(), None),
        }
    }

    fn on_request(&self, request: &Request, channel: &mut Channel, pause: Pause<'_>) -> Said {
        let answered = self.record.enter(request);
        if request.path != "/connect/token" || request.method != "POST" {
            return write(channel, &self.route(request).bytes());
        }
        let known = named_client(request);
        if let Some(client) =
            self.options.clients.iter().find(|client| Some(&client.client_id) == known.as_ref())
        {
            self.record.enter_client(&client.client_id);
        }
        let scripted = self.script.lock().pop_front();
        pause(self.options.latency);
        match (scripted, self.failing(answered, Deed::is_an_answer)) {
            (_, Some(deed)) => perform(&self.steps(deed, request), channel, pause),
            (Some(Answer::Fault(fault)), None) => perform(&self.steps(&fault.deed, request), channel, pause),
            (scripted, None) => match scripted.and_then(|answer| answer.steps()) {
                Some(steps) => perform(&steps, channel, pause),
                None => write(channel, &self.endpoint().answer(request).bytes()),
            },
        }
    }

    /// What a fault says in place of an answer.
    fn steps(&self, deed: &Deed, request: &Request) -> Vec<Step> {
        let response = match deed {
            Deed::Request(steps) => return steps(),
            Deed::Raw(text) => return vec![Step::Say(self.filled(text, request).into_bytes().into())],
            Deed::Answer(status, headers, body) => {
                let filled = |&(name, value): &(&str, &str)| (name.to_owned(), self.filled(value, request));
                let headers = headers.iter().map(filled).collect();
                Response { status: *status, headers, body: self.filled(body, request).into_bytes() }
            }
            Deed::Echo => echo(request),
            Deed::Refuse | Deed::Connection(_) | Deed::Forge(_) | Deed::Handshake(..) => return Vec::new(),
        };
        vec![Step::Say(response.of_json().bytes().into())]
    }

    fn filled(&self, text: &str, request: &Request) -> String {
        let mut text = text.to_owned();
        if text.contains(ELSEWHERE) {
            let url = self.elsewhere.as_ref().map(Elsewhere::url).unwrap_or_default();
            text = text.replace(ELSEWHERE, &url);
        }
        if text.contains(TOKEN) {
            text = text.replace(TOKEN, &self.endpoint().token(request).unwrap_or_default());
        }
        text
    }

    fn endpoint(&self) -> Endpoint<'_> {
        Endpoint {
            clients: &self.options.clients,
            issuer: &self.base_url,
            ttl: self.options.ttl,
            time: &self.time,
        }
    }

    fn route(&self, request: &Request) -> Response {
        let method = request.method.as_str();
        let allowed = match request.path.as_str() {
            "/connect/token" => "POST",
            "/data" => "GET, POST",
            "/sandbox" | JWKS | OPENID_METADATA | OAUTH_METADATA => "GET",
            _ => return Response::json(404, &json!({"error": "not_found"})),
        };
        if !allowed.split(", ").any(|name| name == method) {
            return Response::json(405, &json!({"error": "method_not_allowed"})).with("Allow", allowed);
        }
        match request.path.as_str() {
            "/data" => resource::answer(request, &self.base_url, &self.rows, &self.time),
            "/sandbox" => Response::json(200, &self.summary()),
            JWKS => Response::json(200, &keys().published()),
            _ => Response::json(200, &discovery::metadata(&self.base_url, &self.options.clients)),
        }
    }

    fn summary(&self) -> serde_json::Value {
        let mut summary = self.record.summary();
        summary["redirects_followed"] = json!(self.elsewhere.as_ref().map_or(0, Elsewhere::connections));
        summary
    }
}

/// An error that brings everything back that was sent.
fn echo(request: &Request) -> Response {
    let sent = [request.header("authorization").unwrap_or_default(), &String::from_utf8_lossy(&request.body)]
        .concat();
    Response::json(400, &json!({"error": "invalid_request", "error_description": sent}))
}

fn perform(steps: &[Step], channel: &mut Channel, pause: Pause<'_>) -> Said {
    for step in steps {
        match step {
            Step::Wait(length) => {
                pause(*length);
            }
            Step::Hear => {
                let _ = channel.read(&mut [0; 4096])?;
            }
            Step::Say(bytes) => channel.write_all(bytes)?,
            Step::Drip(bytes) => {
                for byte in bytes.chunks(1) {
                    channel.write_all(byte)?;
                    if pause(DRIP) {
                        return Ok(());
                    }
                }
            }
            Step::Repeat(bytes) => loop {
                channel.write_all(bytes)?;
            },
            Step::Stall => wait_for_the_end(channel)?,
            Step::Cut => {
                channel.cut();
                return Ok(());
            }
            Step::Reset => {
                channel.reset();
                return Ok(());
            }
        }
    }
    channel.close();
    Ok(())
}

fn write(channel: &mut Channel, bytes: &[u8]) -> Said {
    channel.write_all(bytes)?;
    channel.close();
    Ok(())
}

/// Unread bytes of the client would turn the close into a reset that eats the answer.
fn linger(channel: &mut Channel) -> Said {
    let started = Instant::now();
    let mut ignored = [0; 8192];
    while let Some(rest) = LINGERING.checked_sub(started.elapsed()).filter(|rest| !rest.is_zero()) {
        channel.be_patient(Some(rest))?;
        if channel.read(&mut ignored)? == 0 {
            break;
        }
    }
    Ok(())
}

/// Reads until the client leaves or the sandbox cuts the connection.
fn wait_for_the_end(channel: &mut Channel) -> Said {
    channel.be_patient(None)?;
    while channel.read(&mut [0; 1024])? > 0 {}
    Ok(())
}
