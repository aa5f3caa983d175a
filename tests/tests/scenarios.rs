//! Every scenario through every language: `cargo test -p xilnex-auth-tests --test scenarios [-- NAME]`.

use libtest_mimic::{Arguments, Trial};
use xilnex_auth_tests::{languages, scenario};

fn main() {
    let mut arguments = Arguments::from_args();
    // Most of a scenario is waiting, so more of them than processors run at once.
    arguments.test_threads.get_or_insert(8);
    let scenarios = scenario::all(&languages::root().join("tests/scenarios"));
    let languages = languages::all(env!("CARGO_BIN_EXE_driver"));
    let trials = scenarios
        .iter()
        .flat_map(|scenario| languages.iter().map(move |language| trial(scenario.clone(), language.clone())));
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn trial(scenario: scenario::Scenario, language: languages::Language) -> Trial {
    let is_ignored = !scenario.can_run(&language);
    let name = format!("{}::{}", scenario.name, language.name);
    Trial::test(name, move || Ok(scenario.run(&language)?)).with_ignored_flag(is_ignored)
}
