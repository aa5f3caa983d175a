//! Running a user's commands: with a clean environment, and with a word about what failed.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

/// A command whose environment holds no option of the client, no proxy and no certificates.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let upper = name.to_string_lossy().to_ascii_uppercase();
        let is_ours = upper.starts_with("XILNEX_") || upper.ends_with("_PROXY");
        if is_ours || upper.starts_with("SSL_CERT_") || upper == "NODE_EXTRA_CA_CERTS" {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs a shell line in `folder`, with a sandbox's `environment`.
pub fn shell(line: &str, folder: &Path, environment: &[(&'static str, String)]) -> Output {
    let mut shell = command("sh");
    shell.args(["-ec", line]).current_dir(folder);
    shell.envs(environment.iter().map(|(name, value)| (name, value)));
    shell.output().unwrap_or_else(|problem| panic!("{line}: {problem}"))
}

/// What a shell line prints, without the newline at the end.
///
/// # Panics
/// When it fails, with all that it printed.
pub fn printed(line: &str, folder: &Path, environment: &[(&'static str, String)]) -> String {
    let output = shell(line, folder, environment);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{line}\nended with {}:\n{out}{err}", output.status);
    out.trim_end().to_owned()
}
