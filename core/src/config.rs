//! Every option once: its name, variable, default, meaning and parser.

mod values;

pub(crate) use values::{LONGEST_SECRET, client_secret};

use crate::base_url::BaseUrl;
use crate::error::Error;
use crate::leftovers::{OF_A_CALL, wiped};
use crate::proxy::Proxy;
use crate::secret::Secret;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;
use values::{client_auth, client_id, path, proxy, scope, seconds, store};

/// How the client authenticates itself at the token endpoint (RFC 6749 §2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// `client_id` and `client_secret` in the body, as the integration guide shows.
    Post,
    /// An `Authorization: Basic` header with both parts form-encoded.
    Basic,
}

/// What kind of value an option takes, so that a binding can pass numbers and paths on as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text.
    Text,
    /// The path of a file.
    Path,
    /// A number of seconds, decimals allowed.
    Seconds,
}

/// A value as a host language gave it.
#[derive(Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Text, which every option takes.
    Text(&'a str),
    /// The path of a file, for options of that form.
    Path(&'a str),
    /// A number, for options counted in seconds.
    Number(f64),
    /// Anything else, by the name that its language gives to its type.
    Other(&'a str),
}

/// One row of the option table.
pub struct OptionRow {
    /// The name in [`Config::set`]; other languages write it in their own case.
    pub name: &'static str,
    /// The environment variable.
    pub env: &'static str,
    /// The kind of value.
    pub form: Form,
    /// The default as text; empty where there is none.
    pub default: &'static str,
    /// What it means, in one line.
    pub doc: &'static str,
    apply: fn(&mut Config, &str) -> Result<(), String>,
}

/// The option table. A new option is one more row.
#[allow(clippy::unit_arg, reason = "each row reads as one assignment")]
pub static OPTIONS: [OptionRow; 11] = [
    OptionRow {
        name: "base_url",
        env: "XILNEX_BASE_URL",
        form: Form::Text,
        default: "https://wb-api-auth-server.azurewebsites.net",
        doc: "base address of the authorization server; https, or http to this machine",
        apply: |config, text| Ok(config.base_url = Some(BaseUrl::parse(text)?)),
    },
    OptionRow {
        name: "client_id",
        env: "XILNEX_CLIENT_ID",
        form: Form::Text,
        default: "",
        doc: "client identifier, at most 100 characters",
        apply: |config, text| Ok(config.client_id = Some(client_id(text)?)),
    },
    OptionRow {
        name: "client_secret",
        env: "XILNEX_CLIENT_SECRET",
        form: Form::Text,
        default: "",
        doc: "client secret; or give client_secret_file",
        apply: |config, text| Ok(config.client_secret = config.given(client_secret(text)?)),
    },
    OptionRow {
        name: "client_secret_file",
        env: "XILNEX_CLIENT_SECRET_FILE",
        form: Form::Path,
        default: "",
        doc: "file that holds the client secret; one newline at its end is dropped",
        apply: |config, text| Ok(config.client_secret_file = config.given(path(text)?)),
    },
    OptionRow {
        name: "scope",
        env: "XILNEX_SCOPE",
        form: Form::Text,
        default: "",
        doc: "scopes to ask for, separated by single spaces; not sent when not given",
        apply: |config, text| Ok(config.scope = Some(scope(text)?)),
    },
    OptionRow {
        name: "client_auth",
        env: "XILNEX_CLIENT_AUTH",
        form: Form::Text,
        default: "post",
        doc: "how the client authenticates: post (in the body) or basic (in a header)",
        apply: |config, text| Ok(config.client_auth = client_auth(text)?),
    },
    OptionRow {
        name: "timeout",
        env: "XILNEX_TIMEOUT",
        form: Form::Seconds,
        default: "10",
        doc: "seconds for one blocking call, everything included",
        apply: |config, text| Ok(config.timeout = seconds(text)?),
    },
    OptionRow {
        name: "connect_timeout",
        env: "XILNEX_CONNECT_TIMEOUT",
        form: Form::Seconds,
        default: "3",
        doc: "seconds for resolving the name and connecting, proxy and TLS included",
        apply: |config, text| Ok(config.connect_timeout = seconds(text)?),
    },
    OptionRow {
        name: "ca_file",
        env: "XILNEX_CA_FILE",
        form: Form::Path,
        default: "",
        doc: "PEM file with certificates to trust in addition to the system's",
        apply: |config, text| Ok(config.ca_file = Some(path(text)?)),
    },
    OptionRow {
        name: "proxy",
        env: "XILNEX_PROXY",
        form: Form::Text,
        default: "",
        doc: "HTTP proxy for https, or none; not given: HTTPS_PROXY, ALL_PROXY, NO_PROXY",
        apply: |config, text| Ok(config.proxy = proxy(text)?),
    },
    OptionRow {
        name: "store",
        env: "XILNEX_STORE",
        form: Form::Text,
        default: "memory",
        doc: "where tokens are kept: memory",
        apply: |_, text| store(text),
    },
];

/// Where a value came from: a call wins over the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Environment,
    Call,
}

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Given<T> {
    pub value: T,
    pub origin: Origin,
}

/// Which proxy to use.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ProxyChoice {
    Environment,
    None,
    Use(Proxy),
}

/// The options of a client while they are being collected. Not thread-safe; `Debug` is redacted.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) base_url: Option<BaseUrl>,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<Given<Secret>>,
    pub(crate) client_secret_file: Option<Given<PathBuf>>,
    pub(crate) scope: Option<String>,
    pub(crate) client_auth: ClientAuth,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) proxy: ProxyChoice,
    origin: Origin,
}

impl Default for Config {
    fn default() -> Config {
        Config::new()
    }
}

impl Config {
    /// The defaults alone; the environment is not looked at.
    pub fn new() -> Config {
        let mut config = Config {
            base_url: None,
            client_id: None,
            client_secret: None,
            client_secret_file: None,
            scope: None,
            client_auth: ClientAuth::Post,
            timeout: Duration::ZERO,
            connect_timeout: Duration::ZERO,
            ca_file: None,
            proxy: ProxyChoice::Environment,
            origin: Origin::Call,
        };
        for row in OPTIONS.iter().filter(|row| !row.default.is_empty()) {
            // A test builds this value, so a default that its own parser refuses cannot be released.
            let applied = (row.apply)(&mut config, row.default);
            debug_assert_eq!(applied, Ok(()));
        }
        config
    }

    /// The defaults with every XILNEX_* variable that is set laid over them.
    ///
    /// # Errors
    /// `invalid_config` naming the variable that is empty, malformed or not UTF-8.
    pub fn from_env() -> Result<Config, Error> {
        Config::from_lookup(|name| std::env::var_os(name))
    }

    /// As [`Config::from_env`], from variables that `lookup` finds.
    ///
    /// # Errors
    /// As [`Config::from_env`].
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Config, Error> {
        let mut config = Config::new();
        config.origin = Origin::Environment;
        for row in &OPTIONS {
            if let Some(value) = lookup(row.env) {
                let text =
                    value.into_string().map_err(|_| refusal(row, "is not UTF-8: give it as UTF-8 text"))?;
                config.apply(row, &text)?;
            }
        }
        config.origin = Origin::Call;
        Ok(config)
    }

    /// Sets one option from text. Returns the configuration, so that calls can be chained with `?`.
    ///
    /// # Errors
    /// `invalid_config` naming the option, its variable and what to do; the configuration is then unchanged.
    pub fn set(&mut self, name: &str, text: &str) -> Result<&mut Config, Error> {
        self.set_value(name, Value::Text(text))
    }

    /// Sets one option from a value of a host language.
    ///
    /// # Errors
    /// As [`Config::set`]; also when the option does not take a value of this type.
    pub fn set_value(&mut self, name: &str, value: Value<'_>) -> Result<&mut Config, Error> {
        let row = OPTIONS.iter().find(|row| row.name == name).ok_or_else(|| unknown(name, value))?;
        match (value, row.form) {
            (Value::Text(text), _) | (Value::Path(text), Form::Path) => self.apply(row, text)?,
            (Value::Number(number), Form::Seconds) => self.apply(row, &number.to_string())?,
            (Value::Path(_), _) => return Err(wrong_type(row, "a path")),
            (Value::Number(_), _) => return Err(wrong_type(row, "a number")),
            (Value::Other(type_name), _) => return Err(wrong_type(row, type_name)),
        }
        Ok(self)
    }

    fn apply(&mut self, row: &OptionRow, text: &str) -> Result<(), Error> {
        if text.is_empty() {
            return Err(refusal(row, "is empty: give a value or leave it out"));
        }
        wiped::<OF_A_CALL, _>(|| (row.apply)(self, text)).map_err(|told| refusal(row, &told))
    }

    fn given<T>(&self, value: T) -> Option<Given<T>> {
        Some(Given { value, origin: self.origin })
    }
}

/// An error about one option: it names the option, its variable, and what is wrong or to be done.
pub(crate) fn refusal(row: &OptionRow, told: &str) -> Error {
    Error::invalid_config(format!("{} ({}) {told}", row.name, row.env)).with_hint(row.doc)
}

/// The row of an option that is known to exist.
pub(crate) fn option(name: &'static str) -> &'static OptionRow {
    OPTIONS.iter().find(|row| row.name == name).unwrap_or(&OPTIONS[0])
}

fn wrong_type(row: &OptionRow, type_name: &str) -> Error {
    let wanted = match row.form {
        Form::Text => "text",
        Form::Path => "a path",
        Form::Seconds => "a number of seconds",
    };
    refusal(row, &format!("must be {wanted}, not {type_name}"))
}

/// The name is quoted only where it cannot be a value that landed in the wrong place.
fn unknown(name: &str, value: Value<'_>) -> Error {
    let swapped = matches!(value, Value::Text(text) if OPTIONS.iter().any(|row| row.name == text));
    let is_word = name.len() <= 40 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let shown = if is_word && !swapped { format!("unknown option {name}") } else { "unknown option".into() };
    let names: Vec<&str> = OPTIONS.iter().map(|row| row.name).collect();
    let first = if swapped { ": name and value are exchanged" } else { "" };
    Error::invalid_config(format!("{shown}{first}: the options are {}", names.join(", ")))
}

#[cfg(test)]
mod tests;
