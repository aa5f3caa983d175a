//! Another server of this machine, to which redirects point: whoever follows one is counted there.

use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// A client that goes on talking is left after so many bytes, or when it falls silent for so long.
const MOST: u64 = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(1);

/// A listener that hears its clients out and answers nothing. It ends when it is dropped.
pub struct Elsewhere {
    address: SocketAddr,
    books: Arc<Books>,
    listening: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Books {
    connections: AtomicU64,
    ended: AtomicBool,
}

impl Elsewhere {
    /// Starts listening on the loopback address.
    pub fn start() -> io::Result<Elsewhere> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let books = Arc::<Books>::default();
        let kept = books.clone();
        let thread = std::thread::Builder::new().name("elsewhere".into());
        let listening = Some(thread.spawn(move || kept.listen(&listener))?);
        Ok(Elsewhere { address, books, listening })
    }

    /// Where redirects point.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many clients came.
    pub fn connections(&self) -> u64 {
        self.books.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.books.ended.store(true, Ordering::SeqCst);
        // Wakes the listener; when nobody listens any more there is nobody to wake.
        let _ = TcpStream::connect_timeout(&self.address, PATIENCE);
        if let Some(thread) = self.listening.take() {
            let _ = thread.join();
        }
    }
}

impl Books {
    fn listen(&self, listener: &TcpListener) {
        for stream in listener.incoming() {
            if self.ended.load(Ordering::SeqCst) {
                return;
            }
            self.connections.fetch_add(1, Ordering::SeqCst);
            if let Ok(stream) = stream
                && stream.set_read_timeout(Some(PATIENCE)).is_ok()
            {
                // Whatever ends it, the client was counted.
                let _ = io::copy(&mut stream.take(MOST), &mut io::sink());
            }
        }
    }
}
