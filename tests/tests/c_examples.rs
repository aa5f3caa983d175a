//! The examples that the SDK ships: compiled from there without a warning, by pkg-config and by CMake, and run.

use std::path::{Path, PathBuf};
use xilnex_auth_sandbox::{Options, Sandbox};
use xilnex_auth_tests::languages::root;
use xilnex_auth_tests::sdk::{compiled, unpacked};
use xilnex_auth_tests::shell::{printed, shell};

/// How many calls the host makes through the plugin.
const PLUGIN_CALLS: &str = "16000 calls in 10 rounds";

fn example(name: &str, sdk: &Path, folder: &Path, words: &str) -> PathBuf {
    compiled(&sdk.join("examples").join(name), sdk, folder, "xilnex_auth", words)
}

fn slow_sandbox(seconds: &str) -> Sandbox {
    Sandbox::start(Options::from_json(&format!(r#"{{"latency": {seconds}}}"#)).unwrap()).unwrap()
}

/// What stands before a word, as a number.
fn number_before(text: &str, word: &str) -> f64 {
    let before = text.split(word).next().unwrap_or_default();
    before.trim_end().rsplit(' ').next().unwrap_or_default().parse().unwrap_or_else(|_| panic!("{text}"))
}

#[test]
fn a_till_with_one_thread_draws_on_while_its_token_is_fetched() {
    let (folder, sdk) = unpacked();
    let till = example("till.c", &sdk, folder.path(), "");
    let sandbox = slow_sandbox("0.5");
    let told = printed(&format!("'{}'", till.display()), folder.path(), &sandbox.environment());
    assert!(told.starts_with("ok after "), "{told}");
    assert!(number_before(&told, " frames") >= 5.0, "{told}");
    assert!(number_before(&told, " ms") < 250.0, "{told}");
    assert_eq!(sandbox.token_requests(), 1);
    let refused = shell(&format!("'{}'", till.display()), folder.path(), &[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("client_id"));
}

#[test]
fn a_host_loads_and_unloads_the_plugin_and_asks_it_from_many_threads() {
    let (folder, sdk) = unpacked();
    let plugin = example("plugin.c", &sdk, folder.path(), "-shared -fPIC");
    // The host knows nothing of the library but the length of a header.
    let host = example("host.c", &sdk, folder.path(), "-Wl,--as-needed");
    assert!(!printed(&format!("ldd '{}'", host.display()), folder.path(), &[]).contains("xilnex"));
    let sandbox = slow_sandbox("0.05");
    let run = format!("'{}' '{}' 2>log", host.display(), plugin.display());
    assert_eq!(printed(&run, folder.path(), &sandbox.environment()), PLUGIN_CALLS);
    assert_eq!(sandbox.token_requests(), 1);
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    let id = &sandbox.client().client_id;
    assert!(
        log.lines().count() > 0 && log.lines().all(|line| line.starts_with(&format!("plugin: {id}: "))),
        "{log}"
    );
}

#[test]
fn the_host_tells_why_the_plugin_was_refused() {
    let (folder, sdk) = unpacked();
    let plugin = example("plugin.c", &sdk, folder.path(), "-shared -fPIC");
    let host = example("host.c", &sdk, folder.path(), "-Wl,--as-needed");
    let refused = shell(&format!("'{}' '{}'", host.display(), plugin.display()), folder.path(), &[]);
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("plugin: ") && told.contains("client_id"), "{told}");
}

#[test]
fn the_plugin_is_tested_against_a_sandbox_in_its_own_process() {
    let (folder, sdk) = unpacked();
    let plugin = sdk.join("examples/plugin.c");
    let source = sdk.join("examples/plugin_test.c");
    let words = format!("'{}'", plugin.display());
    let program = compiled(&source, &sdk, folder.path(), "xilnex_auth xilnex_auth_sandbox", &words);
    assert_eq!(printed(&format!("'{}'", program.display()), folder.path(), &[]), "0 failures");
}

#[test]
fn cmake_builds_all_of_them_shared_and_static() {
    let (folder, sdk) = unpacked();
    let cmake = root().join("target/tools/python/bin/cmake");
    let line = format!(
        "'{cmake}' -S '{}' -B build -DCMAKE_PREFIX_PATH='{}' > log && '{cmake}' --build build >> log",
        sdk.join("examples").display(),
        sdk.display(),
        cmake = cmake.display(),
    );
    printed(&line, folder.path(), &[]);
    let sandbox = slow_sandbox("0");
    let environment = sandbox.environment();
    for program in ["token_c", "token_static", "token_cpp"] {
        let told = printed(&format!("build/{program}"), folder.path(), &environment);
        assert_eq!(told.split('.').count(), 3, "{program}");
    }
    assert!(!printed("ldd build/token_static", folder.path(), &[]).contains("xilnex"));
    assert!(printed("build/till", folder.path(), &environment).starts_with("ok after "));
    assert_eq!(printed("build/host build/libplugin.so 2>log", folder.path(), &environment), PLUGIN_CALLS);
    assert_eq!(printed("build/plugin_test", folder.path(), &[]), "0 failures");
}
