//! A proxy that opens tunnels by CONNECT, or does worse, and keeps what passes through it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What a proxy does when it is asked for a tunnel.
#[derive(Clone, Debug)]
pub enum Conduct {
    /// Opens it.
    Open,
    /// Opens it to this address, wherever it was asked to: a proxy that inspects TLS ends it itself.
    Divert(String),
    /// Gives this answer, and no tunnel.
    Answer(&'static str),
    /// Says nothing.
    Silent,
}

impl Conduct {
    /// The conduct that a scenario names.
    ///
    /// # Errors
    /// When nothing is called so.
    pub fn named(name: &str) -> Result<Conduct, String> {
        Ok(match name {
            "opens" => Conduct::Open,
            "wants a password" => Conduct::Answer(
                "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
            ),
            "forbids" => Conduct::Answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
            "fails" => Conduct::Answer("HTTP/1.1 502 Bad Gateway\r\n\r\n"),
            "redirects" => Conduct::Answer("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"),
            "lies" => Conduct::Answer("HTTP/1.1 200 Connection established\r\n\r\nno tunnel after all"),
            "closes" => Conduct::Answer(""),
            "talks junk" => Conduct::Answer("220 mail.example ready\r\n"),
            "is silent" => Conduct::Silent,
            other => return Err(format!("no proxy {other}")),
        })
    }
}

/// A running proxy. Its threads end with their connections; the listener ends with the process.
pub struct Tunnel {
    port: u16,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Tunnel {
    /// Listens on the loopback address.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start(conduct: Conduct) -> io::Result<Tunnel> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let tunnel = Tunnel { port: listener.local_addr()?.port(), seen: Arc::default() };
        let seen = tunnel.seen.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (seen, conduct) = (seen.clone(), conduct.clone());
                // A connection that breaks is its client's affair.
                std::thread::spawn(move || serve(&client, &conduct, &seen).ok());
            }
        });
        Ok(tunnel)
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Every byte that came from a client.
    ///
    /// # Panics
    /// When a connection's thread has.
    pub fn seen(&self) -> Vec<u8> {
        self.seen.lock().expect("no connection panicked").clone()
    }
}

fn serve(client: &TcpStream, conduct: &Conduct, seen: &Arc<Mutex<Vec<u8>>>) -> io::Result<()> {
    let mut reader = BufReader::new(client);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    keep(seen, head.as_bytes());
    let asked = head.split(' ').nth(1).filter(|_| head.starts_with("CONNECT ")).unwrap_or_default();
    let target = match conduct {
        Conduct::Open => asked,
        Conduct::Divert(elsewhere) => elsewhere,
        Conduct::Answer(text) => {
            write_all(client, text.as_bytes())?;
            client.shutdown(Shutdown::Write)?;
            return hear_out(reader, seen);
        }
        Conduct::Silent => return hear_out(reader, seen),
    };
    let server = match TcpStream::connect(target) {
        Ok(server) => server,
        Err(_) => return write_all(client, b"HTTP/1.1 502 Bad Gateway\r\n\r\n"),
    };
    write_all(client, b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (back, answers) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || copy(answers, &back, |_| {}));
    copy(reader, &server, |bytes| keep(seen, bytes));
    Ok(())
}

/// Keeps what a client says that gets no tunnel.
fn hear_out(mut reader: impl Read, seen: &Mutex<Vec<u8>>) -> io::Result<()> {
    let mut chunk = [0; 4096];
    while let count @ 1.. = reader.read(&mut chunk)? {
        keep(seen, &chunk[..count]);
    }
    Ok(())
}

fn keep(seen: &Mutex<Vec<u8>>, bytes: &[u8]) {
    if let Ok(mut seen) = seen.lock() {
        seen.extend_from_slice(bytes);
    }
}

fn copy(mut from: impl Read, to: &TcpStream, mut keep: impl FnMut(&[u8])) {
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut chunk) {
        keep(&chunk[..count]);
        if write_all(to, &chunk[..count]).is_err() {
            break;
        }
    }
    // The other side may have gone already.
    let _ = to.shutdown(Shutdown::Write);
}

fn write_all(mut to: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes)
}
