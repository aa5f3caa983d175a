//! The order of the house: layers of the engine, and words that stay in their room.

use std::path::Path;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let is_ours =
                !["node_modules", "target", "dist", ".git"].iter().any(|name| entry.ends_with(name));
            if entry.is_dir() && is_ours {
                folders.push(entry);
            } else if entry.extension().is_some_and(|found| found == ending) {
                let name = entry.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                found.push((name, std::fs::read_to_string(&entry).unwrap()));
            }
        }
    }
    found
}

/// The code of a file without its comments and tests.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The modules of a file, from the first layer to the last.
fn layers(parent: &str) -> Vec<String> {
    let modules = parent.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod "));
    modules.filter_map(|rest| rest.strip_suffix(';')).map(str::to_owned).collect()
}

/// The modules that `code` names by `crate::`, alone or in a group.
fn named(code: &str) -> Vec<String> {
    let word =
        |text: &str| text.trim().split(|c: char| c != '_' && !c.is_alphanumeric()).next().map(str::to_owned);
    code.split("crate::")
        .skip(1)
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(group) => {
                group.split_once('}').unwrap_or((group, "")).0.split(',').filter_map(word).collect()
            }
            None => Vec::from_iter(word(rest)),
        })
        .collect()
}

/// Rust itself does not complain about modules that name each other in a circle.
#[test]
fn a_module_names_only_modules_above_it_in_its_crate() {
    for house in [
        "lasting",
        "core",
        "sandbox",
        "cli",
        "bindings-python",
        "bindings-node",
        "bindings-node/sandbox",
        "bindings-c",
        "bindings-c/sandbox",
        "tests",
        "fuzz",
    ] {
        let layers = layers(&std::fs::read_to_string(root().join(house).join("src/lib.rs")).unwrap());
        assert!(layers.len() > 1, "{house}: {layers:?}");
        let source = format!("{house}/src/");
        for (name, text) in files(&source, "rs").iter().filter(|(name, _)| !name.ends_with("tests.rs")) {
            let module = name.trim_start_matches(&source).split(['/', '.']).next().unwrap_or_default();
            let Some(own) = layers.iter().position(|layer| layer == module) else {
                assert!(["lib", "main", "bin"].contains(&module), "{name} is not listed in lib.rs");
                continue;
            };
            let lower = named(&code(text)).into_iter().find(|name| layers[own + 1..].contains(name));
            assert_eq!(lower, None, "{name} names a lower layer");
        }
    }
}

#[test]
fn names_are_found_alone_and_in_groups() {
    let code = "use crate::{A, b, c::D};\nuse crate::e::F;\ncrate::g::h(crate::i)";
    assert_eq!(named(code), ["A", "b", "c", "e", "g", "i"]);
}

#[test]
fn each_foreign_crate_and_the_secret_stay_in_their_room() {
    for (word, rooms) in [
        ("ureq::", &["core/src/transport/"][..]),
        ("rustls", &["core/src/transport/"]),
        ("serde_json", &["core/src/response"]),
        ("memmap2", &["core/src/sealed.rs"]),
        // A Rust program has one allocator, and chooses it itself.
        ("global_allocator", &[]),
        ("SystemTime::now", &["core/src/clock.rs"]),
        ("Instant::now", &["core/src/clock.rs", "core/src/transport/connecting.rs"]),
        (".expose()", &["core/src/request.rs"]),
        ("std::env::", &["core/src/config.rs", "core/src/settings.rs", "core/src/transport/trust.rs"]),
        ("std::thread::", &["core/src/clock.rs", "core/src/transport/resolve.rs"]),
    ] {
        for (name, text) in files("core/src", "rs").iter().filter(|(name, _)| !name.ends_with("tests.rs")) {
            let is_room = rooms.iter().any(|room| name.starts_with(room));
            assert!(is_room || !code(text).contains(word), "{name} names {word}");
        }
    }
}

#[test]
fn the_bindings_know_no_word_of_oauth() {
    let bindings = ["bindings-python", "bindings-node", "bindings-c", "cli/src"];
    for (name, text) in bindings.iter().flat_map(|folder| files(folder, "rs")) {
        for word in [
            "grant_type",
            "client_credentials",
            "invalid_client",
            "invalid_scope",
            "\"Bearer",
            "connect/token",
        ] {
            let is_test = name.contains("/tests/");
            assert!(is_test || !code(&text).contains(word), "{name} says {word}");
        }
    }
}

#[test]
fn unsafe_stays_in_the_bindings_and_the_allocator() {
    let crate_root = |folder: &str| std::fs::read_to_string(root().join(folder).join("src/lib.rs")).unwrap();
    for folder in ["core", "cli", "sandbox", "tests"] {
        let text = crate_root(folder);
        assert!(text.contains("#![forbid(unsafe_code)]"), "{folder} does not forbid unsafe code");
    }
    let handles = crate_root("bindings-c/handles");
    assert!(handles.contains("#![deny(unsafe_code)]"));
    assert_eq!(handles.matches("allow(unsafe_code").count(), 1);
}

#[test]
fn every_file_tells_its_purpose_first_and_stays_readable() {
    for (ending, starts) in [
        ("rs", &["//!"][..]),
        ("py", &["\"\"\"", "#!/usr/bin/env python3\n\"\"\""]),
        ("js", &["// ", "#!"]),
        ("mjs", &["// "]),
        ("c", &["/* "]),
        ("cpp", &["// "]),
        ("hpp", &["/**"]),
        ("h", &["/* ", "/**"]),
        ("sh", &["#!/bin/sh\n# "]),
    ] {
        let found = files("", ending);
        assert!(!found.is_empty(), "no file ends with .{ending}");
        for (name, text) in found {
            assert!(
                starts.iter().any(|start| text.starts_with(start)),
                "{name} does not start with its purpose"
            );
            let is_generated =
                ["include/xilnex_auth.h", "bindings-node/modules.js", "bindings-node/seldom.js"]
                    .contains(&name.as_str());
            assert!(is_generated || text.lines().count() <= 400, "{name} is longer than 400 lines");
        }
    }
}
