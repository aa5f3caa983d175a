//! TROUBLESHOOTING.md: an entry for each id of the error table, whose command ends with the number of that error.

use std::collections::BTreeMap;
use std::net::TcpListener;
use xilnex_auth::Kind;
use xilnex_auth_sandbox::{Fault, FaultPlan, Options, Sandbox};
use xilnex_auth_tests::languages::{root, stage};
use xilnex_auth_tests::shell::shell;

type Environment = Vec<(&'static str, String)>;

/// The entries by id: heading and text.
fn entries() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(root().join("TROUBLESHOOTING.md")).unwrap();
    let parts = text.split("\n## ").skip(1).map(|part| {
        let id = part.split('`').nth(1).unwrap_or_else(|| panic!("no id in {part}"));
        (id.to_owned(), part.to_owned())
    });
    parts.collect()
}

fn command(entry: &str) -> &str {
    entry.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default()
}

/// A sandbox in which this fails, where one is needed, and the environment for the command.
fn stage_of(kind: Kind) -> (Option<Sandbox>, Environment) {
    let faulty = |name: &str, more: &[(&'static str, &str)]| {
        let fault = Fault::named(name).unwrap();
        let plan = Some(FaultPlan { fault, after: 0, times: None });
        let sandbox = Sandbox::start(Options { fault: plan, ..Options::default() }).unwrap();
        let mut environment = sandbox.environment();
        environment.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        (Some(sandbox), environment)
    };
    let nowhere = |more: &[(&'static str, String)]| {
        let mut environment =
            vec![("XILNEX_CLIENT_ID", "till-7".to_owned()), ("XILNEX_CLIENT_SECRET", "x".to_owned())];
        environment.extend(more.iter().cloned());
        (None, environment)
    };
    match kind {
        Kind::InvalidConfig => (None, Vec::new()),
        // No name has a label as long as this one, so nobody is asked.
        Kind::Dns => nowhere(&[("XILNEX_BASE_URL", format!("https://{}.example", "x".repeat(64)))]),
        Kind::Connect => faulty("refuse", &[]),
        Kind::Proxy => {
            let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let address = ("XILNEX_BASE_URL", "https://127.0.0.1:9".to_owned());
            nowhere(&[address, ("XILNEX_PROXY", format!("http://{closed}"))])
        }
        Kind::Tls => faulty("tls-expired", &[]),
        Kind::Timeout => faulty("silent", &[("XILNEX_TIMEOUT", "0.5")]),
        Kind::Unavailable => faulty("unavailable", &[]),
        Kind::Rejected => faulty("invalid-client-401", &[]),
        Kind::BadResponse => faulty("html", &[]),
        _ => {
            let sandbox = Sandbox::start(Options::default()).unwrap();
            let environment = sandbox.environment();
            (Some(sandbox), environment)
        }
    }
}

#[test]
fn each_error_has_an_entry_with_cause_remedy_and_a_command_that_shows_it() {
    let entries = entries();
    assert_eq!(entries.len(), Kind::all().count());
    let folder = tempfile::tempdir().unwrap();
    let path = format!(
        "{}:{}:{}",
        stage().join("sdk/bin").display(),
        stage().join("python/bin").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    for kind in Kind::all() {
        let entry = entries.get(kind.id()).unwrap_or_else(|| panic!("{} has no entry", kind.id()));
        assert!(entry.starts_with(&format!("`{}` ({})\n", kind.id(), kind.number())), "{entry}");
        for part in ["\n*Cause.* ", "\n*Remedy.* "] {
            assert!(entry.contains(part), "{} lacks {part}", kind.id());
        }
        let (_sandbox, mut environment) = stage_of(kind);
        environment.push(("PATH", path.clone()));
        let done = shell(command(entry), folder.path(), &environment);
        let told =
            format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        // Nobody can have that one: its command tells what to report.
        let expected = if kind == Kind::Internal { 0 } else { kind.number() };
        assert_eq!(done.status.code(), Some(expected.into()), "{}: {told}", kind.id());
        assert!(
            expected == 0
                || kind == Kind::Closed
                || told.contains("\nfailed   ")
                || told.starts_with("failed"),
            "{told}"
        );
    }
}
