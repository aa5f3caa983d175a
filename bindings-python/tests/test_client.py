"""The blocking client: tokens, options, threads, signals, and what may never be seen."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from xilnex_auth import Client, ClosedError, ConfigurationError, ConnectError, RejectedError, TokenTimeoutError


def test_the_environment_is_enough(sandbox, environment):
    script = "import xilnex_auth; print(xilnex_auth.get_token() is xilnex_auth.get_token())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
    assert sandbox.token_requests == 1


def test_a_token_with_what_is_known_of_it(sandbox):
    client = Client(**sandbox.options)
    token = client.access_token()
    assert token.value == client.get_token() and token.value.count(".") == 2
    assert (token.token_type, token.scope) == ("Bearer", "coreapi")
    assert token.authorization_header == client.authorization_header() == f"Bearer {token.value}"
    assert timedelta(minutes=59) < token.expires_at - datetime.now(timezone.utc) <= timedelta(hours=1)
    assert sandbox.token_requests == 1


def test_the_same_str_is_handed_out_while_the_token_stands(sandbox):
    client = Client(**sandbox.options)
    first = client.get_token()
    assert client.get_token() is first
    assert client.invalidate(first) and not client.invalidate(first)
    assert client.get_token() != first


def test_threads_share_one_request_and_the_gil_is_free(start_sandbox):
    sandbox = start_sandbox("--latency", "0.5")
    client = Client(**sandbox.options)
    seen = []
    with ThreadPoolExecutor(200) as pool:
        futures = [pool.submit(client.get_token) for _ in range(200)]
        while not all(future.done() for future in futures):
            seen.append(time.monotonic())
            time.sleep(0.01)
    assert len({future.result() for future in futures}) == 1
    assert sandbox.token_requests == 1
    # The main thread went on all the while.
    assert len(seen) > 10


def test_a_refused_token_may_be_given_as_the_object_that_it_came_in(sandbox):
    client = Client(**sandbox.options)
    assert client.invalidate(client.access_token())
    assert not client.invalidate("another")
    with pytest.raises(TypeError):
        client.invalidate(7)
    assert sandbox.token_requests == 1


def test_a_subclass_may_have_arguments_of_its_own(sandbox):
    class Till(Client):
        def __init__(self, number, **options):
            super().__init__(client_id="sandbox-client", **options)
            self.number = number

    options = {name: value for name, value in sandbox.options.items() if name != "client_id"}
    till = Till(7, **options)
    assert till.number == 7 and till.get_token().count(".") == 2
    with pytest.raises(RuntimeError, match="made before"):
        till.__init__(8, **options)

    class Forgetful(Client):
        def __init__(self):
            pass

    with pytest.raises(RuntimeError, match="__init__"):
        Forgetful().get_token()


def test_a_forked_child_asks_for_itself(start_sandbox):
    sandbox = start_sandbox("--latency", "1")
    script = (
        "import os, threading, time, xilnex_auth\n"
        "threading.Thread(target=xilnex_auth.get_token).start()\n"
        "time.sleep(0.3)\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    xilnex_auth.get_token(timeout=5)\n"
        "    os._exit(0)\n"
        "print(os.waitpid(child, 0)[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **sandbox.environment}, capture_output=True, text=True
    )
    assert done.stdout == "0\n", done.stderr
    assert sandbox.token_requests == 2


def test_clients_of_equal_configuration_share_a_token(sandbox):
    assert len({Client(**sandbox.options).get_token() for _ in range(50)}) == 1
    assert sandbox.token_requests == 1


def test_with_closes_the_client_and_no_other(sandbox):
    with Client(**sandbox.options) as client:
        client.get_token()
    with pytest.raises(ClosedError, match="closed"):
        client.get_token()
    Client(**sandbox.options).get_token()


def test_a_timeout_is_a_timeout_error(start_sandbox):
    client = Client(**start_sandbox("--latency", "5").options)
    started = time.monotonic()
    with pytest.raises(TimeoutError) as told:
        client.get_token(timeout=0.2)
    assert isinstance(told.value, TokenTimeoutError) and time.monotonic() - started < 3


@pytest.fixture
def ctrl_c():
    """As in a program at a terminal: whoever starts the tests in the background has the signal ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_a_blocked_call_and_leaves_the_request_alone(start_sandbox):
    sandbox = start_sandbox("--latency", "1")
    client = Client(**sandbox.options)
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        client.get_token()
    client.get_token()
    assert sandbox.token_requests == 1


def test_options_win_over_the_environment_and_none_means_not_given(environment, tmp_path):
    client = Client(client_id="other", scope=None)
    assert (client.client_id, client.scope) == ("other", "coreapi")
    secret = tmp_path / "secret"
    secret.write_text(environment["XILNEX_CLIENT_SECRET"] + "\n")
    Client(client_secret_file=secret, timeout=2.5, connect_timeout="1").get_token()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, ["client_id", "XILNEX_CLIENT_ID", "XILNEX_CLIENT_SECRET_FILE"]),
        ({"client_id": "a"}, ["client_secret", "XILNEX_CLIENT_SECRET"]),
        ({"client_id": 7}, ["client_id (XILNEX_CLIENT_ID)", "text", "a number"]),
        ({"client_id": b"a"}, ["client_id", "bytes"]),
        ({"client_id": "a\udc80"}, ["client_id", "surrogate"]),
        ({"client_secret": ["canary"]}, ["client_secret", "list"]),
        ({"client_secret": "canary\n"}, ["client_secret", "line break"]),
        ({"client_secret": Path("canary")}, ["client_secret", "a path"]),
        ({"client_secret_file": "/nonexistent/canary-free"}, ["client_secret_file", "cannot be read"]),
        ({"timeout": True}, ["timeout", "bool"]),
        ({"timeout": float("nan")}, ["timeout", "3600"]),
        ({"timeout": -1}, ["timeout", "XILNEX_TIMEOUT"]),
        ({"base_url": "http://auth.example.com"}, ["base_url", "https://"]),
        ({"scopes": "coreapi"}, ["unknown option scopes", "scope"]),
    ],
)
def test_a_wrong_option_is_named(options, words):
    if "client_secret_file" in options or "timeout" in options:
        options = {"client_id": "a", **options}
    with pytest.raises(ConfigurationError) as told:
        Client(**options)
    assert isinstance(told.value, ValueError)
    assert all(word in str(told.value) for word in words), str(told.value)
    assert "canary" not in str(told.value).replace("canary-free", "")


@pytest.mark.parametrize("arguments", [{"min_ttl": -1}, {"timeout": -1}, {"timeout": float("inf")}, {"min_ttl": 1e10}])
def test_a_wrong_argument_is_named(sandbox, arguments):
    client = Client(**sandbox.options)
    with pytest.raises(ConfigurationError, match=next(iter(arguments))):
        client.get_token(**arguments)
    with pytest.raises(TypeError):
        client.get_token(timeout="soon")
    assert sandbox.token_requests == 0


def test_a_thousand_clients_have_no_thread(sandbox):
    def threads():
        return len(os.listdir("/proc/self/task"))

    before = threads()
    # Each timeout is another configuration, so that none shares a token with another.
    clients = [Client(**{**sandbox.options, "timeout": 10 + number / 1000}) for number in range(1000)]
    assert len({client.get_token() for client in clients}) == 1000
    until = time.monotonic() + 10
    while threads() > before and time.monotonic() < until:
        time.sleep(0.01)
    assert threads() == before


def test_positional_arguments_are_refused():
    with pytest.raises(TypeError):
        Client("id", "secret")


def test_errors_tell_what_the_server_said(sandbox):
    with pytest.raises(RejectedError) as told:
        Client(**{**sandbox.options, "client_secret": "canary"}).get_token()
    error = told.value
    assert (error.kind, error.oauth_error, error.http_status) == ("rejected", "invalid_client", 400)
    assert (error.attempts, error.is_retryable, error.retry_after) == (1, False, None)


def test_a_server_that_is_not_there(sandbox):
    sandbox.stop()
    with pytest.raises(ConnectError) as told:
        Client(**sandbox.options).get_token()
    assert isinstance(told.value, ConnectionError) and told.value.is_retryable


def test_a_client_says_which_one_it_is_and_takes_no_attributes(sandbox):
    client = Client(**sandbox.options)
    assert "sandbox-client" in repr(client) and not hasattr(client, "__dict__")


def test_importing_costs_no_other_module_of_weight():
    script = "import sys; before = set(sys.modules); import xilnex_auth; print(*(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"asyncio", "logging", "ssl", "socket", "threading", "json", "urllib", "inspect", "re"}
    assert not heavy & set(loaded), loaded


def test_the_interpreter_ends_while_threads_wait(start_sandbox):
    sandbox = start_sandbox("--latency", "5")
    script = (
        "import threading, time, xilnex_auth\n"
        "for _ in range(16): threading.Thread(target=xilnex_auth.get_token, daemon=True).start()\n"
        "time.sleep(0.3)\n"
    )
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **sandbox.environment}, capture_output=True, timeout=30
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert time.monotonic() - started < 4
