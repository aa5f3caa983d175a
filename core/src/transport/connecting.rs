//! The time that connecting may take, name, tunnel and TLS included: ureq gives each of its steps the whole of it.
//! The only file here that reads time: a deadline of the network is no age of a token.

use super::trace::{Facts, Trace};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use ureq::unversioned::transport::time::Duration as Limit;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, TcpConnector, Transport,
};

/// How far a call has come with connecting. A clone is the same.
#[derive(Clone, Debug)]
pub struct Connecting(Arc<Progress>);

#[derive(Debug)]
struct Progress {
    began: Instant,
    trace: Trace,
    until: Instant,
    is_whole_call: bool,
    tunnels: AtomicU32,
    is_done: AtomicBool,
}

impl Connecting {
    /// Starts now and may take `connect_timeout`, or what the whole call may; what is met goes into the trace.
    pub fn start(connect_timeout: Duration, whole_call: Duration, trace: Trace) -> Connecting {
        let began = Instant::now();
        Connecting(Arc::new(Progress {
            began,
            trace,
            until: began + connect_timeout.min(whole_call),
            is_whole_call: whole_call <= connect_timeout,
            tunnels: AtomicU32::new(0),
            is_done: AtomicBool::new(false),
        }))
    }

    /// Notes what is met, and when, counted from the start.
    pub fn note(&self, note: impl FnOnce(&mut Facts, Duration)) {
        self.0.trace.note(|facts| note(facts, self.0.began.elapsed()));
    }

    /// What is left; zero when the time is over.
    pub fn left(&self) -> Duration {
        self.0.until.saturating_duration_since(Instant::now())
    }

    /// Whether the deadline is that of the whole call.
    pub fn is_whole_call(&self) -> bool {
        self.0.is_whole_call
    }

    /// Runs the step that opens a tunnel: the way to the proxy is connected within it, and is not yet the whole way.
    pub fn tunnel<T>(&self, open: impl FnOnce() -> T) -> T {
        self.0.tunnels.fetch_add(1, Ordering::SeqCst);
        let opened = open();
        self.0.tunnels.fetch_sub(1, Ordering::SeqCst);
        opened
    }

    /// Whether what is being connected is the way to the proxy.
    pub fn is_in_tunnel(&self) -> bool {
        self.0.tunnels.load(Ordering::SeqCst) > 0
    }

    /// The last step is done: from here on only the deadline of the whole call counts.
    pub fn finish(&self) {
        if !self.is_in_tunnel() {
            self.0.is_done.store(true, Ordering::SeqCst);
        }
    }

    /// The timeout of one step, cut to what is left.
    ///
    /// # Errors
    /// That nothing is left; zero would stand for no limit at all.
    pub fn limit(&self, timeout: NextTimeout) -> Result<NextTimeout, ureq::Error> {
        if self.0.is_done.load(Ordering::SeqCst) {
            return Ok(timeout);
        }
        match (*timeout.after).min(self.left()) {
            Duration::ZERO => Err(ureq::Error::Timeout(ureq::Timeout::Connect)),
            left => Ok(NextTimeout { after: Limit::Exact(left), ..timeout }),
        }
    }

    /// The details of a step with its timeout cut, counted from now.
    ///
    /// # Errors
    /// That nothing is left.
    pub fn limited<'a>(&self, details: &ConnectionDetails<'a>) -> Result<ConnectionDetails<'a>, ureq::Error> {
        Ok(ConnectionDetails {
            uri: details.uri,
            addrs: details.addrs.clone(),
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            now: (details.current_time)(),
            timeout: self.limit(details.timeout)?,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        })
    }
}

/// Opens TCP connections that keep the deadline while anything is read or written on them.
#[derive(Debug)]
pub struct BoundedTcp {
    /// The deadline.
    pub connecting: Connecting,
}

impl<In: Transport> Connector<In> for BoundedTcp {
    type Out = Bounded<<TcpConnector as Connector<In>>::Out>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let opened = TcpConnector::default().connect(details, chained)?;
        Ok(opened.map(|inner| Bounded { inner, connecting: self.connecting.clone() }))
    }
}

/// A connection that gives up at the deadline, however often something arrives before.
#[derive(Debug)]
pub struct Bounded<T> {
    inner: T,
    connecting: Connecting,
}

impl<T: Transport> Transport for Bounded<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.inner.transmit_output(amount, self.connecting.limit(timeout)?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.inner.await_input(self.connecting.limit(timeout)?)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
