//! TROUBLESHOOTING.md: an entry for each id of the error table, whose command ends with the number of that error.

use crate::TROUBLESHOOTING;
use crate::blocks::{Block, blocks_of};
use crate::scene::with_path;
use std::net::TcpListener;
use xilnex_auth::Kind;
use xilnex_auth_sandbox::{Fault, FaultPlan, Options, Sandbox};
use xilnex_auth_tests::languages::root;
use xilnex_auth_tests::shell::shell;

type Environment = Vec<(&'static str, String)>;

/// The error that the entry around a block is about.
pub fn kind_of(block: &Block) -> Option<Kind> {
    let is_entry = block.document == TROUBLESHOOTING && block.heading.starts_with("## ");
    is_entry.then(|| {
        let found = Kind::all().find(|kind| block.heading == heading(*kind));
        found.unwrap_or_else(|| panic!("{block}: no error is called {}", block.heading))
    })
}

fn heading(kind: Kind) -> String {
    format!("## `{}` ({})", kind.id(), kind.number())
}

pub fn each_error_has_an_entry() {
    let text = std::fs::read_to_string(root().join(TROUBLESHOOTING)).unwrap();
    let blocks = blocks_of(TROUBLESHOOTING);
    for kind in Kind::all() {
        let (_, entry) = text
            .split_once(&format!("\n{}\n", heading(kind)))
            .unwrap_or_else(|| panic!("{} has no entry", kind.id()));
        let entry = entry.split("\n## ").next().unwrap_or_default();
        for part in ["\n*Cause.* ", "\n*Remedy.* "] {
            assert!(entry.contains(part), "{} lacks {part}", kind.id());
        }
        assert!(blocks.iter().any(|block| block.heading == heading(kind)), "{} lacks a command", kind.id());
    }
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

/// The command ends with the number of the error, and says where it fails.
pub fn command_ends_with(kind: Kind, block: &Block) {
    assert_eq!(block.language, "sh", "{block}");
    let folder = tempfile::tempdir().unwrap();
    let (_sandbox, environment) = stage_of(kind);
    let done = shell(&block.code, folder.path(), &with_path(environment));
    let told = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    // Nobody can have that one: its command tells what to report.
    let expected = if kind == Kind::Internal { 0 } else { kind.number() };
    assert_eq!(done.status.code(), Some(expected.into()), "{block}: {told}");
    let names_a_stage = told.contains("\nfailed   ") || told.starts_with("failed");
    assert!(expected == 0 || kind == Kind::Closed || names_a_stage, "{told}");
}
