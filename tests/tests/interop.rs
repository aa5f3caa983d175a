//! The client against oidc-provider, an authorization server that was not written here, in every language.
//!
//! However often a token is wanted, the server must have recorded one request, and none where TLS fails.

mod certificates;

use certificates::issue;
use libtest_mimic::{Arguments, Trial};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, OnceLock};
use tempfile::TempDir;
use xilnex_auth_tests::expect::{Tokens, check};
use xilnex_auth_tests::languages::{self, Language};
use xilnex_auth_tests::leaks;
use xilnex_auth_tests::process::Driver;
use xilnex_auth_tests::shell;
use xilnex_auth_tests::tunnel::{Conduct, Tunnel};

/// What an encoding can get wrong, in the characters that RFC 6749 allows.
const SECRET: &str = "canary &=+%25:/?#\"'\\~!";

const PLAIN: &str = "http://127.0.0.1";
const TLS: &str = "https://127.0.0.1";
const TLS_BY_NAME: &str = "https://localhost";

type Variable = (&'static str, &'static str);
const SCOPE: Variable = ("XILNEX_SCOPE", "coreapi");
const PARTLY_UNKNOWN_SCOPE: Variable = (SCOPE.0, "coreapi unheard-of");
const PARTLY_FORBIDDEN_SCOPE: Variable = (SCOPE.0, "coreapi orders");
const BASIC: Variable = ("XILNEX_CLIENT_AUTH", "basic");
const WRONG_SECRET: Variable = ("XILNEX_CLIENT_SECRET", "canary of another client");
/// Its text is the certificate's path, which is known once the server runs.
const CA_FILE: Variable = ("XILNEX_CA_FILE", "");
/// Its text is the address of a proxy of the trial's own.
const PROXY: Variable = ("XILNEX_PROXY", "");
const PROXY_FROM_ENVIRONMENT: Variable = ("https_proxy", "");
/// Each in the spelling of an address and in Base64 with its user, as the proxy gets it.
const PROXY_PASSWORD: (&str, &str) = ("p%40ss", "dGlsbDpwQHNz");

const MANY_CALLERS: &[&str] = &["concurrent", "8"];
const ACCESS_TOKEN: &[&str] = &["access_token", "0"];

/// How the client is configured and what comes of it.
struct Case {
    name: &'static str,
    /// The base address without the port.
    origin: &'static str,
    variables: &'static [Variable],
    outcome: Outcome,
}

enum Outcome {
    /// An access token of this form with this scope.
    Granted(Format, Option<&'static str>),
    /// An error answer (RFC 6749 §5.2) with this code and status.
    Rejected(&'static str, u16),
    /// No request, because the server's certificate is not trusted.
    Untrusted,
}

#[derive(Clone, Copy, PartialEq)]
enum Format {
    Jwt,
    Reference,
}

const fn case(
    name: &'static str,
    origin: &'static str,
    variables: &'static [Variable],
    outcome: Outcome,
) -> Case {
    Case { name, origin, variables, outcome }
}

const CASES: [Case; 16] = {
    use Format::{Jwt, Reference};
    use Outcome::{Granted, Rejected, Untrusted};
    const COREAPI: Option<&str> = Some("coreapi");
    [
        case("post_over_http", PLAIN, &[SCOPE], Granted(Jwt, COREAPI)),
        case("basic_over_http", PLAIN, &[SCOPE, BASIC], Granted(Jwt, COREAPI)),
        case("post_over_https", TLS, &[SCOPE, CA_FILE], Granted(Jwt, COREAPI)),
        case("basic_over_https", TLS_BY_NAME, &[SCOPE, BASIC, CA_FILE], Granted(Jwt, COREAPI)),
        case("reference_token", PLAIN, &[SCOPE], Granted(Reference, COREAPI)),
        case("no_scope", PLAIN, &[], Granted(Jwt, None)),
        case("scope_granted_in_part", PLAIN, &[PARTLY_UNKNOWN_SCOPE], Granted(Jwt, COREAPI)),
        case("scope_not_allowed", PLAIN, &[PARTLY_FORBIDDEN_SCOPE], Rejected("invalid_scope", 400)),
        case("wrong_secret_over_http", PLAIN, &[SCOPE, WRONG_SECRET], Rejected("invalid_client", 401)),
        case("wrong_secret_over_https", TLS, &[WRONG_SECRET, CA_FILE], Rejected("invalid_client", 401)),
        case("wrong_secret_by_basic", PLAIN, &[WRONG_SECRET, BASIC], Rejected("invalid_client", 401)),
        case("through_a_proxy", TLS, &[SCOPE, CA_FILE, PROXY], Granted(Jwt, COREAPI)),
        case(
            "through_a_proxy_of_the_environment",
            TLS_BY_NAME,
            &[BASIC, CA_FILE, PROXY_FROM_ENVIRONMENT],
            Granted(Jwt, None),
        ),
        case("through_a_proxy_without_ca_file", TLS, &[SCOPE, PROXY], Untrusted),
        case("https_without_ca_file", TLS, &[SCOPE], Untrusted),
        case("https_without_ca_file_by_name", TLS_BY_NAME, &[SCOPE, BASIC], Untrusted),
    ]
};

fn main() {
    let arguments = Arguments::from_args();
    let languages = languages::all(env!("CARGO_BIN_EXE_driver"));
    let clients = languages.iter().flat_map(|language| CASES.iter().map(|case| case.registration(language)));
    let server = Arc::new(LateServer { clients: clients.collect(), started: OnceLock::new() });
    let trials = languages.iter().flat_map(|language| {
        CASES.iter().map(|case| {
            let (server, language) = (Arc::clone(&server), language.clone());
            let name = format!("{}::{}", case.name, language.name);
            Trial::test(name, move || Ok(case.run(&language, server.get()?)?))
        })
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    drop(server);
    conclusion.exit();
}

impl Case {
    /// A client for each trial, so that its requests can be counted; with characters that Basic has to encode.
    fn client_id(&self, language: &Language) -> String {
        format!("{} in {}: 100%+&", self.name, language.name)
    }

    fn authenticates_by_basic(&self) -> bool {
        self.variables.contains(&BASIC)
    }

    fn registration(&self, language: &Language) -> Value {
        let opaque = matches!(self.outcome, Outcome::Granted(Format::Reference, _));
        let method = if self.authenticates_by_basic() { "client_secret_basic" } else { "client_secret_post" };
        json!({
            "client_id": self.client_id(language),
            "client_secret": SECRET,
            "token_endpoint_auth_method": method,
            "grant_types": ["client_credentials"],
            "response_types": [],
            "redirect_uris": [],
            "scope": "coreapi",
            "access_token_format": if opaque { "opaque" } else { "jwt" },
        })
    }

    fn run(&self, language: &Language, server: &Server) -> Result<(), String> {
        let client_id = self.client_id(language);
        let base_url = server.base_url(self.origin);
        let mut variables = vec![
            ("XILNEX_BASE_URL", base_url.as_str()),
            ("XILNEX_CLIENT_ID", &client_id),
            ("XILNEX_CLIENT_SECRET", SECRET),
        ];
        let ca_file = server.ca_file();
        let tunnel = Tunnel::start(Conduct::Open).map_err(|problem| problem.to_string())?;
        let proxy = format!("http://till:{}@127.0.0.1:{}", PROXY_PASSWORD.0, tunnel.port());
        variables.extend(self.variables.iter().map(|&variable| match variable {
            CA_FILE => (CA_FILE.0, ca_file.as_str()),
            PROXY | PROXY_FROM_ENVIRONMENT => (variable.0, proxy.as_str()),
            other => other,
        }));
        let mut driver = Driver::start(language.command(variables)?)?;
        let mut tokens = Tokens::new();
        for (words, gives) in self.calls() {
            let answer = driver.ask(words)?;
            check(&gives, &answer, &mut tokens)
                .map_err(|told| format!("{}: {told}\nthe whole answer: {answer}", words.join(" ")))?;
        }
        let recorded = server.ask(&["requests", &client_id])?;
        check(&self.requests(), &recorded, &mut tokens)
            .map_err(|told| format!("the server's record: {told}\n{recorded}"))?;
        self.check_format(&tokens)?;
        self.check_tunnel(&tunnel, &base_url)?;
        leaks::check(driver, &tokens)
    }

    /// A proxy is asked once for a tunnel, with its own password, and sees nothing of what is said in it.
    fn check_tunnel(&self, tunnel: &Tunnel, base_url: &str) -> Result<(), String> {
        let seen = String::from_utf8_lossy(&tunnel.seen()).into_owned();
        if !self.variables.iter().any(|variable| [PROXY, PROXY_FROM_ENVIRONMENT].contains(variable)) {
            return if seen.is_empty() { Ok(()) } else { Err(format!("the proxy saw {seen:?}")) };
        }
        let connect = format!("CONNECT {} HTTP/1.1\r\n", base_url.trim_start_matches("https://"));
        let is_asked_once = seen.starts_with(&connect) && seen.matches("CONNECT ").count() == 1;
        let readable = ["canary", "grant_type", "Y2FuYXJ5"].into_iter().find(|word| seen.contains(word));
        if !is_asked_once || !seen.contains(PROXY_PASSWORD.1) || readable.is_some() {
            return Err(format!("the proxy saw {seen:?}"));
        }
        Ok(())
    }

    fn calls(&self) -> Vec<(&'static [&'static str], Value)> {
        let one = json!({"token": "one"});
        let mut calls: Vec<(&'static [&'static str], Value)> = vec![(&["client"], json!({"ok": true}))];
        match self.outcome {
            Outcome::Granted(_, scope) => {
                let expires_in = json!({"between": [3590, 3601]});
                let whole =
                    json!({"token": one, "token_type": "Bearer", "scope": scope, "expires_in": expires_in});
                calls.push((MANY_CALLERS, json!({"tokens": [one], "errors": []})));
                calls.extend([(ACCESS_TOKEN, whole), (&["get_token"], json!({"token": one}))]);
            }
            Outcome::Rejected(error, status) => {
                calls.push((ACCESS_TOKEN, failed("rejected", &error.into(), &status.into())));
            }
            Outcome::Untrusted => calls.push((ACCESS_TOKEN, failed("tls", &Value::Null, &Value::Null))),
        }
        calls.push((&["show"], json!({"shown": {"contains": []}})));
        calls
    }

    /// What the server has to have seen: the parameters show that the secret went one way only.
    fn requests(&self) -> Value {
        let basic = self.authenticates_by_basic();
        let mut form = vec!["grant_type"];
        form.extend(["client_id", "client_secret"].iter().filter(|_| !basic));
        form.extend(self.variables.iter().any(|(name, _)| *name == SCOPE.0).then_some("scope"));
        let mut request = json!({"authorization": if basic { "Basic" } else { "" }, "form": form});
        match self.outcome {
            Outcome::Granted(..) => {
                request["status"] = json!(200);
                request["access_token"] = json!({"token": "one"});
            }
            Outcome::Rejected(error, status) => {
                request["status"] = json!(status);
                request["error"] = json!(error);
            }
            Outcome::Untrusted => return json!([]),
        }
        json!([request])
    }

    fn check_format(&self, tokens: &Tokens) -> Result<(), String> {
        let Outcome::Granted(format, _) = self.outcome else { return Ok(()) };
        let found = tokens.get("one").map_or(0, |token| token.split('.').count());
        let expected = if format == Format::Jwt { 3 } else { 1 };
        if found == expected { Ok(()) } else { Err(format!("a token of {found} parts, not {expected}")) }
    }
}

fn failed(kind: &str, oauth_error: &Value, http_status: &Value) -> Value {
    json!({"error": {
        "kind": kind,
        "oauth_error": oauth_error,
        "http_status": http_status,
        "attempts": 1,
        "is_retryable": false,
    }})
}

/// The server of all trials, started by the first.
struct LateServer {
    clients: Vec<Value>,
    started: OnceLock<Result<Server, String>>,
}

impl LateServer {
    fn get(&self) -> Result<&Server, String> {
        self.started.get_or_init(|| Server::start(&self.clients)).as_ref().map_err(Clone::clone)
    }
}

/// oidc-provider, which speaks the protocol of the drivers; it ends with its `Driver`.
struct Server {
    process: Mutex<Driver>,
    ports: Value,
    certificates: TempDir,
}

impl Server {
    fn start(clients: &[Value]) -> Result<Server, String> {
        let folder = languages::root().join("tests/interop");
        if !folder.join("node_modules/oidc-provider").exists() {
            return Err("tests/interop/node_modules is missing: run `make test`, which installs it".into());
        }
        let certificates = tempfile::tempdir().map_err(|problem| problem.to_string())?;
        issue(certificates.path()).map_err(|problem| problem.to_string())?;
        let mut command = shell::command("node");
        command.arg(folder.join("server.mjs")).current_dir(certificates.path());
        let mut process = Driver::start(command)?;
        match process.ask(&["listen", "key.pem", "leaf.pem", &json!(clients).to_string()]) {
            Ok(ports) => Ok(Server { process: Mutex::new(process), ports, certificates }),
            Err(told) => Err(format!("oidc-provider did not start: {told}\n{:?}", process.finish())),
        }
    }

    fn ask(&self, words: &[&str]) -> Result<Value, String> {
        self.process.lock().map_err(|problem| problem.to_string())?.ask(words)
    }

    fn base_url(&self, origin: &str) -> String {
        let scheme = origin.split(':').next().unwrap_or_default();
        format!("{origin}:{}", self.ports[scheme])
    }

    fn ca_file(&self) -> String {
        self.certificates.path().join("ca.pem").to_string_lossy().into_owned()
    }
}
