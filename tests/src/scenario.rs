//! A scenario: a server, an environment, calls and what they give. Read from `scenarios/*.json`.
//!
//! Members: `about`; `server`, with `ttl`, `latency`, `client`, `script` (see `xilnex_auth_sandbox::Answer`), `tls`,
//! `fault` with `fault_after` and `fault_times`, or the word `closed` for a port where nobody listens; `environment`, by default base address, id and secret of the
//! server; `files`, texts that exist for the time of the scenario; `options`, name and text; `calls`, each the
//! words of a driver command and what it `gives`, or `write` with a file of `files` and its new text; `requests`, how many token requests reached the server; `bodies`
//! and `headers`, what they held. In texts `${base_url}`, `${address}`, `${ca_file}`, `${file:NAME}`, `${token:NAME}` and `${x*N}` are replaced.

use crate::expect::{Tokens, check};
use crate::languages::Language;
use crate::leaks;
use crate::process::Driver;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use xilnex_auth_sandbox::{Answer, Fault, FaultPlan, Options, RegisteredClient, Sandbox};

/// One file of the suite.
#[derive(Clone)]
pub struct Scenario {
    /// The file's name without its ending.
    pub name: String,
    members: Map<String, Value>,
}

/// Every scenario, in the order of the names.
///
/// # Panics
/// When a file is not a scenario: a broken file must not look like one that passed.
pub fn all(folder: &Path) -> Vec<Scenario> {
    let entries = std::fs::read_dir(folder).expect("the folder of scenarios");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a readable scenario");
            let members =
                serde_json::from_str(&text).unwrap_or_else(|told| panic!("{}: {told}", path.display()));
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            Scenario { name, members }
        })
        .collect()
}

/// What surrounds the driver while a scenario runs.
struct Stage {
    sandbox: Option<Sandbox>,
    base_url: String,
    files: tempfile::TempDir,
    tokens: Tokens,
}

impl Scenario {
    /// Runs the scenario in one language.
    ///
    /// # Errors
    /// A text that tells the first thing that was not as expected.
    pub fn run(&self, language: &Language) -> Result<(), String> {
        self.refuse_unknown_members()?;
        let mut stage = self.stage()?;
        let environment = self.environment(&stage);
        let variables = environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut driver = Driver::start(language.command(variables)?)?;
        for pair in self.list("options") {
            let words = stage.words(pair)?;
            let words: Vec<&str> =
                std::iter::once("option").chain(words.iter().map(String::as_str)).collect();
            driver.send(&words)?;
        }
        for call in self.list("calls") {
            if let Some(file) = call.get("write") {
                stage.write(file)?;
                continue;
            }
            let words = stage.words(&call["do"])?;
            let answer = driver.ask(&words.iter().map(String::as_str).collect::<Vec<_>>())?;
            check(&stage.expectation(&call["gives"]), &answer, &mut stage.tokens)
                .map_err(|told| format!("{}: {told}\nthe whole answer: {answer}", words.join(" ")))?;
        }
        self.check_requests(&stage)?;
        leaks::check(driver, &stage.tokens)
    }

    fn list(&self, name: &str) -> &[Value] {
        self.members.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    fn refuse_unknown_members(&self) -> Result<(), String> {
        let known =
            ["about", "server", "environment", "files", "options", "calls", "requests", "bodies", "headers"];
        let of_server = ["ttl", "latency", "client", "script", "tls", "fault", "fault_after", "fault_times"];
        let server = self.members.get("server").and_then(Value::as_object);
        let strange = self.members.keys().find(|name| !known.contains(&name.as_str())).or_else(|| {
            server.and_then(|server| server.keys().find(|name| !of_server.contains(&name.as_str())))
        });
        match strange {
            Some(name) => Err(format!("a scenario has no member {name}")),
            None => Ok(()),
        }
    }

    fn stage(&self) -> Result<Stage, String> {
        let files = tempfile::tempdir().map_err(|problem| problem.to_string())?;
        for (name, text) in self.members.get("files").and_then(Value::as_object).into_iter().flatten() {
            std::fs::write(files.path().join(name), text.as_str().unwrap_or_default())
                .map_err(|problem| problem.to_string())?;
        }
        if self.members.get("server") == Some(&json!("closed")) {
            let sandbox = Sandbox::start(Options::default()).map_err(|problem| problem.to_string())?;
            let base_url = sandbox.base_url();
            sandbox.stop();
            return Ok(Stage { sandbox: None, base_url, files, tokens: Tokens::new() });
        }
        let sandbox = Sandbox::start(self.server_options()?).map_err(|problem| problem.to_string())?;
        Ok(Stage { base_url: sandbox.base_url(), sandbox: Some(sandbox), files, tokens: Tokens::new() })
    }

    fn server_options(&self) -> Result<Options, String> {
        let server = self.members.get("server").cloned().unwrap_or_else(|| json!({}));
        let seconds =
            |name: &str, default: f64| Duration::from_secs_f64(server[name].as_f64().unwrap_or(default));
        let text = |name: &str, default: &str| server["client"][name].as_str().unwrap_or(default).to_owned();
        let script: Result<Vec<Answer>, String> =
            server["script"].as_array().into_iter().flatten().map(Answer::from_json).collect();
        Ok(Options {
            port: 0,
            clients: vec![RegisteredClient {
                client_id: text("client_id", "till-7"),
                client_secret: text("client_secret", "canary-secret"),
                scope: text("scope", "coreapi"),
            }],
            ttl: seconds("ttl", 3600.0),
            latency: seconds("latency", 0.0),
            script: script?,
            tls: server["tls"] == true,
            fault: fault_plan(&server)?,
        })
    }

    fn environment(&self, stage: &Stage) -> BTreeMap<String, String> {
        let default = json!({
            "XILNEX_BASE_URL": "${base_url}",
            "XILNEX_CLIENT_ID": stage.client("client_id"),
            "XILNEX_CLIENT_SECRET": stage.client("client_secret"),
        });
        let chosen = self.members.get("environment").unwrap_or(&default);
        let pairs = chosen.as_object().into_iter().flatten();
        pairs.map(|(name, value)| (name.clone(), stage.replace(value.as_str().unwrap_or_default()))).collect()
    }

    fn check_requests(&self, stage: &Stage) -> Result<(), String> {
        let recorded = stage.sandbox.as_ref().map(Sandbox::requests).unwrap_or_default();
        let sent: Vec<_> = recorded.iter().filter(|request| request.path == "/connect/token").collect();
        if let Some(expected) = self.members.get("requests")
            && expected.as_u64() != Some(sent.len() as u64)
        {
            return Err(format!("expected {expected} token requests, the server saw {}", sent.len()));
        }
        let bodies: Vec<_> =
            sent.iter().map(|request| String::from_utf8_lossy(&request.body).into_owned()).collect();
        if bodies.len() < self.list("bodies").len() {
            return Err(format!(
                "expected {} bodies, the server saw {}",
                self.list("bodies").len(),
                bodies.len()
            ));
        }
        for (body, expected) in bodies.iter().zip(self.list("bodies")) {
            check(&stage.expectation(expected), &json!(body), &mut Tokens::new())
                .map_err(|told| format!("the body: {told}"))?;
        }
        for (name, expected) in self.members.get("headers").and_then(Value::as_object).into_iter().flatten() {
            let first = sent.first().ok_or("no request was sent")?;
            let found = first.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
            let found = found.map_or(Value::Null, |(_, value)| json!(value));
            check(expected, &found, &mut Tokens::new())
                .map_err(|told| format!("the header {name}: {told}"))?;
        }
        Ok(())
    }
}

fn fault_plan(server: &Value) -> Result<Option<FaultPlan>, String> {
    let Some(name) = server["fault"].as_str() else { return Ok(None) };
    let fault = Fault::named(name).ok_or_else(|| format!("no fault is called {name}"))?;
    let after = server["fault_after"].as_u64().unwrap_or_default();
    Ok(Some(FaultPlan { fault, after, times: server["fault_times"].as_u64() }))
}

impl Stage {
    fn write(&self, file: &Value) -> Result<(), String> {
        let words = self.words(file)?;
        let [name, text] = words.as_slice() else {
            return Err(format!("{file} is not a file and its text"));
        };
        std::fs::write(self.files.path().join(name), text).map_err(|problem| problem.to_string())
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

    fn words(&self, words: &Value) -> Result<Vec<String>, String> {
        let words = words.as_array().ok_or_else(|| format!("{words} is not a list of words"))?;
        Ok(words.iter().map(|word| self.replace(word.as_str().unwrap_or_default())).collect())
    }

    fn expectation(&self, value: &Value) -> Value {
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
            return self.files.path().join(file).to_string_lossy().into_owned();
        }
        if let Some(token) = name.strip_prefix("token:") {
            return self.tokens.get(token).cloned().unwrap_or_default();
        }
        if let Some((text, count)) = name.split_once('*') {
            return text.repeat(count.parse().unwrap_or_default());
        }
        match name {
            "base_url" => self.base_url.clone(),
            "address" => self.base_url.rsplit('/').next().unwrap_or_default().to_owned(),
            "ca_file" => {
                let path = self.sandbox.as_ref().and_then(Sandbox::ca_file);
                path.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
            }
            _ => format!("${{{name}}}"),
        }
    }
}
