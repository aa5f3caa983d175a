//! A running sandbox: the listener, a thread for each connection, and which path goes where.

use crate::http::{self, Fault, Request, Response};
use crate::keys::LazyKeys;
use crate::record::{Record, RecordedRequest};
use crate::resource::{self, Rows};
use crate::script::Answer;
use crate::token_endpoint::{Endpoint, named_client};
use crate::{Options, RegisteredClient, discovery};
use parking_lot::{Condvar, Mutex};
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const JWKS: &str = "/.well-known/jwks.json";
const OPENID_METADATA: &str = "/.well-known/openid-configuration";
const OAUTH_METADATA: &str = "/.well-known/oauth-authorization-server";

/// More connections than this wait in the system's queue.
const MOST_CONNECTIONS: usize = 256;

/// A client that says nothing for this long is left.
const PATIENCE: Duration = Duration::from_secs(30);

/// Stopping waits this long for connections to end; a key in the making may outlast it.
const STOPPING: Duration = Duration::from_millis(100);

/// A client whose request was refused midway may go on sending for this long.
const LINGERING: Duration = Duration::from_millis(500);

/// A running authorization server. It ends when it is dropped or stopped, and its port is free then.
pub struct Sandbox {
    shared: Arc<Shared>,
    address: SocketAddr,
    listening: Option<JoinHandle<()>>,
}

struct Shared {
    options: Options,
    base_url: String,
    keys: LazyKeys,
    rows: Rows,
    record: Record,
    script: Mutex<VecDeque<Answer>>,
    connections: Mutex<BTreeMap<u64, TcpStream>>,
    left: Condvar,
    ended: AtomicBool,
}

impl Sandbox {
    /// Starts listening on the loopback address.
    ///
    /// # Errors
    /// When the port is taken or no client is given.
    pub fn start(mut options: Options) -> io::Result<Sandbox> {
        if options.clients.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a sandbox needs at least one client"));
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            script: Mutex::new(std::mem::take(&mut options.script).into()),
            options,
            base_url: format!("http://{address}"),
            keys: LazyKeys::default(),
            rows: Rows::default(),
            record: Record::default(),
            connections: Mutex::default(),
            left: Condvar::new(),
            ended: AtomicBool::new(false),
        });
        let server = shared.clone();
        let listening =
            std::thread::Builder::new().name("sandbox".into()).spawn(move || server.listen(&listener))?;
        Ok(Sandbox { shared, address, listening: Some(listening) })
    }

    /// The address to configure clients with.
    pub fn base_url(&self) -> String {
        self.shared.base_url.clone()
    }

    /// The first client that the sandbox knows.
    pub fn client(&self) -> &RegisteredClient {
        &self.shared.options.clients[0]
    }

    /// The environment variables that configure a program for the first client.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let client = self.client();
        vec![
            ("XILNEX_BASE_URL", self.base_url()),
            ("XILNEX_CLIENT_ID", client.client_id.clone()),
            ("XILNEX_CLIENT_SECRET", client.client_secret.clone()),
            ("XILNEX_SCOPE", client.scope.clone()),
        ]
    }

    /// How many requests reached `/connect/token`, whatever they were answered.
    pub fn token_requests(&self) -> u64 {
        self.shared.record.token_requests()
    }

    /// The latest requests in order, at most a thousand.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.record.requests()
    }

    /// Ends the sandbox; open connections are cut.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Wakes the listener; when nobody listens any more there is nobody to wake.
        let _ = TcpStream::connect_timeout(&self.address, STOPPING);
        if let Some(thread) = self.listening.take() {
            let _ = thread.join();
        }
        // Only now can no connection be added behind our back.
        self.shared.cut();
    }
}

impl Shared {
    fn listen(self: Arc<Shared>, listener: &TcpListener) {
        for (number, stream) in (0..).zip(listener.incoming()) {
            if self.ended.load(Ordering::SeqCst) {
                return;
            }
            let Ok(stream) = stream else {
                // Out of descriptors, mostly: trying again at once would only burn the processor.
                self.pause(Duration::from_millis(10));
                continue;
            };
            if self.admit(number, &stream).is_err() {
                continue;
            }
            let shared = self.clone();
            let thread = std::thread::Builder::new().name(format!("sandbox-{number}"));
            // Without a thread the connection is closed, as an overloaded server does.
            let spawned = thread.spawn(move || {
                shared.serve(stream);
                shared.dismiss(number);
            });
            if spawned.is_err() {
                self.dismiss(number);
            }
        }
    }

    fn admit(&self, number: u64, stream: &TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        let mut connections = self.connections.lock();
        while connections.len() >= MOST_CONNECTIONS && !self.ended.load(Ordering::SeqCst) {
            self.left.wait_for(&mut connections, Duration::from_millis(50));
        }
        connections.insert(number, stream.try_clone()?);
        Ok(())
    }

    fn dismiss(&self, number: u64) {
        self.connections.lock().remove(&number);
        self.left.notify_all();
    }

    /// Cuts all connections and waits a moment for their threads.
    fn cut(&self) {
        let until = Instant::now() + STOPPING;
        let mut connections = self.connections.lock();
        for connection in connections.values() {
            // A connection that is gone already needs no cutting.
            let _ = connection.shutdown(Shutdown::Both);
        }
        self.left.notify_all();
        while !connections.is_empty() && !self.left.wait_until(&mut connections, until).timed_out() {}
    }

    fn serve(&self, mut stream: TcpStream) {
        let request = match http::read(&mut stream) {
            Ok(request) => request,
            Err(Fault::Gone) => return,
            Err(Fault::Refused(status, told)) => {
                write(&mut stream, &Response::json(status, &json!({"error": told})).bytes());
                return linger(&mut stream);
            }
        };
        self.record.enter(&request);
        if request.path == "/connect/token" && request.method == "POST" {
            self.token(&request, &mut stream);
        } else {
            write(&mut stream, &self.route(&request).bytes());
        }
    }

    fn token(&self, request: &Request, stream: &mut TcpStream) {
        let known = named_client(request);
        if let Some(client) =
            self.options.clients.iter().find(|client| Some(&client.client_id) == known.as_ref())
        {
            self.record.enter_client(&client.client_id);
        }
        let scripted = self.script.lock().pop_front().unwrap_or(Answer::Normal);
        self.pause(self.options.latency);
        match scripted {
            Answer::Close => {}
            Answer::Silent => wait_for_the_end(stream),
            Answer::Normal => write(stream, &self.endpoint().answer(request).bytes()),
            other => {
                if let Some((bytes, delay)) = other.bytes() {
                    self.pause(delay);
                    write(stream, &bytes);
                }
            }
        }
    }

    fn endpoint(&self) -> Endpoint<'_> {
        Endpoint {
            clients: &self.options.clients,
            keys: &self.keys,
            issuer: &self.base_url,
            ttl: self.options.ttl,
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
            "/data" => resource::answer(request, &self.keys, &self.base_url, &self.rows),
            "/sandbox" => Response::json(200, &self.record.summary()),
            JWKS => Response::json(200, &self.keys.get().published()),
            _ => Response::json(200, &discovery::metadata(&self.base_url, &self.options.clients)),
        }
    }

    /// Waits, unless the sandbox ends meanwhile.
    fn pause(&self, length: Duration) {
        let started = Instant::now();
        let mut connections = self.connections.lock();
        while !self.ended.load(Ordering::SeqCst) {
            // Waited for in pieces: the sum of now and a length out of a script may be out of range.
            let Some(rest) = length.checked_sub(started.elapsed()).filter(|rest| !rest.is_zero()) else {
                return;
            };
            self.left.wait_for(&mut connections, rest.min(PATIENCE));
        }
    }
}

/// A client that left does not want its answer.
fn write(stream: &mut TcpStream, bytes: &[u8]) {
    if stream.write_all(bytes).is_ok() {
        let _ = stream.shutdown(Shutdown::Write);
    }
}

/// Unread bytes of the client would turn the close into a reset that eats the answer.
fn linger(stream: &mut TcpStream) {
    let started = Instant::now();
    let mut ignored = [0; 8192];
    while let Some(rest) = LINGERING.checked_sub(started.elapsed()).filter(|rest| !rest.is_zero()) {
        if stream.set_read_timeout(Some(rest)).is_err() || !matches!(stream.read(&mut ignored), Ok(1..)) {
            return;
        }
    }
}

/// Reads until the client leaves or the sandbox cuts the connection.
fn wait_for_the_end(stream: &mut TcpStream) {
    if stream.set_read_timeout(None).is_ok() {
        while matches!(stream.read(&mut [0; 1024]), Ok(1..)) {}
    }
}
