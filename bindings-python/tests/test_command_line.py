"""The command line as the package installs it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import xilnex_auth

PROGRAMS = [[str(Path(sys.executable).with_name("xilnex-auth"))], [sys.executable, "-m", "xilnex_auth"]]


def run(program, *arguments, environment=None):
    return subprocess.run(
        [*program, *arguments], env={**os.environ, **(environment or {})}, capture_output=True, text=True, timeout=30
    )


@pytest.mark.parametrize("program", PROGRAMS, ids=["script", "module"])
def test_token_header_version(program, sandbox):
    token = run(program, "token", environment=sandbox.environment)
    assert (token.returncode, token.stderr) == (0, "") and token.stdout.count(".") == 2
    assert run(program, "header", environment=sandbox.environment).stdout.startswith("Authorization: Bearer ")
    assert run(program, "--version").stdout == f"xilnex-auth {xilnex_auth.__version__}\n"
    refused = run(program, "token")
    assert (refused.returncode, refused.stdout) == (1, "") and "kind: invalid_config\n" in refused.stderr


def test_a_command_inside_a_sandbox_ends_with_its_status(sandbox):
    script = "import sys, xilnex_auth; xilnex_auth.get_token(); sys.exit(7)"
    assert run(PROGRAMS[0], "sandbox", "--", sys.executable, "-c", script).returncode == 7


def test_ctrl_c_ends_the_sandbox(sandbox):
    sandbox.process.send_signal(signal.SIGINT)
    assert sandbox.process.wait(10) == -signal.SIGINT


@pytest.mark.parametrize("program", PROGRAMS, ids=["script", "module"])
@pytest.mark.parametrize(("name", "status"), [("INT", 6), ("TERM", 5), ("HUP", 5)])
def test_the_sandbox_outlives_what_is_meant_for_its_command(program, name, status):
    # The command sends the signal itself, so that nothing has to be waited for.
    command = f'trap "exit 5" TERM HUP; kill -{name} $PPID; sleep 1 & wait $!; exit 6'
    assert run(program, "sandbox", "--", "sh", "-c", command).returncode == status
