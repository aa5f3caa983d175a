//! A connection that looks at every byte of the answer, on top of TLS, before the HTTP library gets it.

use super::connecting::Connecting;
use super::framing::{End, Framing};
use super::stage::wrap;
use crate::error::{Error, Kind};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

/// What was seen of an answer. A clone is the same.
#[derive(Clone, Debug, Default)]
pub struct Seen(Arc<Mutex<Framing>>);

impl Seen {
    /// # Errors
    /// `bad_response` when the head is none that can be relied on.
    pub fn head(&self) -> Result<(), Error> {
        self.with(|framing| framing.fault_of_head()).map_or(Ok(()), |told| Err(broken(told)))
    }

    /// # Errors
    /// `bad_response` when what was seen so far breaks the rules: what follows may have no end either.
    fn so_far(&self) -> Result<(), Error> {
        self.with(|framing| framing.fault()).map_or(Ok(()), |told| Err(broken(told)))
    }

    /// # Errors
    /// `bad_response` when the body breaks the rules, `unavailable` when it was cut.
    pub fn end(&self) -> Result<(), Error> {
        match self.with(|framing| framing.end()) {
            End::Whole => Ok(()),
            End::Torn => {
                Err(Error::new(Kind::Unavailable, "the connection broke before the answer was complete"))
            }
            End::Broken(told) => Err(broken(told)),
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Framing) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn broken(told: &str) -> Error {
    no_http(format!("the answer breaks the rules of HTTP: {told}"))
}

/// An answer that is none in HTTP, in these words.
pub fn no_http(told: String) -> Error {
    Error::new(Kind::BadResponse, told)
        .with_hint("something else than the authorization server may be listening there: check base_url")
}

/// Watches the whole way to the server; the way to a proxy carries no answer of the server's yet.
#[derive(Debug)]
pub struct Watch {
    /// How far connecting has come.
    pub connecting: Connecting,
    /// What is seen.
    pub seen: Seen,
}

impl<In: Transport> Connector<In> for Watch {
    type Out = Watched<In>;

    fn connect(
        &self,
        _: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Watched<In>>, ureq::Error> {
        let seen = (!self.connecting.is_in_tunnel()).then(|| self.seen.clone());
        Ok(chained.map(|inner| Watched { inner, seen }))
    }
}

/// A connection that is watched.
#[derive(Debug)]
pub struct Watched<T> {
    inner: T,
    seen: Option<Seen>,
}

impl<T: Transport> Transport for Watched<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        let Some(seen) = &self.seen else { return self.inner.await_input(timeout) };
        seen.so_far().map_err(wrap)?;
        let before = self.inner.buffers().input().len();
        let arrived = self.inner.await_input(timeout);
        match &arrived {
            Ok(_) => seen.with(|framing| framing.see(&self.inner.buffers().input()[before..])),
            Err(ureq::Error::Io(problem)) if problem.kind() != io::ErrorKind::TimedOut => {
                seen.with(Framing::cut);
            }
            Err(_) => {}
        }
        // A head that cannot be relied on is not waited for any longer: those before it may have no end.
        seen.head().map_err(wrap)?;
        arrived
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
