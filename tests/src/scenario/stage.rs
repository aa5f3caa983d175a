//! What surrounds the driver while a scenario runs: server, proxy, files, and the system underneath.

use crate::expect::Tokens;
use crate::tunnel::{Conduct, Tunnel};
use serde_json::{Map, Value, json};
use socket2::{Domain, Socket, Type};
use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;
use xilnex_auth_sandbox::{Options, Sandbox};

/// The file that tells the system underneath how to fail.
const SYSTEM: &str = "system";

/// Everything around the driver. It goes when it is dropped.
pub struct Stage {
    /// The server, where one listens.
    pub sandbox: Option<Sandbox>,
    /// The proxy, where there is one.
    pub proxy: Option<Tunnel>,
    /// The tokens seen so far.
    pub tokens: Tokens,
    base_url: String,
    files: tempfile::TempDir,
    /// A server in the place of the real one, behind a proxy that inspects TLS.
    inspector: Option<Sandbox>,
    has_system: bool,
    _black_hole: Vec<BlackHole>,
}

impl Stage {
    /// Sets up what a scenario's members tell.
    ///
    /// # Errors
    /// A sentence about the member that is wrong, or about what cannot be had.
    pub fn new(members: &Map<String, Value>) -> Result<Stage, String> {
        let files = tempfile::tempdir().map_err(|problem| problem.to_string())?;
        let server = members.get("server").cloned().unwrap_or_else(|| json!({}));
        let is_closed = server == "closed";
        let served = if is_closed { Options::default() } else { options(&server)? };
        let sandbox = Sandbox::start(served).map_err(|problem| problem.to_string())?;
        let base_url = sandbox.base_url();
        let conduct = members.get("proxy").and_then(Value::as_str);
        let inspector = conduct
            .filter(|conduct| *conduct == "inspects")
            .map(|_| {
                Sandbox::start(Options { tls: true, ..options(&server)? })
                    .map_err(|problem| problem.to_string())
            })
            .transpose()?;
        let proxy = conduct.map(|conduct| match &inspector {
            Some(inspector) => Ok(Conduct::Divert(address(&inspector.base_url()))),
            None => Conduct::named(conduct),
        });
        let start = |conduct| Tunnel::start(conduct).map_err(|problem| problem.to_string());
        let proxy = proxy.transpose()?.map(start).transpose()?;
        let hole = members.get("black_hole").and_then(Value::as_str);
        let hole = hole.map(|host| BlackHole::dig(host, &base_url)).transpose()?;
        let stage = Stage {
            sandbox: Some(sandbox).filter(|_| !is_closed),
            proxy,
            base_url,
            files,
            tokens: Tokens::new(),
            inspector,
            has_system: members.contains_key("system"),
            _black_hole: hole.into_iter().collect(),
        };
        for (name, text) in members.get("files").and_then(Value::as_object).into_iter().flatten() {
            stage.put(name, text.as_str().unwrap_or_default())?;
        }
        stage.let_system(members.get("system").unwrap_or(&json!([])))?;
        Ok(stage)
    }

    /// The driver's environment: what the scenario tells, else what the server needs.
    pub fn environment(&self, chosen: Option<&Value>, shim: Option<&Path>) -> BTreeMap<String, String> {
        let mut default = json!({
            "XILNEX_BASE_URL": "${base_url}",
            "XILNEX_CLIENT_ID": self.client("client_id"),
            "XILNEX_CLIENT_SECRET": self.client("client_secret"),
        });
        if self.sandbox.as_ref().is_some_and(|sandbox| sandbox.ca_file().is_some()) {
            default["XILNEX_CA_FILE"] = json!("${ca_file}");
        }
        let pairs = chosen.unwrap_or(&default).as_object().into_iter().flatten();
        let mut environment: BTreeMap<String, String> = pairs
            .map(|(name, value)| (name.clone(), self.replace(value.as_str().unwrap_or_default())))
            .collect();
        if let Some(shim) = shim.filter(|_| self.has_system) {
            environment.insert("LD_PRELOAD".into(), shim.to_string_lossy().into_owned());
            environment.insert("SYSTEM_SHIM".into(), self.path(SYSTEM));
        }
        environment
    }

    /// Writes a file anew.
    ///
    /// # Errors
    /// When it is not a pair of name and text.
    pub fn write(&self, file: &Value) -> Result<(), String> {
        match self.words(file)?.as_slice() {
            [name, text] => self.put(name, text),
            _ => Err(format!("{file} is not a file and its text")),
        }
    }

    /// Lets the system fail as these lines tell (see `tests/system/shim.c`).
    ///
    /// # Errors
    /// When they are no lines, or the scenario did not begin with any.
    pub fn let_system(&self, lines: &Value) -> Result<(), String> {
        let lines = self.words(lines)?;
        if !lines.is_empty() && !self.has_system {
            return Err("a scenario whose system fails later needs the member system, if only []".into());
        }
        // In one step: the driver reads it at any time.
        self.put("system.next", &lines.join("\n"))?;
        std::fs::rename(self.path("system.next"), self.path(SYSTEM)).map_err(|problem| problem.to_string())
    }

    fn put(&self, name: &str, text: &str) -> Result<(), String> {
        std::fs::write(self.path(name), text).map_err(|problem| problem.to_string())
    }

    fn path(&self, file: &str) -> String {
        self.files.path().join(file).to_string_lossy().into_owned()
    }

    fn client(&self, member: &str) -> String {
        let client = self.sandbox.as_ref().map(Sandbox::client);
        match (client, member) {
            (Some(client), "client_id") => client.client_id.clone(),
            (Some(client), _) => client.client_secret.clone(),
            (None, "client_id") => "till-7".into(),
            (None, _) => "canary-secret".into(),
        }
    }

    /// The words of a list, with what stands for something else replaced.
    ///
    /// # Errors
    /// When it is no list.
    pub fn words(&self, words: &Value) -> Result<Vec<String>, String> {
        let words = words.as_array().ok_or_else(|| format!("{words} is not a list of words"))?;
        Ok(words.iter().map(|word| self.replace(word.as_str().unwrap_or_default())).collect())
    }

    /// An expectation with what stands for something else replaced.
    pub fn expectation(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.replace(text)),
            Value::Array(items) => items.iter().map(|item| self.expectation(item)).collect(),
            Value::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), self.expectation(value))).collect()
            }
            other => other.clone(),
        }
    }

    fn replace(&self, text: &str) -> String {
        let mut done = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            done += before;
            done += &self.replacement(name);
            rest = after;
        }
        done + rest
    }

    fn replacement(&self, name: &str) -> String {
        if let Some(file) = name.strip_prefix("file:") {
            return self.path(file);
        }
        if let Some(token) = name.strip_prefix("token:") {
            return self.tokens.get(token).cloned().unwrap_or_default();
        }
        if let Some((text, count)) = name.split_once('*') {
            return text.repeat(count.parse().unwrap_or_default());
        }
        let ca_file = |sandbox: &Option<Sandbox>| {
            let path = sandbox.as_ref().and_then(Sandbox::ca_file);
            path.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
        };
        match name {
            "base_url" => self.base_url.clone(),
            "address" => address(&self.base_url),
            "port" => self.base_url.rsplit(':').next().unwrap_or_default().to_owned(),
            "ca_file" => ca_file(&self.sandbox),
            "proxy" => format!("127.0.0.1:{}", self.proxy.as_ref().map_or(0, Tunnel::port)),
            "proxy_ca_file" => ca_file(&self.inspector),
            _ => format!("${{{name}}}"),
        }
    }
}

fn address(url: &str) -> String {
    url.rsplit('/').next().unwrap_or_default().to_owned()
}

fn options(server: &Value) -> Result<Options, String> {
    let text = |name: &str, default: &str| server["client"][name].as_str().unwrap_or(default).to_owned();
    let mut told = json!({
        "client_id": text("client_id", "till-7"),
        "client_secret": text("client_secret", "canary-secret"),
        "scope": text("scope", "coreapi"),
    });
    for name in ["ttl", "latency", "script", "tls", "fault", "fault_after", "fault_times"] {
        told[name] = server[name].clone();
    }
    Options::from_json(&told.to_string())
}

/// An address at which connections are neither accepted nor refused: its queue is full.
struct BlackHole {
    _listener: Socket,
    _waiting: Vec<TcpStream>,
}

impl BlackHole {
    fn dig(host: &str, base_url: &str) -> Result<BlackHole, String> {
        let port = base_url.rsplit(':').next().unwrap_or_default();
        let target: SocketAddr =
            format!("{host}:{port}").parse().map_err(|_| format!("{host} is no address"))?;
        let dug = || -> io::Result<BlackHole> {
            let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            listener.bind(&target.into())?;
            listener.listen(0)?;
            let patience = Duration::from_millis(200);
            let waiting = std::iter::from_fn(|| TcpStream::connect_timeout(&target, patience).ok()).collect();
            Ok(BlackHole { _listener: listener, _waiting: waiting })
        };
        dug().map_err(|problem| format!("{target}: {problem}"))
    }
}
