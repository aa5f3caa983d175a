//! The command line `xilnex-auth`, written once and reached from the Python, Node and C packages.
//!
//! Exit status: 0, or the number of the error's kind ([`xilnex_auth::Kind::number`]); `sandbox -- COMMAND` ends
//! with the status of its command.
#![forbid(unsafe_code)]

mod arguments;
mod shell;
mod signals;
pub mod testing;
mod sandbox;
mod text;
mod doctor;

use arguments::{Command, parse};
use std::ffi::OsString;
use std::io::{self, Write};
use xilnex_auth::{Client, Config, Error, Kind};

/// Runs the command line with these arguments, without the program's name, and gives the exit status.
///
/// Results go to `out`, everything for people to `err`. Blocks until the command is done; `sandbox` without a
/// command runs until the process is ended.
pub fn run(arguments: Vec<OsString>, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let done = parse(arguments).and_then(|command| match of_client(&command, out)? {
        None => of_sandbox(&command, out, err),
        status => Ok(status),
    });
    told(done, out, err).unwrap_or_default()
}

/// As [`run`], for every command but `sandbox`: that gives none, and nothing is done. Who calls nothing else here links
/// no server.
pub fn run_client(arguments: Vec<OsString>, out: &mut dyn Write, err: &mut dyn Write) -> Option<u8> {
    let done = parse(arguments).and_then(|command| of_client(&command, out));
    told(done, out, err)
}

/// As [`run`], for the command `sandbox` alone: any other gives none, and nothing is done. Who calls nothing else here
/// links no client.
pub fn run_sandbox(arguments: Vec<OsString>, out: &mut dyn Write, err: &mut dyn Write) -> Option<u8> {
    let done = parse(arguments).and_then(|command| of_sandbox(&command, out, err));
    told(done, out, err)
}

fn told(done: Result<Option<u8>, Error>, out: &mut dyn Write, err: &mut dyn Write) -> Option<u8> {
    let flushed = out.flush();
    match done.and_then(|status| written(flushed).map(|()| status)) {
        Ok(status) => status,
        Err(error) => {
            // Nobody is left to be told when this fails too.
            let _ = err.write_all(text::failure(&error).as_bytes());
            Some(error.kind().number())
        }
    }
}

fn of_client(command: &Command, out: &mut dyn Write) -> Result<Option<u8>, Error> {
    let printed = match command {
        Command::Sandbox(_) | Command::Faults => return Ok(None),
        Command::Help => out.write_all(text::help().as_bytes()),
        Command::Version => writeln!(out, "xilnex-auth {}", xilnex_auth::VERSION),
        Command::Token(options) => writeln!(out, "{}", Client::new(configured(options)?)?.get_token()?),
        Command::Header(options) => {
            writeln!(out, "Authorization: {}", Client::new(configured(options)?)?.authorization_header()?)
        }
        Command::Doctor { options, is_json } => return doctor::run(options, *is_json, out).map(Some),
    };
    written(printed).map(|()| Some(0))
}

fn of_sandbox(command: &Command, out: &mut dyn Write, err: &mut dyn Write) -> Result<Option<u8>, Error> {
    match command {
        Command::Sandbox(plan) => sandbox::run(plan, out, err).map(Some),
        Command::Faults => written(out.write_all(text::faults().as_bytes())).map(|()| Some(0)),
        _ => Ok(None),
    }
}

/// The environment with the options of the command line over it.
fn configured(options: &[(String, String)]) -> Result<Config, Error> {
    let mut config = Config::from_env()?;
    for (name, text) in options {
        config.set(name, text)?;
    }
    Ok(config)
}

/// A reader that has left, such as `head`, is not our failure.
fn written(done: io::Result<()>) -> Result<(), Error> {
    match done {
        Err(problem) if problem.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::new(Kind::Internal, format!("the output cannot be written: {problem}")))
        }
        _ => Ok(()),
    }
}
