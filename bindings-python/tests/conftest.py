"""A sandbox for each test that asks for one, started by the package's own command line."""

import json
import os
import shlex
import subprocess
import sys
import urllib.request

import pytest
from servers import Server

pytest.register_assert_rewrite("rules")

PATIENCE = 30


class Sandbox:
    """The sandbox as a process of its own."""

    def __init__(self, *options):
        command = [sys.executable, "-m", "xilnex_auth", "sandbox", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.environment = {}
        while "XILNEX_SCOPE" not in self.environment:
            line = self.process.stdout.readline()
            assert line, "the sandbox ended before it was ready"
            _, assignment = shlex.split(line)
            name, _, value = assignment.partition("=")
            self.environment[name] = value

    @property
    def options(self):
        return {name[len("XILNEX_") :].lower(): value for name, value in self.environment.items()}

    @property
    def secret(self):
        return self.environment["XILNEX_CLIENT_SECRET"]

    @property
    def token_requests(self):
        with urllib.request.urlopen(self.environment["XILNEX_BASE_URL"] + "/sandbox", timeout=PATIENCE) as answer:
            return json.load(answer)["token_requests"]

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    for name in list(os.environ):
        if name.startswith("XILNEX_") or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)


@pytest.fixture
def start_sandbox():
    """Starts sandboxes with options of the command line, and stops them."""
    started = []

    def start(*options):
        started.append(Sandbox(*options))
        return started[-1]

    yield start
    for sandbox in started:
        sandbox.stop()


@pytest.fixture
def sandbox(start_sandbox):
    return start_sandbox()


@pytest.fixture
def environment(sandbox, monkeypatch):
    """The environment that configures clients for the sandbox."""
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    return sandbox.environment


@pytest.fixture
def serve():
    """Starts servers that answer as a function says, and stops them."""
    started = []

    def start(*answer):
        started.append(Server(*answer))
        return started[-1]

    yield start
    for server in started:
        server.stop()
