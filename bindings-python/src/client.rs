//! The client of Python.

use crate::access_token::AccessToken;
use crate::errors::{no_pickle, raised};
use crate::events;
use crate::kept::Kept;
use crate::options;
use crate::pending::{self, Pending};
use crate::sandbox::Sandbox;
use crate::stats::Stats;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use std::sync::{Arc, OnceLock};
use xilnex_auth::{Answer, Call, Config, Error, Lent};

/// A token and the `str` that stands for it as long as it is handed out.
type Text = (Lent, Py<PyString>);

/// The base of `xilnex_auth.Client`.
#[pyclass(frozen, subclass, module = "xilnex_auth._native")]
pub struct Client {
    client: OnceLock<xilnex_auth::Client>,
    text: Kept<Text>,
}

#[pymethods]
impl Client {
    /// Takes whatever a subclass may take; the options are those of `__init__`.
    #[new]
    #[pyo3(signature = (*_arguments, **_options), text_signature = "(*, client_id=None, client_secret=None, \
        client_secret_file=None, base_url=None, scope=None, client_auth=None, timeout=None, connect_timeout=None, \
        ca_file=None, proxy=None, store=None)")]
    fn new(_arguments: &Bound<'_, PyTuple>, _options: Option<&Bound<'_, PyDict>>) -> Client {
        Client { client: OnceLock::new(), text: Kept::none() }
    }

    #[pyo3(signature = (**options))]
    fn __init__(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        events::listen(py);
        let config = options::config(Config::from_env(), options)?;
        self.open(py, py.detach(|| xilnex_auth::Client::new(config?)))
    }

    /// In place of `__init__`: a client of this sandbox, which goes by its time.
    #[pyo3(signature = (sandbox, options))]
    fn _open_at(&self, py: Python<'_>, sandbox: &Sandbox, options: &Bound<'_, PyDict>) -> PyResult<()> {
        events::listen(py);
        let running = sandbox.running()?;
        let config = options::config(running.config(), Some(options))?;
        self.open(py, py.detach(|| running.client(config?)))
    }

    /// The text of a valid access token; from memory where possible, else blocks.
    ///
    /// min_ttl: seconds that the token must still live; one that was fetched less than 30 s ago, or a quarter of its
    /// life, is the best that the server has and is handed out all the same. timeout: seconds that this call may take,
    /// in place of the client's. Raises XilnexAuthError. Thread-safe; the GIL is released while it waits.
    #[pyo3(signature = (*, min_ttl = 0.0, timeout = None))]
    pub fn get_token(slf: &Bound<'_, Self>, min_ttl: f64, timeout: Option<f64>) -> PyResult<Py<PyString>> {
        let call = asked(slf.py(), min_ttl, timeout)?;
        match Client::look(slf, &call)? {
            Some(text) => Ok(text),
            None => waited(slf.py(), slf.get().join(slf.py(), &call)?).map(|token| Client::text(slf, &token)),
        }
    }

    /// A valid access token with what is known of it. Arguments and errors as get_token.
    #[pyo3(signature = (*, min_ttl = 0.0, timeout = None))]
    fn access_token(&self, py: Python<'_>, min_ttl: f64, timeout: Option<f64>) -> PyResult<AccessToken> {
        self.token(py, &asked(py, min_ttl, timeout)?).map(AccessToken)
    }

    /// The value of an Authorization header: "Bearer ", then a valid token. Arguments and errors as get_token.
    #[pyo3(signature = (*, min_ttl = 0.0, timeout = None))]
    fn authorization_header(&self, py: Python<'_>, min_ttl: f64, timeout: Option<f64>) -> PyResult<String> {
        self.token(py, &asked(py, min_ttl, timeout)?).map(|token| token.authorization_header())
    }

    /// A token at once, or a place in the request that fetches one: what the async twins stand on.
    #[pyo3(signature = (min_ttl, timeout))]
    fn _request<'py>(
        &self,
        py: Python<'py>,
        min_ttl: f64,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match self.request(py, &asked(py, min_ttl, timeout)?)? {
            Answer::Ready(token) => Ok(Bound::new(py, AccessToken(token))?.into_any()),
            Answer::Pending(pending) => Ok(Bound::new(py, Pending(pending))?.into_any()),
        }
    }

    /// The text of a token at hand for any call, or None where get_token would have to wait. Without arguments, which
    /// cost as much as the token.
    #[pyo3(name = "_at_hand")]
    pub fn at_hand(slf: &Bound<'_, Self>) -> PyResult<Option<Py<PyString>>> {
        Client::look(slf, &Call::default())
    }

    /// The one str for a token, for the async twin of get_token.
    fn _text(slf: &Bound<'_, Self>, token: &AccessToken) -> Py<PyString> {
        Client::text(slf, &token.0)
    }

    /// Drops a token that a resource server refused, so that the next call fetches another; a newer one stays.
    ///
    /// True when it was dropped. That costs a request, so it happens at most once in 30 s, however many tokens are
    /// refused: else the token stays and the answer is False.
    fn invalidate(&self, token: &Bound<'_, PyAny>) -> PyResult<bool> {
        let client = self.client()?;
        let was_dropped = if let Ok(token) = token.cast::<AccessToken>() {
            client.invalidate(token.get().0.value())
        } else if let Ok(text) = token.extract::<String>() {
            client.invalidate(&text)
        } else {
            return Err(PyTypeError::new_err("the token to invalidate must be a str or an AccessToken"));
        };
        events::report(token.py())?;
        Ok(was_dropped)
    }

    /// What all clients of this configuration have done in this process.
    fn stats(&self, py: Python<'_>) -> PyResult<Stats> {
        events::report(py)?;
        Ok(Stats(self.client()?.stats()))
    }

    /// Ends this client: later calls raise ClosedError, and so do those that wait, at once. Others of equal configuration
    /// go on.
    fn close(slf: &Bound<'_, Self>) -> PyResult<()> {
        let client = slf.get();
        client.client()?.close();
        // SAFETY: the value is the object's own.
        unsafe { client.text.change(slf, |_| ((), None)) };
        events::report(slf.py())
    }

    /// The client identifier.
    #[getter]
    fn client_id(&self) -> PyResult<&str> {
        Ok(self.client()?.client_id())
    }

    /// The base address of the authorization server.
    #[getter]
    fn base_url(&self) -> PyResult<&str> {
        Ok(self.client()?.base_url())
    }

    /// The scope that is asked for; None where none is.
    #[getter]
    fn scope(&self) -> PyResult<Option<&str>> {
        Ok(self.client()?.scope())
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let shown = |name| slf.getattr(name).and_then(|value| value.repr());
        let (id, base_url, scope) = (shown("client_id")?, shown("base_url")?, shown("scope")?);
        Ok(format!("<xilnex_auth.Client client_id={id} base_url={base_url} scope={scope}>"))
    }

    fn __reduce_ex__(slf: &Bound<'_, Self>, _protocol: i32) -> PyResult<()> {
        Err(no_pickle(&slf.get_type()))
    }
}

impl Client {
    fn open(&self, py: Python<'_>, made: Result<xilnex_auth::Client, Error>) -> PyResult<()> {
        let client = made.map_err(|error| raised(py, &error))?;
        self.client.set(client).map_err(|_| PyRuntimeError::new_err("the client was made before"))
    }

    fn client(&self) -> PyResult<&xilnex_auth::Client> {
        self.client
            .get()
            .ok_or_else(|| PyRuntimeError::new_err("Client.__init__ was not called by the subclass"))
    }

    #[inline]
    fn look(slf: &Bound<'_, Self>, call: &Call) -> PyResult<Option<Py<PyString>>> {
        let client = slf.get().client()?;
        let found = match Client::lent(slf, client, call) {
            None => client.look(call, |token| Client::text(slf, token)),
            lent => Ok(lent),
        };
        events::report(slf.py())?;
        found.map_err(|error| raised(slf.py(), &error))
    }

    /// The text that is kept, while it may be handed out without asking whose it is.
    #[inline]
    fn lent(slf: &Bound<'_, Self>, client: &xilnex_auth::Client, call: &Call) -> Option<Py<PyString>> {
        let given = |kept: Option<&Text>| {
            let (_, text) = kept.filter(|(lent, _)| client.lends(lent))?;
            Some(text.clone_ref(slf.py()))
        };
        // SAFETY: the value is the object's own, and no Python code runs: listeners leave their events for later.
        call.min_ttl.is_zero().then(|| unsafe { slf.get().text.look(slf, given) }).flatten()
    }

    /// Giving up the GIL for a token that is at hand would cost a turn of every busy thread.
    fn request(&self, py: Python<'_>, call: &Call) -> PyResult<Answer> {
        let ready = self.client()?.ready(call);
        events::report(py)?;
        match ready.map_err(|error| raised(py, &error))? {
            Some(token) => Ok(Answer::Ready(token)),
            None => self.join(py, call),
        }
    }

    /// What there is for a call that has found no token at hand.
    fn join(&self, py: Python<'_>, call: &Call) -> PyResult<Answer> {
        let client = self.client()?;
        let joined = py.detach(|| client.request(call));
        events::report(py)?;
        joined.map_err(|error| raised(py, &error))
    }

    fn token(&self, py: Python<'_>, call: &Call) -> PyResult<Arc<xilnex_auth::AccessToken>> {
        waited(py, self.request(py, call)?)
    }

    /// Making a `str` of a token costs more than finding the token, so each is made once.
    #[inline]
    fn text(slf: &Bound<'_, Self>, token: &Arc<xilnex_auth::AccessToken>) -> Py<PyString> {
        let py = slf.py();
        let lent = slf.get().client.get().and_then(|client| client.lend(token));
        let of_this = |kept: Option<Text>| {
            let text = match kept.filter(|(lent, _)| lent.is(token)) {
                Some((_, text)) => text,
                None => PyString::new(py, token.value()).unbind(),
            };
            (text.clone_ref(py), lent.map(|lent| (lent, text)))
        };
        // SAFETY: the value is the object's own.
        unsafe { slf.get().text.change(slf, of_this) }
    }
}

fn asked(py: Python<'_>, min_ttl: f64, timeout: Option<f64>) -> PyResult<Call> {
    Call::from_seconds(min_ttl, timeout).map_err(|error| raised(py, &error))
}

fn waited(py: Python<'_>, answer: Answer) -> PyResult<Arc<xilnex_auth::AccessToken>> {
    match answer {
        Answer::Ready(token) => Ok(token),
        Answer::Pending(pending) => pending::wait(py, &pending),
    }
}
