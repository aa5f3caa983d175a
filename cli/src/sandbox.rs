//! The command `sandbox`: the authorization server for tests, alone or around a command.

use crate::arguments::Plan;
use crate::unwritable;
use std::io::Write;
use std::process::{Command, ExitStatus};
use xilnex_auth::config::OPTIONS;
use xilnex_auth::{Error, Kind, settings};
use xilnex_auth_sandbox::{Options, RegisteredClient, Sandbox};

/// Runs the sandbox until the process ends, or as long as its command runs.
pub fn run(plan: &Plan, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8, Error> {
    let secret_file =
        plan.options.iter().find(|(name, _)| name == "client_secret_file").map(|(_, path)| path.clone());
    let sandbox = start(plan)?;
    let mut variables = sandbox.environment();
    if let Some(path) = secret_file {
        variables.retain(|(name, _)| *name != "XILNEX_CLIENT_SECRET");
        variables.push(("XILNEX_CLIENT_SECRET_FILE", path));
    }
    writeln!(
        err,
        "xilnex-auth: sandbox for development and tests at {}, on this machine only",
        sandbox.base_url()
    )
    .map_err(|problem| unwritable(&problem))?;
    if plan.command.is_empty() {
        print_exports(&variables, out).map_err(|problem| unwritable(&problem))?;
        loop {
            std::thread::park();
        }
    }
    let status = inside(plan, &variables)?;
    sandbox.stop();
    Ok(status)
}

fn start(plan: &Plan) -> Result<Sandbox, Error> {
    let mut options = Options { port: plan.port, latency: plan.latency, ..Options::default() };
    options.ttl = plan.ttl.unwrap_or(options.ttl);
    for (name, text) in &plan.options {
        register(&mut options.clients[0], name, text)?;
    }
    Sandbox::start(options)
        .map_err(|problem| Error::new(Kind::Connect, format!("the sandbox cannot listen: {problem}")))
}

/// The environment is not looked at: a real secret that stands there has no place in a sandbox.
fn register(client: &mut RegisteredClient, name: &str, text: &str) -> Result<(), Error> {
    match name {
        "client_id" => text.clone_into(&mut client.client_id),
        "scope" => text.clone_into(&mut client.scope),
        "client_secret_file" => client.client_secret = settings::secret_text(text)?.to_string(),
        other => {
            let flag = other.replace('_', "-");
            return Err(Error::invalid_config(format!(
                "--{flag} is not for sandbox: see xilnex-auth --help"
            )));
        }
    }
    Ok(())
}

fn print_exports(variables: &[(&str, String)], out: &mut dyn Write) -> std::io::Result<()> {
    for row in OPTIONS.iter().filter(|row| std::env::var_os(row.env).is_some()) {
        if !variables.iter().any(|(name, _)| *name == row.env) {
            writeln!(out, "unset {}", row.env)?;
        }
    }
    for (name, value) in variables {
        writeln!(out, "export {name}={}", quoted(value))?;
    }
    out.flush()
}

/// The value as one word of a POSIX shell.
fn quoted(value: &str) -> String {
    let is_plain = value.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/@%+=,".contains(c));
    if is_plain && !value.is_empty() {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}

fn inside(plan: &Plan, variables: &[(&str, String)]) -> Result<u8, Error> {
    let mut command = Command::new(&plan.command[0]);
    command.args(&plan.command[1..]);
    for row in &OPTIONS {
        command.env_remove(row.env);
    }
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    let status = command.status().map_err(|problem| {
        Error::invalid_config(format!(
            "the command {} cannot be run: {problem}",
            plan.command[0].to_string_lossy()
        ))
    })?;
    Ok(exit_status(status))
}

/// The command's own status; 128 and the signal's number where a signal ended it, as shells tell it.
fn exit_status(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_a_shell() {
        for (value, word) in [
            ("abc-1_2", "abc-1_2"),
            ("http://127.0.0.1:1", "http://127.0.0.1:1"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(value), word);
        }
    }
}
