//! A running sandbox: the listener, a thread for each connection, and the end of both.

use crate::elsewhere::Elsewhere;
use crate::record::RecordedRequest;
use crate::service::{Service, Tls};
use crate::{Options, RegisteredClient, keys};
use parking_lot::{Condvar, Mutex};
use socket2::{Domain, Socket, Type};
use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// More connections than this wait in the system's queue.
const MOST_CONNECTIONS: usize = 256;

/// A client that says nothing for this long is left.
const PATIENCE: Duration = Duration::from_secs(30);

/// Stopping waits this long for connections to end; a key in the making may outlast it.
const STOPPING: Duration = Duration::from_millis(100);

/// A running authorization server. It ends when it is dropped or stopped, and its port is free then.
pub struct Sandbox {
    shared: Arc<Shared>,
    address: SocketAddr,
    listening: Option<JoinHandle<()>>,
    ca_file: Option<CaFile>,
}

struct Shared {
    service: Service,
    connections: Mutex<BTreeMap<u64, TcpStream>>,
    left: Condvar,
    ended: AtomicBool,
    /// Held without listening, once nobody is to listen any more: the port stays refused, and nobody else gets it.
    closed: Mutex<Option<Socket>>,
}

impl Sandbox {
    /// Starts listening on the loopback address.
    ///
    /// # Errors
    /// When the port is taken or no client is given.
    pub fn start(options: Options) -> io::Result<Sandbox> {
        if options.clients.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a sandbox needs at least one client"));
        }
        let is_tls = options.tls || options.fault.as_ref().is_some_and(|plan| plan.fault.needs_tls());
        let tls = is_tls.then(Tls::new).transpose()?;
        let ca_file = tls.as_ref().map(|tls| CaFile::write(tls.authority.certificate())).transpose()?;
        let elsewhere = options.fault.is_some().then(Elsewhere::start).transpose()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        let address = listener.local_addr()?;
        let base_url = format!("{}://{address}", if is_tls { "https" } else { "http" });
        let shared = Arc::new(Shared {
            service: Service::new(options, base_url, tls, elsewhere),
            connections: Mutex::default(),
            left: Condvar::new(),
            ended: AtomicBool::new(false),
            closed: Mutex::default(),
        });
        let server = shared.clone();
        let thread = std::thread::Builder::new().name("sandbox".into());
        let listening = if shared.service.is_to_close() {
            shared.close_shop(listener)?;
            None
        } else {
            Some(thread.spawn(move || server.listen(listener))?)
        };
        Ok(Sandbox { shared, address, listening, ca_file })
    }

    /// The address to configure clients with.
    pub fn base_url(&self) -> String {
        self.shared.service.base_url.clone()
    }

    /// The first client that the sandbox knows.
    pub fn client(&self) -> &RegisteredClient {
        &self.shared.service.options.clients[0]
    }

    /// The file with the certificate that its clients have to trust, where it speaks TLS.
    pub fn ca_file(&self) -> Option<&std::path::Path> {
        self.ca_file.as_ref().map(|file| file.path.as_path())
    }

    /// The environment variables that configure a program for the first client.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let client = self.client();
        let mut variables = vec![
            ("XILNEX_BASE_URL", self.base_url()),
            ("XILNEX_CLIENT_ID", client.client_id.clone()),
            ("XILNEX_CLIENT_SECRET", client.client_secret.clone()),
            ("XILNEX_SCOPE", client.scope.clone()),
        ];
        let ca_file = self.ca_file().map(|path| path.to_string_lossy().into_owned());
        variables.splice(1..1, ca_file.map(|path| ("XILNEX_CA_FILE", path)));
        variables
    }

    /// How many requests reached `/connect/token`, whatever they were answered.
    pub fn token_requests(&self) -> u64 {
        self.shared.service.record.token_requests()
    }

    /// How many connections were opened, whatever became of them.
    pub fn connections(&self) -> u64 {
        self.shared.service.record.connections()
    }

    /// How many clients followed a redirect to where it pointed.
    pub fn redirects_followed(&self) -> u64 {
        self.shared.service.elsewhere.as_ref().map_or(0, Elsewhere::connections)
    }

    /// The latest requests in order, at most a thousand.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.service.record.requests()
    }

    /// Puts the sandbox's time forward: tokens expire by it, and new ones are issued in it.
    pub fn advance(&self, length: Duration) {
        self.shared.service.time.advance(length);
    }

    /// Makes `/data` refuse every token that was issued before.
    pub fn revoke_tokens(&self) {
        self.shared.service.time.revoke();
    }

    /// Ends the sandbox; open connections are cut.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        if let Some(thread) = self.listening.take() {
            // Where packets get lost, so does a knock.
            while !thread.is_finished() {
                wake(self.address);
                std::thread::sleep(Duration::from_millis(1));
            }
            let _ = thread.join();
        }
        // Only now can no connection be added behind our back.
        self.shared.cut();
    }
}

/// Wakes a listener; when nobody listens any more there is nobody to wake.
fn wake(address: SocketAddr) {
    let _ = TcpStream::connect_timeout(&address, STOPPING);
}

impl Shared {
    fn listen(self: Arc<Shared>, listener: TcpListener) {
        for (number, stream) in (0..).zip(listener.incoming()) {
            if self.ended.load(Ordering::SeqCst) {
                return;
            }
            if self.service.is_to_close() {
                break;
            }
            let Ok(stream) = stream else {
                // Out of descriptors, mostly: trying again at once would only burn the processor.
                self.pause(Duration::from_millis(10));
                continue;
            };
            self.admit(number, stream);
        }
        // A port that cannot be held is refused all the same, as long as nobody else takes it.
        let _ = self.close_shop(listener);
    }

    /// Without a thread the connection is closed, as an overloaded server does.
    fn admit(self: &Arc<Shared>, number: u64, stream: TcpStream) {
        if self.enter(number, &stream).is_err() {
            return;
        }
        let shared = self.clone();
        let address = stream.local_addr();
        let thread = std::thread::Builder::new().name(format!("sandbox-{number}"));
        let spawned = thread.spawn(move || {
            shared.service.converse(stream, &|length| shared.pause(length));
            shared.dismiss(number);
            if let Ok(address) = address
                && shared.service.is_to_close()
            {
                wake(address);
            }
        });
        if spawned.is_err() {
            self.dismiss(number);
        }
    }

    fn enter(&self, number: u64, stream: &TcpStream) -> io::Result<()> {
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

    /// From now on the port is refused.
    fn close_shop(&self, listener: TcpListener) -> io::Result<()> {
        let address = listener.local_addr()?;
        drop(listener);
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        // Connections that were served a moment ago must not keep the port from being held.
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        *self.closed.lock() = Some(socket);
        Ok(())
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

    /// Waits, unless the sandbox ends meanwhile; true when it has.
    fn pause(&self, length: Duration) -> bool {
        let started = Instant::now();
        let mut connections = self.connections.lock();
        while !self.ended.load(Ordering::SeqCst) {
            // Waited for in pieces: the sum of now and a length out of a script may be out of range.
            let Some(rest) = length.checked_sub(started.elapsed()).filter(|rest| !rest.is_zero()) else {
                return false;
            };
            self.left.wait_for(&mut connections, rest.min(PATIENCE));
        }
        true
    }
}

/// The certificate of a sandbox's authority, in a folder of its own that goes with it.
struct CaFile {
    path: PathBuf,
}

impl CaFile {
    fn write(certificate: &str) -> io::Result<CaFile> {
        let folder = std::env::temp_dir().join(format!("xilnex-auth-sandbox-{}", keys::random_text()));
        std::fs::create_dir(&folder)?;
        let file = CaFile { path: folder.join("ca.pem") };
        std::fs::write(&file.path, certificate)?;
        Ok(file)
    }
}

impl Drop for CaFile {
    fn drop(&mut self) {
        // What somebody else has taken away need not be taken away.
        let _ = std::fs::remove_file(&self.path);
        let _ = self.path.parent().map(std::fs::remove_dir);
    }
}
