//! The program `xilnex-auth` as a shell sees it: what goes where, exit statuses, signals.
#![cfg(unix)]

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use xilnex_auth::Kind;
use xilnex_auth_sandbox::{Fault, Options, Sandbox};

/// Runs a shell line in which `$XA` is the program, with nothing set for its client but `environment`.
fn shell(line: &str, environment: &[(&'static str, String)]) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).env("XA", env!("CARGO_BIN_EXE_xilnex-auth")).stdin(Stdio::null());
    for row in &xilnex_auth::config::OPTIONS {
        shell.env_remove(row.env);
    }
    shell.envs(environment.iter().map(|(name, value)| (name, value)));
    shell.output().unwrap()
}

fn told(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn token_and_header_print_nothing_else() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let (status, out, err) = told(&shell("\"$XA\" token", &sandbox.environment()));
    assert_eq!((status, err.as_str(), out.lines().count(), out.split('.').count()), (Some(0), "", 1, 3));
    let (status, out, err) = told(&shell("\"$XA\" header", &sandbox.environment()));
    assert_eq!((status, err.as_str()), (Some(0), ""));
    assert!(out.starts_with("Authorization: Bearer ") && out.ends_with('\n'), "{out}");
}

#[test]
fn a_failure_has_its_kind_on_stderr_and_its_number_as_status() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let (status, out, err) = told(&shell("\"$XA\" token --client-id nobody", &sandbox.environment()));
    assert_eq!((status, out.as_str()), (Some(8), ""));
    assert!(err.lines().any(|line| line == "kind: rejected"), "{err}");
    assert!(err.lines().any(|line| line == "oauth_error: invalid_client"), "{err}");
    let (status, _, err) = told(&shell("\"$XA\" token", &[]));
    assert_eq!(status, Some(1));
    assert!(err.lines().any(|line| line == "kind: invalid_config"), "{err}");
}

#[test]
fn a_secret_may_come_through_a_pipe_that_somebody_writes_into() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let mut environment = sandbox.environment();
    let folder = tempfile::tempdir().unwrap();
    environment.push(("FOLDER", folder.path().to_str().unwrap().to_owned()));
    let ask = |before: &str| {
        let line = format!(
            "secret=$XILNEX_CLIENT_SECRET; unset XILNEX_CLIENT_SECRET; cd \"$FOLDER\"; mkfifo pipe; {before} \
             \"$XA\" token --client-secret-file pipe; status=$?; rm -f pipe; exit $status"
        );
        let began = Instant::now();
        (told(&shell(&line, &environment)), began.elapsed())
    };
    let ((status, out, err), _) = ask("{ sleep 0.2; printf %s \"$secret\" > pipe; } &");
    assert_eq!((status, err.as_str(), out.split('.').count()), (Some(0), "", 3));
    for before in ["", "sleep 30 > pipe 2> /dev/null &", "ln -sf /dev/zero pipe;", "ln -sf /dev/null pipe;"] {
        let ((status, out, err), took) = ask(before);
        assert_eq!((status, out.as_str()), (Some(1), ""), "{before}: {err}");
        assert!(err.contains("client_secret_file (XILNEX_CLIENT_SECRET_FILE)"), "{before}: {err}");
        assert!(took < Duration::from_secs(15), "{before}: {took:?}");
    }
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let (_, out, err) = told(&shell("{ \"$XA\" --help; echo $? >&2; } | true", &[]));
    assert_eq!((out.as_str(), err.as_str()), ("", "0\n"));
}

#[test]
fn a_command_runs_inside_the_sandbox_and_nothing_of_a_real_server_mixes_with_it() {
    let real = [
        ("XILNEX_CLIENT_SECRET_FILE", "/nonexistent".to_owned()),
        ("XILNEX_CA_FILE", "/nonexistent".to_owned()),
    ];
    let (status, out, _) = told(&shell("\"$XA\" sandbox -- sh -c '\"$XA\" token && exit 7'", &real));
    assert_eq!((status, out.split('.').count()), (Some(7), 3));
}

#[test]
fn the_lines_to_paste_configure_a_client_in_another_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("my secret"), "s p'ace\n").unwrap();
    let line = format!(
        "cd '{}'; \"$XA\" sandbox --client-secret-file 'my secret' --client-id \"it's\" > lines & \
         while ! grep -q unset lines 2>/dev/null; do sleep 0.05; done; export XILNEX_CA_FILE=/nonexistent; \
         XILNEX_CLIENT_SECRET=other; export XILNEX_CLIENT_SECRET; . ./lines; cd /; \"$XA\" token; status=$?; \
         kill $!; exit $status",
        folder.path().display()
    );
    let (status, out, err) = told(&shell(&line, &[]));
    assert_eq!((status, out.split('.').count()), (Some(0), 3), "{err}");
}

#[test]
fn the_sandbox_outlives_what_is_meant_for_its_command() {
    // The command sends the signals itself, so that nothing has to be waited for.
    for (signal, status) in [("INT", 6), ("QUIT", 6), ("TERM", 5), ("HUP", 5)] {
        let line = format!(
            "\"$XA\" sandbox -- sh -c 'trap \"exit 5\" TERM HUP; kill -{signal} $PPID; sleep 1 & wait $!; exit 6'"
        );
        assert_eq!(shell(&line, &[]).status.code(), Some(status), "{signal}");
    }
}

#[test]
fn a_sandbox_fails_as_it_is_told() {
    for (options, kind) in [
        ("--fault refuse", "connect"),
        ("--fault tls-expired", "tls"),
        ("--fault redirect-307", "bad_response"),
    ] {
        let number = Kind::all().find(|found| found.id() == kind).map(|found| i32::from(found.number()));
        let (found, out, err) = told(&shell(&format!("\"$XA\" sandbox {options} -- \"$XA\" token"), &[]));
        assert_eq!((found, out.as_str()), (number, ""), "{err}");
        assert!(err.contains(&format!("kind: {kind}")), "{err}");
    }
    let (status, out, _) = told(&shell("\"$XA\" sandbox --faults", &[]));
    assert_eq!(status, Some(0));
    assert_eq!(out.lines().count(), Fault::all().count());
    let (status, _, err) = told(&shell("\"$XA\" sandbox --fault unheard-of", &[]));
    assert!(status == Some(1) && err.contains("sandbox --faults"), "{err}");
}

#[test]
fn a_sandbox_with_tls_leaves_no_file_behind() {
    let folder = tempfile::tempdir().unwrap();
    let line = "\"$XA\" sandbox --tls > lines & while ! grep -q unset lines 2>/dev/null; do sleep 0.05; done; \
                . ./lines; \"$XA\" token; kill $!; wait $!; echo $?; ls -d xilnex-auth-sandbox-* | wc -l";
    let temporary = [("TMPDIR", folder.path().to_string_lossy().into_owned())];
    let line = format!("cd '{}'; {line}", folder.path().display());
    let (_, out, err) = told(&shell(&line, &temporary));
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!((lines.len(), &lines[1..]), (3, &["143", "0"][..]), "{err}");
}
