//! The command `sandbox`: the authorization server for tests, alone or around a command.

use crate::arguments::Plan;
use crate::shell::Shell;
use crate::signals::Signals;
use crate::testing::listening;
use crate::written;
use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::process::{Child, Command, ExitStatus};
use xilnex_auth::config::OPTIONS;
use xilnex_auth::{Error, Kind, settings};
use xilnex_auth_sandbox::{Fault, FaultPlan, Options, RegisteredClient, Sandbox};

/// Runs the sandbox until the process ends, or as long as its command runs.
pub fn run(plan: &Plan, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8, Error> {
    let secret_file = plan.options.iter().rfind(|(name, _)| name == "client_secret_file");
    let sandbox = start(plan)?;
    let mut variables = sandbox.environment();
    if let Some((_, path)) = secret_file {
        variables.retain(|(name, _)| *name != "XILNEX_CLIENT_SECRET");
        variables.push(("XILNEX_CLIENT_SECRET_FILE", absolute(path)));
    }
    let address = sandbox.base_url();
    written(writeln!(
        err,
        "xilnex-auth: sandbox for development and tests at {address}, on this machine only"
    ))?;
    if plan.command.is_empty() {
        // Before anybody is told of it, so that no signal falls into the gap.
        let signals = Signals::catch().map_err(|problem| not_heard(&problem))?;
        written(print_variables(&variables, out))?;
        signals.end_by_the_next(|| sandbox.stop()).map_err(|problem| not_heard(&problem))?;
        return Ok(0);
    }
    let status = inside(plan, &variables)?;
    sandbox.stop();
    Ok(status)
}

fn start(plan: &Plan) -> Result<Sandbox, Error> {
    let fault = fault_plan(plan)?;
    let mut options =
        Options { port: plan.port, latency: plan.latency, tls: plan.tls, fault, ..Options::default() };
    options.ttl = plan.ttl.unwrap_or(options.ttl);
    for (name, text) in &plan.options {
        register(&mut options.clients[0], name, text)?;
    }
    listening(options)
}

fn fault_plan(plan: &Plan) -> Result<Option<FaultPlan>, Error> {
    let Some(name) = &plan.fault else { return Ok(None) };
    let fault = Fault::named(name)
        .ok_or_else(|| Error::invalid_config("--fault names no fault: see xilnex-auth sandbox --faults"))?;
    Ok(Some(FaultPlan { fault, after: plan.fault_after, times: plan.fault_times }))
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

/// The lines are pasted into a shell that may stand in another folder.
fn absolute(path: &str) -> String {
    std::path::absolute(path).map_or_else(|_| path.to_owned(), |full| full.to_string_lossy().into_owned())
}

/// Those that are not told are unset: a shell may have them for a real server.
fn print_variables(variables: &[(&str, String)], out: &mut dyn Write) -> std::io::Result<()> {
    let is_set = |env: &str| variables.iter().any(|(name, _)| *name == env);
    let others: Vec<&str> = OPTIONS.iter().map(|row| row.env).filter(|env| !is_set(env)).collect();
    Shell::here().tell(variables, &others, out)
}

fn not_heard(problem: &std::io::Error) -> Error {
    Error::new(Kind::Internal, format!("signals cannot be waited for: {problem}"))
}

fn inside(plan: &Plan, variables: &[(&str, String)]) -> Result<u8, Error> {
    let cannot = |problem: std::io::Error| {
        let name = plan.command[0].to_string_lossy();
        Error::invalid_config(format!("the command {name} cannot be run: {problem}"))
    };
    // Before the command starts, so that no signal falls into the gap.
    let signals = Signals::catch().map_err(cannot)?;
    let mut child = started(&plan.command, variables).map_err(cannot)?;
    let watch = signals.hand_on(child.id());
    let status = child.wait().map_err(cannot)?;
    watch.end();
    Ok(exit_status(status))
}

/// Starts the command with these variables and no others of ours.
fn started(words: &[OsString], variables: &[(&str, String)]) -> std::io::Result<Child> {
    let start = |ending: &str| {
        let mut program = words[0].clone();
        program.push(ending);
        let mut command = Command::new(program);
        command.args(&words[1..]);
        for row in &OPTIONS {
            command.env_remove(row.env);
        }
        command.envs(variables.iter().map(|(name, value)| (name, value))).spawn()
    };
    // Those of Windows find no scripts, as `npm` is one, by names that have no ending; its shells do.
    let others: &[&str] = if cfg!(windows) { &[".cmd", ".bat"] } else { &[] };
    others.iter().fold(start(""), |tried, ending| match tried {
        Err(problem) if problem.kind() == ErrorKind::NotFound => start(ending).map_err(|_| problem),
        tried => tried,
    })
}

/// The command's own status; 128 and the signal's number where a signal ended it, as shells tell it.
fn exit_status(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
