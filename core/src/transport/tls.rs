//! TLS over a connection; ureq's own connector cannot be given a verifier.

use super::connecting::Connecting;
use super::noticing::noticing;
use super::stage::wrap;
use super::trust;
use crate::file::Source;
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use std::fmt;
use std::io::{Read, Write};
use std::sync::Arc;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport, TransportAdapter,
};

/// Lays TLS over a connection for https.
#[derive(Debug)]
pub struct TlsConnector {
    /// Certificates to trust besides the system's.
    pub ca_file: Option<Source>,
    /// How far the call has come.
    pub connecting: Connecting,
}

impl<In: Transport> Connector<In> for TlsConnector {
    type Out = Either<In, TlsStream>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let Some(plain) = chained else { return Ok(None) };
        if !details.needs_tls() {
            return Ok(Some(Either::A(plain)));
        }
        // That of an https proxy is the proxy's affair.
        let is_in_tunnel = self.connecting.is_in_tunnel();
        let connecting = (!is_in_tunnel).then(|| self.connecting.clone());
        let config = trust::client_config(self.ca_file.as_ref(), |inner| match connecting {
            Some(connecting) => noticing(connecting, inner),
            None => inner,
        });
        let config = config.map_err(wrap)?;
        let host = details.uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let name =
            ServerName::try_from(host).map_err(|_| ureq::Error::Tls("the host is no valid server name"))?;
        let connection = ClientConnection::new(Arc::new(config), name)?;
        let mut socket = TransportAdapter::new(plain.boxed(), details.current_time.clone());
        socket.set_timeout(details.timeout);
        let mut stream = StreamOwned::new(connection, socket);
        stream.conn.complete_io(&mut stream.sock)?;
        if !is_in_tunnel {
            self.connecting.note(|facts, at| {
                let version = stream.conn.protocol_version().and_then(|version| version.as_str());
                facts.tls = Some((version.unwrap_or_default().replace("TLSv1_", "TLS 1."), at));
            });
        }
        let buffers =
            LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Either::B(TlsStream { buffers, stream })))
    }
}

/// A connection with TLS on it.
pub struct TlsStream {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl Transport for TlsStream {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.stream.sock.set_timeout(timeout);
        Ok(self.stream.write_all(&self.buffers.output()[..amount])?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.stream.sock.set_timeout(timeout);
        let amount = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        // No connection is kept, so nobody asks about one that rests.
        false
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl fmt::Debug for TlsStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsStream")
    }
}
