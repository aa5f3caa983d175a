//! Every fault of the sandbox through every language: `cargo test -p xilnex-auth-tests --test faults [-- NAME]`.
//!
//! What was measured is written to `target/faults.json`, for RELIABILITY.md.

use libtest_mimic::{Arguments, Trial};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use xilnex_auth_tests::faults::{self, Expectation};
use xilnex_auth_tests::languages::{self, Language, root};

type Measured = Arc<Mutex<Vec<Value>>>;

fn main() {
    let mut arguments = Arguments::from_args();
    // Most of a fault is waiting, so more of them than processors run at once.
    arguments.test_threads.get_or_insert(16);
    let (expectations, languages) = (faults::all(), languages::all(env!("CARGO_BIN_EXE_driver")));
    let measured = Measured::default();
    let trials = expectations.iter().flat_map(|expectation| {
        let measured = &measured;
        languages.iter().map(move |language| trial(expectation.clone(), language.clone(), measured.clone()))
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    let figures = measured.lock().expect("no trial panicked").clone();
    std::fs::write(root().join("target/faults.json"), json!(figures).to_string())
        .expect("target can be written");
    conclusion.exit();
}

fn trial(expectation: Expectation, language: Language, measured: Measured) -> Trial {
    let name = format!("{}::{}", expectation.fault.name(), language.name);
    Trial::test(name, move || {
        let figures = expectation.run(&language)?;
        measured.lock().map_err(|problem| problem.to_string())?.push(json!({
            "fault": expectation.fault.name(),
            "language": language.name,
            "late_ms": figures.late.as_secs_f64() * 1000.0,
            "memory_kib": figures.memory,
        }));
        Ok(())
    })
}
