//! What of secret and token lies in the memory of a program in C, Python and Node while it rests, in a core file, and
//! when everything was freed: `cargo test -p xilnex-auth-tests --test memory [-- NAME]`.

mod certificates;

use certificates::issue;
use libtest_mimic::{Arguments, Trial};
use xilnex_auth_tests::languages::root;
use xilnex_auth_tests::shell::command;

fn main() {
    let programs = ["client.c", "client.py", "client.mjs"];
    let trials = programs.map(|name| Trial::test(name, move || Ok(run(name)?)));
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit();
}

fn run(name: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|problem| problem.to_string())?;
    issue(folder.path()).map_err(|problem| problem.to_string())?;
    let output = command("python3")
        .arg(root().join("tests/memory/run.py"))
        .arg(name)
        .arg(folder.path())
        .output()
        .map_err(|problem| problem.to_string())?;
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // A program that tells nothing has shown nothing.
    let has_figures = out.lines().any(|line| line.contains("\"figure\""));
    if output.status.success() && has_figures {
        #[allow(clippy::print_stdout, reason = "the figures are read by who writes RELIABILITY.md")]
        {
            print!("\n{out}");
        }
        Ok(())
    } else {
        Err(format!("{}:\n{out}{err}", output.status))
    }
}
