//! A fault of the sandbox and what must come of it: an error of the right kind in time where there is no token, the
//! token where there is one, and in any case no request too many, no secret astray, no memory gone.
//!
//! `faults.json` tells for each fault the `kind` of the error, or `token` where it is an oddity to be taken; between how
//! many `requests` reach the server; and, where they matter, `http_status`, `oauth_error` and `retry_after`.

use crate::expect::{Tokens, check};
use crate::languages::{Language, root};
use crate::leaks;
use crate::process::Driver;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use xilnex_auth_sandbox::{Answer, Fault, FaultPlan, Options, RegisteredClient, Sandbox};

/// How long one call may take, and connecting within it.
const TIMEOUT: Duration = Duration::from_millis(1200);
const CONNECT_TIMEOUT: Duration = Duration::from_millis(500);

/// What a busy machine may add to a deadline; how much it is with an idle one, `make reliability` tells.
const SLACK: Duration = Duration::from_secs(2);

/// The life of the token that is at hand when the server fails, and after how much of that another one may be fetched.
const LIFETIME: u64 = 5;
const QUARTER: &str = "1.3";

/// How much more memory than with a good answer a faulty one may take at its peak, in KiB.
const MOST_MEMORY: u64 = 1024;

/// What a collector and a compiler of its own make of a call, over and above that.
const MOST_MEMORY_OF_NODE: u64 = 16 * 1024;

/// A message is one or two sentences.
const LONGEST_MESSAGE: usize = 320;

/// What is expected of a fault.
#[derive(Clone)]
pub struct Expectation {
    /// The fault.
    pub fault: &'static Fault,
    expected: Value,
}

/// What a trial measured.
pub struct Figures {
    /// How long the call took beyond its deadline.
    pub late: Duration,
    /// How much memory it took at its peak beyond that of a good answer, in KiB.
    pub memory: u64,
}

/// What is expected of every fault.
///
/// # Panics
/// When a fault is missing, or one is listed that does not exist.
pub fn all() -> Vec<Expectation> {
    let text = std::fs::read_to_string(root().join("tests/faults.json")).expect("tests/faults.json");
    let rows: Vec<Value> = serde_json::from_str(&text).expect("tests/faults.json is JSON");
    let named = |name: &str| rows.iter().find(|row| row["fault"] == name).cloned();
    assert!(rows.iter().all(|row| row["fault"].as_str().is_some_and(|name| Fault::named(name).is_some())));
    Fault::all()
        .map(|fault| {
            let expected =
                named(fault.name()).unwrap_or_else(|| panic!("{} is not in faults.json", fault.name()));
            Expectation { fault, expected }
        })
        .collect()
}

impl Expectation {
    /// Runs the fault in one language, first without a token and then with one.
    ///
    /// # Errors
    /// A text that tells the first thing that was not as expected.
    pub fn run(&self, language: &Language) -> Result<Figures, String> {
        let environment = [
            ("XILNEX_CLIENT_SECRET", "canary-secret"),
            ("XILNEX_TIMEOUT", &TIMEOUT.as_secs_f64().to_string()),
            ("XILNEX_CONNECT_TIMEOUT", &CONNECT_TIMEOUT.as_secs_f64().to_string()),
        ];
        let mut driver = Driver::start(language.command(environment)?)?;
        let mut tokens = Tokens::new();
        self.good(&mut driver, &mut tokens)?;
        let figures = self.cold(&mut driver, &mut tokens)?;
        let most = if language.name == "node" { MOST_MEMORY_OF_NODE } else { MOST_MEMORY };
        if figures.memory > most {
            return Err(format!("it took {} KiB more than a good answer", figures.memory));
        }
        if !self.is_oddity() {
            self.warm(&mut driver, &mut tokens)?;
        }
        leaks::check(driver, &tokens)?;
        Ok(figures)
    }

    fn is_oddity(&self) -> bool {
        self.expected["kind"] == "token"
    }

    /// A good answer by the same way and a refusal, so that all that is made once has been made: the first exception
    /// that C++ throws takes half a mebibyte of tables into memory.
    fn good(&self, driver: &mut Driver, tokens: &mut Tokens) -> Result<(), String> {
        let server = self.server("good", None, Some(token("good", 3600)))?;
        connect(driver, &server)?;
        asked(driver, &["get_token"], &json!({"token": {"token": "good"}}), tokens)?;
        let server = self.server("refused", None, Some(answer(400, json!({"error": "invalid_client"}))))?;
        connect(driver, &server)?;
        asked(driver, &["get_token"], &json!({"error": {"kind": "rejected"}}), tokens).map(|_| ())
    }

    fn cold(&self, driver: &mut Driver, tokens: &mut Tokens) -> Result<Figures, String> {
        let server = self.server("cold", Some(0), None)?;
        connect(driver, &server)?;
        let before = driver.peak_memory()?;
        let began = Instant::now();
        let answer = asked(driver, &["get_token"], &self.gives(), tokens)?;
        let late = began.elapsed().saturating_sub(TIMEOUT);
        if late > SLACK {
            return Err(format!("the answer was {late:?} late: {answer}"));
        }
        let memory = driver.peak_memory()?.saturating_sub(before);
        self.check_words(&answer["error"])?;
        self.check_requests(&server, &answer)?;
        Ok(Figures { late, memory })
    }

    /// A token is at hand, but a call asks for one that lives longer than it does.
    fn warm(&self, driver: &mut Driver, tokens: &mut Tokens) -> Result<(), String> {
        let server = self.server("warm", Some(1), Some(token("held", LIFETIME)))?;
        connect(driver, &server)?;
        let held = json!({"token": {"token": "held"}});
        asked(driver, &["get_token"], &held, tokens)?;
        asked(driver, &["sleep", QUARTER], &json!({"ok": true}), tokens)?;
        asked(driver, &["access_token", &LIFETIME.to_string()], &held, tokens)?;
        let told = json!({"stats": {"successes": 1, "requests": {"between": [2, 4]}}});
        asked(driver, &["stats"], &told, tokens).map(|_| ())
    }

    /// Each has a client of its own: two may have the same port one after the other, and equal clients share a token.
    fn server(
        &self,
        client_id: &str,
        fails_after: Option<u64>,
        first: Option<Answer>,
    ) -> Result<Sandbox, String> {
        let plan = |after| FaultPlan { fault: self.fault, after, times: None };
        let client = RegisteredClient {
            client_id: client_id.into(),
            client_secret: "canary-secret".into(),
            scope: "coreapi".into(),
        };
        Sandbox::start(Options {
            clients: vec![client],
            script: first.into_iter().collect(),
            tls: self.fault.needs_tls(),
            fault: fails_after.map(plan),
            ..Options::default()
        })
        .map_err(|problem| problem.to_string())
    }

    fn gives(&self) -> Value {
        if self.is_oddity() {
            return json!({"token": {"token": "odd"}});
        }
        let is_told = |name: &&str| !self.expected[*name].is_null();
        let names = ["kind", "http_status", "oauth_error", "retry_after"].into_iter().filter(is_told);
        json!({"error": names.map(|name| (name.to_owned(), self.expected[name].clone())).collect::<Value>()})
    }

    fn check_words(&self, error: &Value) -> Result<(), String> {
        let message = error["message"].as_str().unwrap_or_default();
        let quoted = ["Sign in", "sandbox.odd", "sandb", "one.token", "Filler", "mail.example"];
        match quoted.into_iter().find(|word| message.contains(word)) {
            Some(word) => Err(format!("the message quotes {word:?}: {message}")),
            None if message.len() > LONGEST_MESSAGE => Err(format!("the message is too long: {message}")),
            None if message.is_empty() && !self.is_oddity() => Err("there is no message".into()),
            None => Ok(()),
        }
    }

    fn check_requests(&self, server: &Sandbox, answer: &Value) -> Result<(), String> {
        let requests = json!({"requests": server.token_requests(), "followed": server.redirects_followed()});
        let expected = json!({"requests": {"between": self.expected["requests"]}, "followed": 0});
        check(&expected, &requests, &mut Tokens::new()).map_err(|told| format!("{told}\n{answer}"))?;
        // A caller that left at its deadline does not know how often its flight asks after that.
        let attempts = answer["error"]["attempts"].as_u64().unwrap_or(1);
        if attempts > 0 && server.connections() > attempts {
            return Err(format!("{} connections for {attempts} attempts", server.connections()));
        }
        Ok(())
    }
}

/// A token that was never signed, which is enough for a client.
fn token(text: &str, lifetime: u64) -> Answer {
    let token = format!("{text}-token");
    answer(200, json!({"access_token": token, "expires_in": lifetime, "token_type": "Bearer"}))
}

#[allow(clippy::needless_pass_by_value, reason = "a body is written where it is told")]
fn answer(status: u16, body: Value) -> Answer {
    Answer::Http { status, headers: Vec::new(), body: body.to_string(), delay: Duration::ZERO }
}

/// Lets the driver make a client for this server.
fn connect(driver: &mut Driver, server: &Sandbox) -> Result<(), String> {
    driver.send(&["option", "base_url", &server.base_url()])?;
    driver.send(&["option", "client_id", &server.client().client_id])?;
    if let Some(path) = server.ca_file().map(Path::to_string_lossy) {
        driver.send(&["option", "ca_file", &path])?;
    }
    asked(driver, &["client"], &json!({"ok": true}), &mut Tokens::new()).map(|_| ())
}

fn asked(driver: &mut Driver, words: &[&str], gives: &Value, tokens: &mut Tokens) -> Result<Value, String> {
    let answer = driver.ask(words)?;
    check(gives, &answer, tokens)
        .map_err(|told| format!("{}: {told}\nthe whole answer: {answer}", words.join(" ")))?;
    Ok(answer)
}
