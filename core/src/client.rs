//! The face of the engine.

use crate::cache::{Cache, Lent};
use crate::call::Call;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::Error;
use crate::flight::{Exit, closed};
use crate::grant::Grant;
use crate::leftovers::{OF_A_CALL, wiped};
use crate::pending::Answer;
use crate::registry;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::stats::Stats;
use crate::store::Store;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::token::AccessToken;
use crate::transport::Transport;
use crate::window::Window;
use once_cell::race::OnceBox;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Gets access tokens and keeps them.
///
/// Thread-safe; a clone is the same client. Clients with equal configurations share one token, so making one
/// for each job costs no extra request. `Debug` shows no secret and no token.
#[derive(Clone)]
pub struct Client {
    engine: Arc<Cache>,
    place: Arc<Place>,
}

/// The place of a client and its clones in their engine, which they leave together.
struct Place {
    engine: Arc<Cache>,
    /// Set when they are closed: whoever waits is released then. A client that only goes leaves its callers alone.
    exit: Exit,
    is_left: AtomicBool,
}

impl Place {
    fn leave(&self) {
        if !self.is_left.swap(true, Ordering::Relaxed) {
            self.engine.leave();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Client {
    /// A client for this configuration. Sends nothing.
    ///
    /// # Errors
    /// `invalid_config`, naming what is missing, wrong or unreadable and what to do.
    #[allow(clippy::needless_pass_by_value, reason = "a configuration is used up: it holds the secret")]
    pub fn new(config: Config) -> Result<Client, Error> {
        wiped::<OF_A_CALL, _>(|| {
            let (settings, secret) = Settings::new(&config)?;
            Ok(Client::over(registry::engine(settings)?, &secret))
        })
    }

    /// A client that shares nothing with others and works over these parts: for tests, and for stores.
    ///
    /// # Errors
    /// As [`Client::new`].
    #[allow(clippy::needless_pass_by_value, reason = "as Client::new")]
    pub fn with_parts(
        config: Config,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        store: Option<Arc<dyn Store>>,
    ) -> Result<Client, Error> {
        wiped::<OF_A_CALL, _>(|| {
            let (settings, secret) = Settings::new(&config)?;
            let grant = Grant::new(settings, transport, clock.clone());
            Ok(Client::over(Cache::new(grant, clock, store), &secret))
        })
    }

    /// A client over the network that shares nothing with others and goes by this clock: for tests.
    ///
    /// # Errors
    /// As [`Client::new`].
    #[allow(clippy::needless_pass_by_value, reason = "as Client::new")]
    pub fn with_clock(config: Config, clock: Arc<dyn Clock>) -> Result<Client, Error> {
        wiped::<OF_A_CALL, _>(|| {
            let (settings, secret) = Settings::new(&config)?;
            Ok(Client::over(registry::make(settings, clock)?, &secret))
        })
    }

    fn over(engine: Arc<Cache>, secret: &Secret) -> Client {
        engine.enter(secret);
        let place = Place { engine: engine.clone(), exit: Exit::default(), is_left: AtomicBool::new(false) };
        Client { place: Arc::new(place), engine }
    }

    /// The text of a valid access token; from memory where possible. Blocks for at most `timeout`.
    ///
    /// # Errors
    /// Every kind of the error table; `invalid_config` only when a file that an option names has gone meanwhile.
    pub fn get_token(&self) -> Result<String, Error> {
        self.with_token(&Call::default(), |token| token.value().to_owned())
    }

    /// The value for an `Authorization` header: `Bearer` and the token (RFC 6750 §2.1). Else as
    /// [`Client::get_token`].
    ///
    /// # Errors
    /// As [`Client::get_token`].
    pub fn authorization_header(&self) -> Result<String, Error> {
        self.with_token(&Call::default(), AccessToken::authorization_header)
    }

    /// A valid access token with what is known of it, as this call needs it.
    ///
    /// # Errors
    /// As [`Client::get_token`].
    pub fn access_token(&self, call: &Call) -> Result<Arc<AccessToken>, Error> {
        self.request(call)?.wait()
    }

    /// Works with a valid access token where it lies, without a copy. Blocks for at most `timeout`, but never while `work`
    /// is at it.
    ///
    /// # Errors
    /// As [`Client::get_token`].
    #[inline]
    pub fn with_token<T>(&self, call: &Call, work: impl Fn(&AccessToken) -> T) -> Result<T, Error> {
        match self.look(call, |token| work(token))? {
            Some(done) => Ok(done),
            None => self.access_token(call).map(|token| work(&token)),
        }
    }

    /// A valid token at once, or a place in the request that fetches one: for callers that cannot block. Only where the
    /// system refuses threads does it wait for the network, because the request has none but the caller's.
    ///
    /// # Errors
    /// `closed`; the last failure again in the pause after it; `unavailable` when ten requests were sent within a
    /// minute; `invalid_config` inside a listener of events while no valid token is at hand.
    pub fn request(&self, call: &Call) -> Result<Answer, Error> {
        self.open()?.get(call, &self.place.exit)
    }

    /// The token at hand, if it serves this call; `None` when [`Client::request`] is needed. Never waits for the network
    /// or for another caller, so a host may call it while it holds a lock of its own; but it may be the one that tells
    /// the listeners of events that tokens are handed out during an outage.
    ///
    /// # Errors
    /// `closed`.
    pub fn ready(&self, call: &Call) -> Result<Option<Arc<AccessToken>>, Error> {
        self.look(call, Arc::clone)
    }

    /// As [`Client::ready`], without a count and without a copy.
    ///
    /// # Errors
    /// `closed`.
    #[inline]
    pub fn look<T>(
        &self,
        call: &Call,
        work: impl FnOnce(&Arc<AccessToken>) -> T,
    ) -> Result<Option<T>, Error> {
        self.open().map(|engine| engine.ready(call, work))
    }

    /// This token for a binding that keeps what it made of it; `None` if it is not at hand any more.
    pub fn lend(&self, token: &Arc<AccessToken>) -> Option<Lent> {
        self.open().ok()?.lend(token)
    }

    /// Whether the binding may hand out what it keeps, to a call that takes any valid token; that call is counted then.
    /// What anybody does to the token ends that at once, and so does a second at most: [`Client::look`] knows then.
    #[inline]
    pub fn lends(&self, lent: &Lent) -> bool {
        self.open().is_ok_and(|engine| engine.lends(lent))
    }

    /// Where a binding may copy the token at hand without touching what threads share. Closed until
    /// [`Client::show`], and whenever anything happens to the token; stays for ever, and may be another client's when this
    /// one is gone, which a look before that tells ([`Window::seen`]).
    pub fn window(&self) -> &'static Window {
        self.engine.window()
    }

    /// Shows the token at hand in the window, for calls that take any valid token: for a second at most, and only if there is
    /// nothing else to do about it. After a call that was answered.
    pub fn show(&self) {
        self.open().inspect(|engine| engine.show()).ok();
    }

    /// For how long a binding may hand out this token again without asking here: a second at most, and zero once it is
    /// not at hand any more, or there is something to do about it. Until then an `invalidate` elsewhere goes unnoticed.
    pub fn lease(&self, token: &Arc<AccessToken>) -> Duration {
        self.open().map_or(Duration::ZERO, |engine| engine.lease(token))
    }

    /// Counts the calls that a lease of this token has answered.
    pub fn served_by_lease(&self, token: &Arc<AccessToken>, count: u64) {
        self.engine.served_by_lease(token, count);
    }

    /// A valid token if one is at hand; else `None`, and a request for one is under way: for an event loop that asks again
    /// and again. Never waits for the network or for another caller, also where the system refuses threads: that is
    /// `unavailable` then. A request that failed is told during the pause after it, as [`Client::request`] does.
    ///
    /// # Errors
    /// Every kind of the error table.
    pub fn try_access_token(&self) -> Result<Option<Arc<AccessToken>>, Error> {
        let call = Call { timeout: Some(Duration::ZERO), ..Call::default() };
        match self.request(&call)? {
            Answer::Ready(token) => Ok(Some(token)),
            Answer::Pending(pending) => pending.look().transpose(),
        }
    }

    /// Whether a token request is under way.
    pub fn is_refreshing(&self) -> bool {
        self.engine.is_refreshing()
    }

    /// Drops `token` because a resource server refused it, so that the next call fetches another. A newer
    /// token stays, so a late refusal of an old one does no harm. True when it was dropped: that costs a request, so
    /// it happens at most once in 30 s, however many tokens are refused; else the token stays.
    pub fn invalidate(&self, token: &str) -> bool {
        self.engine.invalidate(token)
    }

    /// What all clients of this configuration have done in this process.
    pub fn stats(&self) -> Stats {
        self.engine.stats()
    }

    /// Ends this client and its clones: later calls fail with `closed`, and so do those that wait, at once. Only one that
    /// had to send the request on its own thread, because the system refused another, ends with that. Others with the
    /// same configuration go on, and so does a request under way. With the last of them the secret leaves the memory, and
    /// the token is kept so that only a client with the same secret finds it.
    pub fn close(&self) {
        self.place.exit.store(true, Ordering::SeqCst);
        self.engine.release_closed();
        self.place.leave();
    }

    /// The client identifier it works with.
    pub fn client_id(&self) -> &str {
        &self.engine.settings().client_id
    }

    /// The base address of its authorization server.
    pub fn base_url(&self) -> &str {
        self.engine.settings().base_url.as_str()
    }

    /// The scope it asks for.
    pub fn scope(&self) -> Option<&str> {
        self.engine.settings().scope.as_deref()
    }

    #[inline]
    fn open(&self) -> Result<&Arc<Cache>, Error> {
        if self.place.exit.load(Ordering::Relaxed) { Err(closed()) } else { Ok(&self.engine) }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("client_id", &self.client_id())
            .field("base_url", &self.base_url())
            .field("scope", &self.scope())
            .finish_non_exhaustive()
    }
}

/// The client of the process, configured by the XILNEX_* environment when it is first asked for. A failure is
/// not remembered: the next call looks at the environment again.
///
/// # Errors
/// As [`Client::new`].
pub fn default_client() -> Result<&'static Client, Error> {
    // Two threads may both make one; equal clients share their token, and no lock is left for a fork to find taken.
    static DEFAULT: OnceBox<Client> = OnceBox::new();
    DEFAULT.get_or_try_init(|| Client::new(Config::from_env()?).map(Box::new))
}
