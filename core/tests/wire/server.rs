//! A server that writes given bytes and ends its connections in a given way.

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::NamedTempFile;

/// How a connection ends after the answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ending {
    /// As it should: a FIN, in TLS after a close_notify.
    Clean,
    /// In TLS without a close_notify.
    Cut,
    /// With a RST.
    Reset,
    /// Not before the client ends it.
    Keep,
}

/// A running server. Its threads end with the process.
pub struct Server {
    port: u16,
    certificate: Option<NamedTempFile>,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    left: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

#[derive(Clone)]
struct Script {
    answer: Vec<u8>,
    is_endless: bool,
    /// Whether each byte comes a tenth of a second after the one before it.
    is_slow: bool,
    ending: Ending,
    tls: Option<Arc<ServerConfig>>,
}

impl Script {
    fn new(answer: &[u8], ending: Ending) -> Script {
        Script { answer: answer.to_vec(), is_endless: false, is_slow: false, ending, tls: None }
    }
}

impl Server {
    /// Over plain http.
    pub fn plain(answer: &[u8], ending: Ending) -> Server {
        Server::start(Script::new(answer, ending), None)
    }

    /// Repeats the answer for as long as somebody listens.
    pub fn endless(answer: &[u8]) -> Server {
        Server::start(Script { is_endless: true, ..Script::new(answer, Ending::Clean) }, None)
    }

    /// Writes a byte now and then.
    pub fn slow(answer: &[u8]) -> Server {
        Server::start(Script { is_slow: true, ..Script::new(answer, Ending::Clean) }, None)
    }

    /// The same with the bytes of a record of TLS.
    pub fn slow_tls(answer: &[u8]) -> Server {
        Server::with_tls(Script { is_slow: true, ..Script::new(answer, Ending::Clean) })
    }

    /// Over TLS, with a certificate of its own.
    pub fn tls(answer: &[u8], ending: Ending) -> Server {
        Server::with_tls(Script::new(answer, ending))
    }

    fn with_tls(script: Script) -> Server {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(["localhost".into()]).unwrap().self_signed(&key).unwrap();
        let file = NamedTempFile::new().unwrap();
        std::fs::write(file.path(), certificate.pem()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )
            .unwrap();
        let tls = Some(Arc::new(config));
        Server::start(Script { tls, ..script }, Some(file))
    }

    fn start(script: Script, certificate: Option<NamedTempFile>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen: Arc<Seen> = Arc::default();
        let sees = seen.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                sees.connections.fetch_add(1, Ordering::SeqCst);
                let (script, sees) = (script.clone(), sees.clone());
                std::thread::spawn(move || serve(client, &script, &sees));
            }
        });
        Server { port, certificate, seen }
    }

    pub fn base_url(&self) -> String {
        let (scheme, host) =
            if self.certificate.is_some() { ("https", "localhost") } else { ("http", "127.0.0.1") };
        format!("{scheme}://{host}:{}", self.port)
    }

    pub fn ca_file(&self) -> Option<&str> {
        self.certificate.as_ref().and_then(|file| file.path().to_str())
    }

    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    pub fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }

    /// Whether the client has ended every connection within this time.
    pub fn was_left(&self, within: Duration) -> bool {
        for _ in 0..within.as_millis() / 10 {
            if self.seen.left.load(Ordering::SeqCst) == self.connections() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }
}

fn serve(mut socket: TcpStream, script: &Script, seen: &Seen) {
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    match &script.tls {
        None => {
            answer(&mut socket, script, seen);
        }
        Some(config) => {
            let mut tls = ServerConnection::new(config.clone()).unwrap();
            if script.is_slow {
                let Some(_) = request(&mut Stream::new(&mut tls, &mut socket)) else { return };
                let mut record = Vec::new();
                tls.writer().write_all(&script.answer).and_then(|()| tls.write_tls(&mut record)).unwrap();
                write_slowly(&mut socket, &record);
            } else {
                answer(&mut Stream::new(&mut tls, &mut socket), script, seen);
            }
            if script.ending == Ending::Clean {
                tls.send_close_notify();
                let _ = tls.write_tls(&mut socket);
            }
        }
    }
    end(&mut socket, script.ending, seen);
}

fn answer(stream: &mut (impl Read + Write), script: &Script, seen: &Seen) {
    let Some(request) = request(stream) else { return };
    seen.requests.lock().unwrap().push(request);
    if script.is_slow {
        return write_slowly(stream, &script.answer);
    }
    loop {
        let was_written = stream.write_all(&script.answer).and_then(|()| stream.flush());
        if !script.is_endless || was_written.is_err() {
            return;
        }
    }
}

fn write_slowly(stream: &mut impl Write, bytes: &[u8]) {
    for byte in bytes {
        if stream.write_all(&[*byte]).and_then(|()| stream.flush()).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A whole request, so that no byte of it is left unread: closing would become a RST.
fn request(stream: &mut impl Read) -> Option<String> {
    let mut text = String::new();
    let mut bytes = [0; 4096];
    loop {
        let count = stream.read(&mut bytes).ok().filter(|count| *count > 0)?;
        text += &String::from_utf8_lossy(&bytes[..count]);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.to_ascii_lowercase();
        let length = length.split_once("content-length: ")?.1.split("\r\n").next()?.parse::<usize>().ok()?;
        if body.len() >= length {
            return Some(text);
        }
    }
}

fn end(socket: &mut TcpStream, ending: Ending, seen: &Seen) {
    match ending {
        Ending::Clean | Ending::Cut => {
            let _ = socket.shutdown(Shutdown::Write);
            let _ = socket.read(&mut [0; 1024]);
        }
        Ending::Reset => {
            // The client has read what came before: a RST would take what it has not read yet.
            std::thread::sleep(Duration::from_millis(200));
            rustix::net::sockopt::set_socket_linger(&*socket, Some(Duration::ZERO)).unwrap();
        }
        Ending::Keep => while socket.read(&mut [0; 1024]).is_ok_and(|count| count > 0) {},
    }
    seen.left.fetch_add(1, Ordering::SeqCst);
}
