//! Bytes of requests and answers cannot be logged by what is shipped: the sentences of the levels at which the libraries
//! for HTTP and TLS would write them are in none of the artefacts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use xilnex_auth_sandbox::Fault;
use xilnex_auth_tests::languages::{root, stage};

/// The crates through which secret and token pass, all of which write to the log.
const TALKATIVE: [&str; 3] = ["ureq", "ureq-proto", "rustls"];

/// Shorter texts may stand elsewhere by chance.
const TELLING: usize = 12;

fn folders_of_crates() -> Vec<PathBuf> {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo");
    let told: serde_json::Value = serde_json::from_slice(&metadata.stdout).expect("the metadata of cargo");
    let packages = told["packages"].as_array().expect("packages");
    let talkative = packages.iter().filter(|package| TALKATIVE.iter().any(|name| package["name"] == *name));
    talkative
        .map(|package| Path::new(package["manifest_path"].as_str().unwrap()).with_file_name("src"))
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for path in std::fs::read_dir(folder).expect("sources").map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// What `trace!` and `debug!` write in a source, each by the longest text in it that no value stands in.
fn sentences(source: &str) -> BTreeSet<String> {
    let calls = ["trace!(", "debug!("].iter().flat_map(|name| source.split(name).skip(1));
    let quoted = calls.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'));
    let longest = quoted.filter_map(|(text, _)| {
        let parts = text.split(['{', '}', '\\']).enumerate().filter(|(index, _)| index % 2 == 0);
        parts.map(|(_, part)| part.to_owned()).max_by_key(String::len)
    });
    longest.filter(|text| text.len() >= TELLING).collect()
}

/// Every library and program that is shipped, as it was installed.
fn artefacts(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
        if path.is_dir() && !path.is_symlink() {
            artefacts(&path, found);
        } else if is_artefact(&path.file_name().unwrap_or_default().to_string_lossy()) {
            found.push(path);
        }
    }
}

fn is_artefact(name: &str) -> bool {
    let is_extension = name.starts_with("_native") && name.ends_with(".so");
    is_extension || name.starts_with("libxilnex_auth.") || name.ends_with(".node") || name == "xilnex-auth"
}

/// A file as text, in which texts are found faster than in bytes.
fn contents(path: impl AsRef<Path>) -> String {
    String::from_utf8_lossy(&std::fs::read(path).expect("an artefact")).into_owned()
}

#[test]
fn no_artefact_can_write_bytes_of_requests_to_a_log() {
    let mut texts = Vec::new();
    folders_of_crates().iter().for_each(|folder| sources(folder, &mut texts));
    let sentences: BTreeSet<String> = texts.iter().flat_map(|text| sentences(text)).collect();

    // A program that was built for tests can write most of them, so they would be found.
    let talkative = contents(env!("CARGO_BIN_EXE_driver"));
    let written: Vec<&String> = sentences.iter().filter(|text| talkative.contains(text.as_str())).collect();
    assert!(written.len() >= 40, "{written:?}");

    let mut found = Vec::new();
    ["sdk", "python/lib", "node/node_modules/xilnex-auth"]
        .iter()
        .for_each(|folder| artefacts(&stage().join(folder), &mut found));
    let names: BTreeSet<_> = found.iter().filter_map(|path| path.extension()?.to_str()).collect();
    assert!(
        ["a", "so", "node"].iter().all(|ending| names.contains(ending)),
        "run `make stage` first: {found:?}"
    );
    for path in &found {
        let artefact = contents(path);
        let told: Vec<_> = written.iter().filter(|text| artefact.contains(text.as_str())).collect();
        assert!(told.is_empty(), "{} can write {told:?}", path.display());
    }
}

/// The addon of Node whose name begins so.
fn addon(prefix: &str) -> String {
    let folder = stage().join("node/node_modules/xilnex-auth");
    let mut paths =
        std::fs::read_dir(folder).expect("run `make stage` first").map(|entry| entry.unwrap().path());
    let named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(prefix) && name.ends_with(".node")
    };
    contents(paths.find(named).unwrap_or_else(|| panic!("no addon {prefix}: run `make stage` first")))
}

/// The linker leaves out of each what its functions do not reach, so nothing but its contents tells whether it did.
#[test]
fn an_addon_of_node_has_the_engine_or_the_server_for_tests() {
    let (engine, server) = (addon("xilnex-auth."), addon("xilnex-auth-sandbox."));
    for (text, has_engine, has_server) in [
        // A root certificate, for the client's half of TLS.
        ("ISRG Root X1", true, false),
        ("Authorization: ", true, false),
        (Fault::named("refuse").expect("a fault").about(), false, true),
        ("sandbox for development and tests at", false, true),
    ] {
        assert_eq!((engine.contains(text), server.contains(text)), (has_engine, has_server), "{text}");
    }
}

#[test]
fn sentences_are_taken_from_sources() {
    let source = "log::trace!(\"Send body of {} bytes to the peer\", 7); debug!(\n \"short {x}\"); info!(\"a long text that stays\")";
    assert_eq!(sentences(source), BTreeSet::from([" bytes to the peer".to_owned()]));
}
