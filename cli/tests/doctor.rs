//! `xilnex-auth doctor` against every fault of the sandbox, and what it tells of a configuration.

use serde_json::Value;
use std::collections::HashMap;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use xilnex_auth::Kind;
use xilnex_auth_sandbox::{Fault, FaultPlan, Options, Sandbox};

const SECRET: &str = "canary-secret-of-the-doctor";

/// What a request may take, and a busy machine beside it.
const TIMEOUT: &str = "1.2";
const PATIENCE: Duration = Duration::from_secs(6);

/// Faults that are looked at side by side: most of the time they wait.
const AT_ONCE: usize = 12;

/// Runs it with nothing set but `environment`; the exit status and what it printed.
fn doctor(arguments: &[&str], environment: &[(&'static str, String)]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xilnex-auth"));
    command.arg("doctor").args(arguments).stdin(Stdio::null());
    for row in &xilnex_auth::config::OPTIONS {
        command.env_remove(row.env);
    }
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "SSL_CERT_FILE"] {
        command.env_remove(name);
    }
    let done = command.envs(environment.iter().map(|(name, value)| (name, value))).output().unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(!told.contains(SECRET), "the secret is in {told}");
    (done.status.code(), told)
}

fn sandbox(change: impl FnOnce(&mut Options)) -> Sandbox {
    let mut options = Options::default();
    options.clients[0].client_secret = SECRET.into();
    change(&mut options);
    Sandbox::start(options).unwrap()
}

/// The stages at which an error of this kind may show itself.
fn stages(kind: &str) -> &'static [&'static str] {
    match kind {
        "token" => &[""],
        "dns" => &["dns"],
        "connect" => &["connect", "tls"],
        "tls" => &["tls"],
        "timeout" => &["connect", "tls", "answer"],
        "unavailable" | "bad_response" => &["answer"],
        "rejected" => &["authentication"],
        other => panic!("no fault ends with {other}"),
    }
}

fn look_at(fault: &'static Fault, kinds: &[String]) {
    let name = fault.name();
    let sandbox = sandbox(|options| options.fault = Some(FaultPlan { fault, after: 0, times: None }));
    let began = Instant::now();
    let arguments = ["--json", "--timeout", TIMEOUT, "--connect-timeout", "0.5"];
    let (status, told) = doctor(&arguments, &sandbox.environment());
    assert!(began.elapsed() < PATIENCE, "{name} took {:?}", began.elapsed());
    let report: Value = serde_json::from_str(&told).unwrap_or_else(|_| panic!("{name}: no JSON: {told}"));
    let failed = report["failed"].as_str().unwrap_or_default();
    let is_expected = |kind: &String| {
        let number = Kind::all().find(|known| known.id() == kind).map_or(0, Kind::number);
        status == Some(number.into()) && report["status"] == number && stages(kind).contains(&failed)
    };
    assert!(kinds.iter().any(is_expected), "{name}: {status:?} instead of {kinds:?}: {told}");
    let all = report["stages"].as_array().unwrap();
    assert_eq!(all.len(), 9, "{name}");
    assert!(all.iter().all(|stage| stage["told"].as_str().is_some_and(|told| !told.is_empty())), "{told}");
    let has_remedy = |stage: &Value| stage["hint"].as_str().is_some_and(|hint| !hint.is_empty());
    assert!(all.iter().filter(|stage| stage["state"] == "failed").all(has_remedy), "no remedy in {told}");
    // Before the one that failed everything is well, and behind it nothing was reached but the time that an answer tells.
    let place = all.iter().position(|stage| stage["stage"] == failed).unwrap_or(all.len());
    assert!(
        all[..place].iter().all(|stage| stage["state"] != "failed" && stage["told"] != "not reached"),
        "{told}"
    );
    let behind = all.iter().skip(place + 1).filter(|stage| stage["stage"] != "clock");
    assert!(behind.into_iter().all(|stage| stage["told"] == "not reached"), "{told}");
}

#[test]
fn every_fault_is_found_at_its_stage() {
    let text = include_str!("../../tests/faults.json");
    let rows: Vec<Value> = serde_json::from_str(text).unwrap();
    let kinds: HashMap<String, Vec<String>> = rows
        .iter()
        .map(|row| {
            let one = std::slice::from_ref(&row["kind"]);
            let kinds = row["kind"]["one_of"].as_array().map_or(one, Vec::as_slice);
            let texts = kinds.iter().map(|kind| kind.as_str().unwrap().to_owned());
            (row["fault"].as_str().unwrap().to_owned(), texts.collect())
        })
        .collect();
    let left = Mutex::new(Fault::all().collect::<Vec<_>>());
    assert!(left.lock().unwrap().len() > 150);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(fault) = left.lock().unwrap().pop() else { break };
                    look_at(fault, &kinds[fault.name()]);
                }
            });
        }
    });
}

#[test]
fn each_value_is_told_with_its_source_and_the_secret_by_its_length() {
    let sandbox = sandbox(|options| options.tls = true);
    let (status, told) = doctor(&["--scope", "coreapi", "--client-auth=basic"], &sandbox.environment());
    assert_eq!(status, Some(0), "{told}");
    for line in [
        "ok       configuration",
        "client_id          sandbox-client, by XILNEX_CLIENT_ID",
        "client_secret      27 characters, by XILNEX_CLIENT_SECRET",
        "scope              coreapi, by --scope",
        "client_auth        basic, by --client-auth",
        "timeout            10, by default",
        "TLS 1.3",
        "issued by          xilnex-auth sandbox",
        "neither HTTPS_PROXY nor ALL_PROXY is set",
        "lives for 3600 s",
        "scope granted      coreapi",
        "Everything works.",
    ] {
        assert!(told.contains(line), "{line} is not in {told}");
    }
    assert!(told.is_ascii(), "{told}");
}

#[test]
fn what_hides_behind_a_bare_invalid_client_is_told() {
    for (secret, word) in [
        ("x".repeat(101), "longer than 100 characters"),
        (" canary".into(), "space"),
        ("canary-é".into(), "ASCII"),
        ("Basic Y2FuYXJ5".into(), "Authorization header"),
        ("\"canary\"".into(), "quotation marks"),
        ("dGlsbC03OmNhbmFyeS1zZWNyZXQ=".into(), "client id and secret"),
        ("Y2FuYXJ5LXNlY3JldC10ZXh0".into(), "Base64"),
        ("another-secret".into(), "client_id and client_secret"),
    ] {
        let sandbox = sandbox(|_| {});
        let mut environment = sandbox.environment();
        environment.retain(|(name, _)| *name != "XILNEX_CLIENT_SECRET");
        environment.push(("XILNEX_CLIENT_SECRET", secret.clone()));
        let (status, told) = doctor(&[], &environment);
        assert_eq!(status, Some(8), "{told}");
        assert!(told.contains("failed   authentication") && told.contains(word), "{word} is not in {told}");
        assert!(!told.contains(&secret), "{told}");
    }
}

#[test]
fn which_proxy_fails_is_told_with_who_names_it_and_without_its_password() {
    let environment = [
        ("XILNEX_CLIENT_ID", "till".to_owned()),
        ("XILNEX_CLIENT_SECRET", SECRET.to_owned()),
        ("XILNEX_BASE_URL", "https://auth.example.com".to_owned()),
        ("https_proxy", format!("http://user:{SECRET}@127.0.0.1:9")),
    ];
    let (status, told) = doctor(&[], &environment);
    assert_eq!(status, Some(4), "{told}");
    assert!(told.contains("    proxy              127.0.0.1:9 (https_proxy names it)"), "{told}");
    let (status, told) = doctor(&["--proxy", "none", "--base-url", "http://127.0.0.1:9"], &environment);
    assert_eq!(status, Some(3), "{told}");
}

#[test]
fn a_configuration_that_will_not_do_is_told_without_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, format!("{SECRET}\n\n")).unwrap();
    let file = path.to_str().unwrap();
    for (arguments, word) in [
        (vec!["--client-id", "till"], "is missing"),
        (vec!["--client-id", "till", "--client-secret-file", SECRET], "a file that is not there"),
        (vec!["--client-id", "till", "--client-secret-file", file], "line break"),
        (vec!["--base-url", "http://example.com"], "not valid"),
    ] {
        let (status, told) = doctor(&arguments, &[]);
        assert_eq!(status, Some(1), "{told}");
        assert!(told.contains("failed   configuration") && told.contains(word), "{told}");
    }
    std::fs::write(&path, format!("{SECRET}\n")).unwrap();
    let (_, told) = doctor(
        &["--client-id", "till", "--client-secret-file", file, "--base-url", "http://127.0.0.1:9"],
        &[],
    );
    assert!(
        told.contains("with 27 characters, last changed ") && told.contains("failed   connect"),
        "{told}"
    );
}
