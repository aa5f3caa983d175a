//! Every scenario through every language: `cargo test -p xilnex-auth-tests --test scenarios [-- NAME]`.

use libtest_mimic::{Arguments, Trial};
use xilnex_auth_tests::{languages, scenario};

fn main() {
    let arguments = Arguments::from_args();
    let scenarios = scenario::all(&languages::root().join("tests/scenarios"));
    let languages = languages::all(env!("CARGO_BIN_EXE_driver"));
    let trials = scenarios
        .iter()
        .flat_map(|scenario| languages.iter().map(move |language| trial(scenario.clone(), language.clone())));
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn trial(scenario: scenario::Scenario, language: languages::Language) -> Trial {
    Trial::test(format!("{}::{}", scenario.name, language.name), move || Ok(scenario.run(&language)?))
}
