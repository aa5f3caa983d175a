//! What documents show and do not run: the output of the doctor, and drawings of folders.

use crate::blocks::Block;
use crate::scene::with_path;
use std::fs;
use xilnex_auth_sandbox::{Options, Sandbox};
use xilnex_auth_tests::languages::{root, stage};
use xilnex_auth_tests::shell::shell;

/// A line of the drawn output that stands for any number of lines.
const LEFT_OUT: &str = "    ...";

/// The doctor at a till whose network inspects TLS, which is a sandbox whose authority nobody told it of.
pub fn is_the_doctor_s(block: &Block) {
    let mut options = Options { tls: true, ..Options::default() };
    options.clients[0].client_id = "till-7".into();
    let sandbox = Sandbox::start(options).unwrap();
    let port = sandbox.base_url().rsplit(':').next().unwrap().to_owned();
    let mut environment = sandbox.environment();
    environment.retain(|(name, _)| !["XILNEX_CA_FILE", "XILNEX_BASE_URL"].contains(name));
    environment.push(("XILNEX_BASE_URL", format!("https://localhost:{port}")));
    let done = shell("xilnex-auth doctor", &std::env::temp_dir(), &with_path(environment));
    let told = String::from_utf8(done.stdout).unwrap();
    let told: Vec<String> = told.lines().map(|line| as_documented(line, &port)).collect();
    let mut rest = told.as_slice();
    for part in block.code.split(LEFT_OUT) {
        let wanted: Vec<String> = part.trim_matches('\n').lines().map(without_times).collect();
        let found = rest.windows(wanted.len()).position(|lines| lines == wanted);
        let place = found.unwrap_or_else(|| panic!("{block}:\n{wanted:#?}\nis not in:\n{told:#?}"));
        rest = &rest[place + wanted.len()..];
    }
}

/// A line of ours with the names that the document has.
fn as_documented(line: &str, port: &str) -> String {
    let line = match line.split_once("localhost is ") {
        Some((before, after)) => {
            format!("{before}localhost is 192.0.2.7{}", &after[after.find(" (").unwrap_or_default()..])
        }
        None => line.to_owned(),
    };
    let line = line
        .replace(&format!("localhost:{port}"), "localhost")
        .replace(&format!("port {port}"), "port 443")
        .replace("localhost", "auth.example.com")
        .replace("xilnex-auth sandbox", "Shop network inspection, Shop Ltd");
    without_times(&line)
}

/// Without the milliseconds at the end.
fn without_times(line: &str) -> String {
    match line.rsplit_once(" (") {
        Some((before, after)) if after.ends_with(" ms)") => before.to_owned(),
        _ => line.to_owned(),
    }
}

/// Each folder and file that a drawing names first in a line is there.
pub fn is_there(block: &Block) {
    let place = match block.document.as_str() {
        "ARCHITECTURE.md" => root(),
        "bindings-c/README.md" => stage().join("sdk"),
        _ => panic!("{block}: a block that is run has a fence and a language"),
    };
    let lines = block.code.lines().filter(|line| line.starts_with("    ") && !line.starts_with("     "));
    for word in lines.filter_map(|line| line.trim_start().split("  ").next()) {
        for path in word.split(", ").filter(|path| path.contains('/') && !path.contains(' ')) {
            assert!(fs::exists(place.join(path)).unwrap(), "{block}: there is no {path}");
        }
    }
}
