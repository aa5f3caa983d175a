//! Arguments to a command: the options of the option table, in kebab case.

use lexopt::Arg;
use std::ffi::OsString;
use std::time::Duration;
use xilnex_auth::Error;
use xilnex_auth::config::OPTIONS;

/// What to do.
pub enum Command {
    /// Print the help.
    Help,
    /// Print the version.
    Version,
    /// Print a token, with these options.
    Token(Vec<(String, String)>),
    /// Print an Authorization header, with these options.
    Header(Vec<(String, String)>),
    /// Find out what fails with these options, and report it for people or as JSON.
    Doctor {
        /// The options.
        options: Vec<(String, String)>,
        /// Whether a program is to read it.
        is_json: bool,
    },
    /// Run the sandbox.
    Sandbox(Plan),
    /// Print the faults of the sandbox.
    Faults,
}

/// The options of the sandbox that take a value.
const OF_SANDBOX: [&str; 6] = ["port", "ttl", "latency", "fault", "fault-after", "fault-times"];

/// How to run the sandbox.
#[derive(Default)]
pub struct Plan {
    /// The client it knows, as client options.
    pub options: Vec<(String, String)>,
    /// The port; 0 for a free one.
    pub port: u16,
    /// How long its tokens live.
    pub ttl: Option<Duration>,
    /// How long it takes to answer.
    pub latency: Duration,
    /// Whether it speaks TLS.
    pub tls: bool,
    /// What goes wrong, by name.
    pub fault: Option<String>,
    /// After how many token requests it does.
    pub fault_after: u64,
    /// How many times it does; for ever where none is told.
    pub fault_times: Option<u64>,
    /// The command to run inside, if any, with its arguments.
    pub command: Vec<OsString>,
}

/// # Errors
/// `invalid_config`, naming the argument.
pub fn parse(arguments: Vec<OsString>) -> Result<Command, Error> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let (mut name, mut is_list, mut is_json) = (None, false, false);
    let mut plan = Plan::default();
    while let Some(argument) = parser.next().map_err(|problem| usage(&problem.to_string()))? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
            Arg::Long("version") | Arg::Short('V') => return Ok(Command::Version),
            Arg::Value(word) if name.is_none() => name = Some(word),
            Arg::Value(word) => {
                plan.command = std::iter::once(word).chain(rest(&mut parser)?).collect();
            }
            Arg::Long("tls") => plan.tls = true,
            Arg::Long("faults") => is_list = true,
            Arg::Long("json") => is_json = true,
            Arg::Long(flag) => {
                let flag = flag.to_owned();
                option(&flag, &mut parser, &mut plan)?;
            }
            Arg::Short(letter) => return Err(usage(&format!("unknown option -{letter}"))),
        }
    }
    match command(name.as_ref().and_then(|name| name.to_str()), plan)? {
        Command::Sandbox(_) if is_list => Ok(Command::Faults),
        _ if is_list => Err(usage("--faults is for sandbox")),
        Command::Doctor { options, .. } => Ok(Command::Doctor { options, is_json }),
        _ if is_json => Err(usage("--json is for doctor")),
        command => Ok(command),
    }
}

fn rest(parser: &mut lexopt::Parser) -> Result<impl Iterator<Item = OsString>, Error> {
    Ok(parser.raw_args().map_err(|problem| usage(&problem.to_string()))?.collect::<Vec<_>>().into_iter())
}

fn command(name: Option<&str>, plan: Plan) -> Result<Command, Error> {
    let is_sandbox = name == Some("sandbox");
    if !is_sandbox && !plan.command.is_empty() {
        return Err(usage("only sandbox takes a command to run"));
    }
    if !is_sandbox && plan.is_told() {
        return Err(usage("--port, --ttl, --latency, --tls and --fault are for sandbox"));
    }
    if plan.fault.is_none() && (plan.fault_after != 0 || plan.fault_times.is_some()) {
        return Err(usage("--fault-after and --fault-times need --fault"));
    }
    match name {
        Some("token") => Ok(Command::Token(plan.options)),
        Some("header") => Ok(Command::Header(plan.options)),
        Some("doctor") => Ok(Command::Doctor { options: plan.options, is_json: false }),
        Some("sandbox") => Ok(Command::Sandbox(plan)),
        // Quoted only where it cannot be a secret that landed in the wrong place.
        Some(word) if word.len() <= 20 && word.chars().all(|c| c.is_ascii_lowercase()) => {
            Err(usage(&format!("unknown command {word}")))
        }
        Some(_) => Err(usage("unknown command")),
        None => Err(usage("no command")),
    }
}

impl Plan {
    /// Whether anything was told that only a sandbox understands.
    fn is_told(&self) -> bool {
        self.port != 0 || self.ttl.is_some() || !self.latency.is_zero() || self.tls || self.fault.is_some()
    }
}

fn option(flag: &str, parser: &mut lexopt::Parser, plan: &mut Plan) -> Result<(), Error> {
    if flag == "client-secret" {
        return Err(Error::invalid_config(
            "--client-secret does not exist, because every user of a machine can read its command lines: set the \
             environment variable XILNEX_CLIENT_SECRET, or give --client-secret-file with the path of a file",
        ));
    }
    let known = OPTIONS.iter().find(|row| row.name.replace('_', "-") == flag);
    if known.is_none() && !OF_SANDBOX.contains(&flag) {
        return Err(usage(&format!("unknown option --{flag}")));
    }
    let value = parser.value().map_err(|_| usage(&format!("--{flag} needs a value")))?;
    let text = value.into_string().map_err(|_| usage(&format!("the value of --{flag} is not UTF-8")))?;
    match (known, flag) {
        (Some(row), _) => plan.options.push((row.name.to_owned(), text)),
        (None, "port") => {
            plan.port = text.parse().map_err(|_| usage("--port must be a number up to 65535"))?;
        }
        (None, "ttl") => plan.ttl = Some(seconds(flag, &text)?),
        (None, "latency") => plan.latency = seconds(flag, &text)?,
        (None, "fault-after") => plan.fault_after = count(flag, &text)?,
        (None, "fault-times") => plan.fault_times = Some(count(flag, &text)?),
        (None, _) => plan.fault = Some(text),
    }
    Ok(())
}

fn count(flag: &str, text: &str) -> Result<u64, Error> {
    text.parse().map_err(|_| usage(&format!("--{flag} must be a whole number such as 1")))
}

fn seconds(flag: &str, text: &str) -> Result<Duration, Error> {
    let number = text.parse().ok().filter(|number: &f64| *number >= 0.0);
    number
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .ok_or_else(|| usage(&format!("--{flag} must be a number of seconds such as 3600 or 0.5")))
}

fn usage(told: &str) -> Error {
    Error::invalid_config(format!("{told}: see xilnex-auth --help"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(OsString::from).collect())
            .map_err(|error| error.message().to_owned())
    }

    #[test]
    fn options_of_the_table_in_kebab_case() {
        let Ok(Command::Token(options)) = parsed("token --client-id etl --timeout=5 --ca-file ca.pem") else {
            panic!("not a token command");
        };
        let expected = [("client_id", "etl"), ("timeout", "5"), ("ca_file", "ca.pem")];
        assert_eq!(options, expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
    }

    #[test]
    fn the_sandbox_takes_a_command_with_its_own_options() {
        for line in ["sandbox --ttl 5 -- prog --ttl 9 -x", "sandbox --ttl 5 prog --ttl 9 -x"] {
            let Ok(Command::Sandbox(plan)) = parsed(line) else { panic!("not a sandbox command") };
            assert_eq!(plan.command, ["prog", "--ttl", "9", "-x"]);
            assert_eq!(plan.ttl, Some(Duration::from_secs(5)));
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (line, word) in [
            ("", "no command"),
            ("tokens", "unknown command"),
            ("token --client-secret canary", "XILNEX_CLIENT_SECRET"),
            ("token --client-secret=canary", "XILNEX_CLIENT_SECRET"),
            ("token --colour red", "--colour"),
            ("token --scope", "--scope needs a value"),
            ("token -x", "-x"),
            ("token extra", "only sandbox"),
            ("token --ttl 5", "for sandbox"),
            ("sandbox --port 70000", "--port"),
            ("sandbox --ttl -5", "--ttl"),
            ("sandbox --latency soon", "--latency"),
            ("token --fault refuse", "for sandbox"),
            ("token --tls", "for sandbox"),
            ("token --faults", "for sandbox"),
            ("token --json", "for doctor"),
            ("doctor --ttl 5", "for sandbox"),
            ("sandbox --fault refuse --fault-after soon", "--fault-after"),
            ("sandbox --fault refuse --fault-times -1", "--fault-times"),
            ("sandbox --fault-times 1", "need --fault"),
            ("sandbox --fault", "--fault needs a value"),
        ] {
            let told = parsed(line).err().unwrap_or_default();
            assert!(told.contains(word) && !told.contains("canary"), "{line}: {told}");
        }
    }
}
