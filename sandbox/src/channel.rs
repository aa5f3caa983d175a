//! A connection as the server has it, plain or with TLS on it, and the ways in which it may end.

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// A connection to a client.
pub enum Channel {
    /// As it is.
    Plain(TcpStream),
    /// With TLS on it.
    Tls(Box<StreamOwned<ServerConnection, Gate>>),
}

/// What happens to a handshake whose server's part is not sent whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The rest never comes.
    Stall,
    /// The connection is closed.
    Cut,
    /// The connection is reset.
    Reset,
}

impl Channel {
    /// Shakes hands as a TLS server. Where `gate` is given, only so many bytes of it are sent before it stops.
    pub fn shake_hands(
        stream: TcpStream,
        config: Arc<ServerConfig>,
        gate: Option<(usize, Stop)>,
    ) -> io::Result<Channel> {
        let connection = ServerConnection::new(config).map_err(io::Error::other)?;
        let mut tls = StreamOwned::new(connection, Gate { stream, gate });
        while tls.conn.is_handshaking() {
            tls.conn.complete_io(&mut tls.sock)?;
        }
        Ok(Channel::Tls(Box::new(tls)))
    }

    /// Ends it in order: the client knows that nothing was cut off.
    pub fn close(&mut self) {
        if let Channel::Tls(tls) = self {
            tls.conn.send_close_notify();
            // A client that has left needs no farewell.
            let _ = tls.conn.complete_io(&mut tls.sock);
        }
        self.cut();
    }

    /// Ends it below TLS: the client cannot know whether something was cut off.
    pub fn cut(&self) {
        let _ = self.stream().shutdown(Shutdown::Write);
    }

    /// Lets it end in a reset as soon as nobody here holds it any more.
    pub fn reset(&self) {
        reset(self.stream());
    }

    /// Waits as long for the client to say something; `None` for ever.
    pub fn be_patient(&self, length: Option<Duration>) -> io::Result<()> {
        self.stream().set_read_timeout(length)
    }

    fn stream(&self) -> &TcpStream {
        match self {
            Channel::Plain(stream) => stream,
            Channel::Tls(tls) => &tls.sock.stream,
        }
    }
}

fn reset(stream: &TcpStream) {
    // Of a connection that is gone already nothing is left to reset.
    let _ = socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Channel::Plain(stream) => stream.read(buffer),
            Channel::Tls(tls) => tls.read(buffer),
        }
    }
}

impl Write for Channel {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Channel::Plain(stream) => stream.write(bytes),
            Channel::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Channel::Plain(stream) => stream.flush(),
            Channel::Tls(tls) => tls.flush(),
        }
    }
}

/// A connection that lets only so many bytes out.
pub struct Gate {
    stream: TcpStream,
    gate: Option<(usize, Stop)>,
}

impl Read for Gate {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer)
    }
}

impl Write for Gate {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.gate {
            None => self.stream.write(bytes),
            Some((0, Stop::Stall)) => Ok(bytes.len()), // so that the server waits for an answer to what it did not say
            Some((0, Stop::Cut)) => Err(io::ErrorKind::BrokenPipe.into()),
            Some((0, Stop::Reset)) => {
                reset(&self.stream);
                Err(io::ErrorKind::BrokenPipe.into())
            }
            Some((left, _)) => {
                let written = self.stream.write(&bytes[..bytes.len().min(*left)])?;
                *left -= written;
                Ok(written)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
