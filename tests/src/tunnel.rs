//! A proxy that opens tunnels by CONNECT and keeps what passes through it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

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
    pub fn start() -> io::Result<Tunnel> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let tunnel = Tunnel { port: listener.local_addr()?.port(), seen: Arc::default() };
        let seen = tunnel.seen.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let seen = seen.clone();
                // A connection that breaks is its client's affair.
                std::thread::spawn(move || serve(&client, &seen).ok());
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

fn serve(client: &TcpStream, seen: &Arc<Mutex<Vec<u8>>>) -> io::Result<()> {
    let mut reader = BufReader::new(client);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    keep(seen, head.as_bytes());
    let target = head.split(' ').nth(1).filter(|_| head.starts_with("CONNECT ")).unwrap_or_default();
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
