//! What the command line says to people.

use xilnex_auth::Error;
use xilnex_auth::config::OPTIONS;
use xilnex_auth_sandbox::Fault;

/// The help, with the options straight from the option table.
pub fn help() -> String {
    let mut text = String::from(
        "xilnex-auth: access tokens from Xilnex Auth

Usage:
  xilnex-auth token  [OPTIONS]               print an access token
  xilnex-auth header [OPTIONS]               print an Authorization header
  xilnex-auth doctor [OPTIONS] [--json]      find out at which stage getting a token fails, and what to do
  xilnex-auth sandbox [OPTIONS]              run an authorization server for tests, on this machine only
  xilnex-auth sandbox [OPTIONS] -- COMMAND   run COMMAND against it, and end with its exit status

Options, each also an environment variable:
",
    );
    for row in OPTIONS.iter().filter(|row| row.name != "client_secret") {
        let flag = format!("--{} VALUE", row.name.replace('_', "-"));
        text += &format!("  {flag:<28} {}\n", row.doc);
        let default =
            if row.default.is_empty() { String::new() } else { format!("; default {}", row.default) };
        text += &format!("  {:<28} {}{default}\n", "", row.env);
    }
    text += "
  The client secret is never an argument: set XILNEX_CLIENT_SECRET or give --client-secret-file.

Options of sandbox:
  --port PORT                  port to listen on; default a free one
  --ttl SECONDS                how long its tokens live; default 3600
  --latency SECONDS            how long it takes to answer a token request; default 0
  --tls                        speak TLS; clients get its certificate by XILNEX_CA_FILE
  --fault NAME                 fail in this way; --faults lists the names
  --fault-after COUNT          answer so many token requests before; default 0
  --fault-times COUNT          fail so many times; default for ever

  --help, --version            print this, or the version

The exit status is 0, or tells the kind of the error:
";
    for kind in xilnex_auth::Kind::all() {
        text += &format!("  {:>2} {:<15} {}\n", kind.number(), kind.id(), kind.summary());
    }
    text
}

/// The faults of the sandbox, by name.
pub fn faults() -> String {
    Fault::all().map(|fault| format!("{:<26} {}\n", fault.name(), fault.about())).collect()
}

/// An error as lines: what happened, what to do, and what a script can read.
pub fn failure(error: &Error) -> String {
    let mut text = format!("xilnex-auth: {error}\n");
    if let Some(hint) = error.hint() {
        text += &format!("hint: {hint}\n");
    }
    text += &format!("kind: {}\n", error.kind().id());
    if let Some(code) = error.oauth_error() {
        text += &format!("oauth_error: {code}\n");
    }
    if let Some(status) = error.http_status() {
        text += &format!("http_status: {status}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_names_every_option_and_every_kind_but_no_way_to_give_a_secret() {
        let help = help();
        for row in &OPTIONS {
            assert!(help.contains(row.env), "{}", row.env);
        }
        assert!(!help.contains("--client-secret "));
        assert!(help.lines().all(|line| line.len() <= 110), "a line is too wide");
    }

    #[test]
    fn a_failure_has_a_line_for_scripts() {
        let lines = failure(&Error::invalid_config("scope is empty"));
        assert_eq!(lines, "xilnex-auth: scope is empty\nkind: invalid_config\n");
    }
}
