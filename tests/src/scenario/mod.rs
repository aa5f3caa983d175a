//! A scenario: a server, an environment, calls and what they give. Read from `scenarios/*.json`.
//!
//! Members: `about`; `server`, with `ttl`, `latency`, `client`, `script` (see `xilnex_auth_sandbox::Answer`), `tls`,
//! `fault` with `fault_after` and `fault_times`, or the word `closed` for a port where nobody listens; `proxy`, what one
//! does (see `Conduct`), or the word `inspects`; `black_hole`, an address of this machine at which no connection is
//! accepted; `system`, how the system fails (see `system/shim.c`); `environment`, by default what the server needs;
//! `files`, texts that exist for the time of the scenario; `options`, name and text; `calls`; `requests`, how many token
//! requests reached the server; `bodies` and `headers`, what they held; `proxy_hears`.
//!
//! A call is the words of a driver command in `do` and what it `gives`; or `write`, a file of `files` and its new text;
//! or `system`, how it fails from now on; or `threads`, how many there are of a name.
//!
//! In texts these are replaced: `${base_url}`, `${address}`, `${port}`, `${ca_file}`, `${proxy}`, `${proxy_ca_file}`,
//! `${file:NAME}`, `${token:NAME}` and `${x*N}`.

mod stage;

use crate::expect::{Tokens, check};
use crate::languages::Language;
use crate::leaks;
use crate::process::Driver;
use serde_json::{Map, Value, json};
use stage::Stage;
use std::path::Path;
use xilnex_auth_sandbox::Sandbox;

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

impl Scenario {
    /// Runs the scenario in one language.
    ///
    /// # Errors
    /// A text that tells the first thing that was not as expected.
    pub fn run(&self, language: &Language) -> Result<(), String> {
        self.refuse_unknown_members()?;
        let mut stage = Stage::new(&self.members)?;
        let environment = stage.environment(self.members.get("environment"), language.shim.as_deref());
        let variables = environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut driver = Driver::start(language.command(variables)?)?;
        for pair in self.list("options") {
            let words = stage.words(pair)?;
            let words: Vec<&str> =
                std::iter::once("option").chain(words.iter().map(String::as_str)).collect();
            driver.send(&words)?;
        }
        for call in self.list("calls") {
            if is_set_up(call, &stage, &driver)? {
                continue;
            }
            let words = stage.words(&call["do"])?;
            let answer = driver.ask(&words.iter().map(String::as_str).collect::<Vec<_>>())?;
            check(&stage.expectation(&call["gives"]), &answer, &mut stage.tokens)
                .map_err(|told| format!("{}: {told}\nthe whole answer: {answer}", words.join(" ")))?;
        }
        self.check_requests(&stage)?;
        self.check_proxy(&stage)?;
        leaks::check(driver, &stage.tokens)
    }

    /// Whether all is there that the scenario needs of this driver.
    pub fn can_run(&self, language: &Language) -> bool {
        language.shim.is_some() || !self.members.contains_key("system")
    }

    fn list(&self, name: &str) -> &[Value] {
        self.members.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    fn refuse_unknown_members(&self) -> Result<(), String> {
        let known = [
            "about",
            "server",
            "proxy",
            "black_hole",
            "system",
            "environment",
            "files",
            "options",
            "calls",
            "requests",
            "bodies",
            "headers",
            "proxy_hears",
        ];
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

    /// Whatever a proxy hears, it is nothing that was meant for the server.
    fn check_proxy(&self, stage: &Stage) -> Result<(), String> {
        let Some(proxy) = &stage.proxy else { return Ok(()) };
        let heard = String::from_utf8_lossy(&proxy.seen()).into_owned();
        if heard.contains("grant_type") || heard.contains("canary") {
            return Err(format!("the proxy heard {heard:?}"));
        }
        match self.members.get("proxy_hears") {
            Some(expected) => check(&stage.expectation(expected), &json!(heard), &mut Tokens::new())
                .map_err(|told| format!("the proxy: {told}")),
            None => Ok(()),
        }
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

/// Sets up what is to be so for the calls after it; false when it is a call itself.
fn is_set_up(call: &Value, stage: &Stage, driver: &Driver) -> Result<bool, String> {
    if let Some(file) = call.get("write") {
        return stage.write(file).map(|()| true);
    }
    if let Some(lines) = call.get("system") {
        return stage.let_system(lines).map(|()| true);
    }
    let Some(threads) = call.get("threads").and_then(Value::as_object) else { return Ok(false) };
    for (name, expected) in threads {
        let count = driver.threads(name)?;
        if expected.as_u64() != Some(count as u64) {
            return Err(format!("{count} threads are called {name}, not {expected}"));
        }
    }
    Ok(true)
}
