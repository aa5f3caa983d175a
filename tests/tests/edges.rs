//! Every edge program at the scale of a test: `cargo test -p xilnex-auth-tests --test edges [-- NAME]`.

use libtest_mimic::{Arguments, Trial};
use xilnex_auth_tests::languages::root;
use xilnex_auth_tests::shell::command;

fn main() {
    let folder = root().join("tests/edges");
    let entries = std::fs::read_dir(&folder).expect("the edge programs");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut programs: Vec<String> = names.filter(|name| is_program(name)).collect();
    programs.sort();
    assert!(programs.len() > 10, "{programs:?}");
    let trials = programs.into_iter().map(|name| Trial::test(name.clone(), move || Ok(run(&name)?)));
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

/// What programs share starts with an underscore; the plugin is one that another program loads.
fn is_program(name: &str) -> bool {
    [".py", ".mjs", ".c"].iter().any(|ending| name.ends_with(ending))
        && !name.starts_with('_')
        && name != "plugin.c"
}

fn run(name: &str) -> Result<(), String> {
    let output = command(root().join("tests/edges/run.sh"))
        .arg(name)
        .output()
        .map_err(|problem| problem.to_string())?;
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // A program that tells nothing has shown nothing.
    let has_figures = out.lines().any(|line| line.contains("\"figure\""));
    if output.status.success() && has_figures {
        Ok(())
    } else {
        Err(format!("{}:\n{out}{err}", output.status))
    }
}
