"""What happens to the tokens, as records of `logging`."""

import asyncio
import hashlib
import logging
import os
import re
import subprocess
import sys
import threading
import time

import pytest

from xilnex_auth import Client, RejectedError

# Long enough for a refresh behind a call to end.
PATIENCE = 20


def fingerprint(token):
    return hashlib.sha256(token.encode()).hexdigest()[:8]


def events(told):
    return [record.xilnex_event for record in told()]


def until(told, client, event):
    """Passes by the client until an event was told; a request tells its end after its callers have the token."""
    end = time.monotonic() + PATIENCE
    while event not in events(told) and time.monotonic() < end:
        client.stats()
        time.sleep(0.01)
    return next(record for record in told() if record.xilnex_event == event)


@pytest.fixture
def start_sandbox(start_sandbox, request):
    """Sandboxes whose client is called like the test: a request that another test left behind is not told here."""
    return lambda *options: start_sandbox("--client-id", request.function.__name__, *options)


@pytest.fixture
def told(caplog, request):
    """Gives the records so far."""
    caplog.set_level(logging.DEBUG, "xilnex_auth")
    name = request.function.__name__
    return lambda: [record for record in caplog.records if getattr(record, "xilnex_client_id", None) == name]


@pytest.fixture
def failing_refresh(start_sandbox):
    """A client that has a valid token and cannot have another."""
    sandbox = start_sandbox("--ttl", "4")
    client = Client(**sandbox.options)
    token = client.get_token()
    sandbox.stop()
    return client, token, sandbox.secret


def test_a_refresh_is_told_with_its_token_s_fingerprint_and_its_own_time(sandbox, told):
    client = Client(**sandbox.options)
    before = time.time()
    token = client.get_token()
    after = time.time()
    record = until(told, client, "refresh_succeeded")
    started = told()[0]
    assert events(told) == ["refresh_started", "refresh_succeeded"]
    assert {(each.levelno, each.xilnex_client_id) for each in told()} == {(logging.DEBUG, client.client_id)}
    assert record.xilnex_token == fingerprint(token) and fingerprint(token) in record.getMessage()
    assert started.xilnex_token is None and started.xilnex_error is None
    assert before <= started.created <= record.created <= after + 1
    assert started.msecs == int(started.created % 1 * 1000)
    assert abs(record.created - started.created - (record.relativeCreated - started.relativeCreated) / 1000) < 0.01
    assert all(token not in str(vars(each)) and sandbox.secret not in str(vars(each)) for each in told())


def test_a_refused_token_is_told(sandbox, told):
    client = Client(**sandbox.options)
    token = client.get_token()
    assert client.invalidate(token)
    assert told()[-1].xilnex_event == "invalidated" and told()[-1].xilnex_token == fingerprint(token)


def test_a_failure_without_a_token_is_no_warning_since_the_caller_has_the_error(sandbox, told):
    client = Client(**{**sandbox.options, "client_secret": "canary"})
    with pytest.raises(RejectedError):
        client.get_token()
    record = until(told, client, "refresh_failed")
    assert (record.levelno, record.xilnex_error) == (logging.DEBUG, "rejected")
    assert "canary" not in str(vars(record))


def test_a_failed_refresh_is_a_warning_while_the_token_is_valid(failing_refresh, told):
    client, token, secret = failing_refresh
    end = time.monotonic() + PATIENCE
    while "served_during_outage" not in events(told) and time.monotonic() < end:
        assert client.get_token() == token
        time.sleep(0.01)
    failed = next(record for record in told() if record.xilnex_event == "refresh_failed")
    assert (failed.levelno, failed.levelname, failed.xilnex_error) == (logging.WARNING, "WARNING", "connect")
    for record in told():
        assert token not in str(vars(record)) and secret not in str(vars(record))
    assert client.stats().served_while_failing > 0


def test_async_calls_tell_too(sandbox, told):
    async def job():
        client = Client(**sandbox.options)
        await client.get_token_async()
        while "refresh_succeeded" not in events(told):
            await client.get_token_async()

    asyncio.run(asyncio.wait_for(job(), PATIENCE))
    assert events(told) == ["refresh_started", "refresh_succeeded"]


def test_what_is_not_wanted_is_not_made(sandbox, caplog, monkeypatch):
    caplog.set_level(logging.WARNING, "xilnex_auth")
    made = []
    monkeypatch.setattr(logging.Logger, "makeRecord", lambda *_, **__: made.append(None))
    client = Client(**sandbox.options)
    client.invalidate(client.get_token())
    client.get_token()
    assert made == []


@pytest.fixture
def logger():
    """The logger, which tells all, with what a test hangs on it taken off again."""
    logger = logging.getLogger("xilnex_auth")
    handlers, filters, level = logger.handlers[:], logger.filters[:], logger.level
    logger.setLevel(logging.DEBUG)
    yield logger
    logger.setLevel(level)
    logger.handlers[:], logger.filters[:] = handlers, filters


def test_a_handler_may_ask_for_a_token(sandbox, logger):
    client = Client(**sandbox.options)
    seen = []

    class Asks(logging.Handler):
        def emit(self, record):
            # Each of these leaves an event behind, which is told after this one and not inside it.
            client.invalidate(client.get_token())
            seen.append(client.get_token())

    logger.addHandler(Asks())
    token = client.get_token()
    client.get_token()
    assert seen and token.count(".") == 2


def test_a_filter_that_raises_breaks_no_call(sandbox, logger, monkeypatch):
    shown = []
    monkeypatch.setattr(sys, "unraisablehook", shown.append)

    def broken(record):
        raise RuntimeError("a broken filter")

    logger.addFilter(broken)
    assert Client(**sandbox.options).get_token().count(".") == 2
    assert [str(each.exc_value) for each in shown[:1]] == ["a broken filter"]


def test_ctrl_c_in_a_handler_ends_the_call(sandbox, logger):
    class Interrupted(logging.Handler):
        def emit(self, record):
            raise KeyboardInterrupt

    logger.addHandler(Interrupted())
    with pytest.raises(KeyboardInterrupt):
        Client(**sandbox.options).get_token()


def test_many_threads_tell_each_event_once(start_sandbox, told):
    client = Client(**start_sandbox("--latency", "0.1").options)
    threads = [threading.Thread(target=client.get_token) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    until(told, client, "refresh_succeeded")
    assert events(told) == ["refresh_started", "refresh_succeeded"]


def run(script, sandbox):
    return subprocess.run(
        [sys.executable, "-c", script, str(sandbox.process.pid)],
        env={**os.environ, **sandbox.environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )


def test_a_forked_child_does_not_tell_what_its_parent_did(start_sandbox):
    script = (
        "import logging, os, time, xilnex_auth\n"
        "client = xilnex_auth.Client()\n"
        "try: client.get_token(timeout=0.1)\n"
        "except TimeoutError: time.sleep(1)\n"
        "child = os.fork()\n"
        "logging.basicConfig(level='DEBUG', filename='/dev/stdout', format=f'{bool(child)} %(message)s')\n"
        "client.stats()\n"
        "child and os.waitpid(child, 0)\n"
    )
    sandbox = start_sandbox("--latency", "0.3")
    # The first answer of a sandbox takes longer, since it makes its key.
    Client(**sandbox.options).get_token()
    lines = run(script, sandbox).stdout.splitlines()
    assert len(lines) == 1 and re.match("True .*: token [0-9a-f]{8} after ", lines[0]), lines


FAILING = (
    "import os, sys, time, xilnex_auth\n"
    "client = xilnex_auth.Client()\n"
    "client.get_token()\n"
    "os.kill(int(sys.argv[1]), 9)\n"
    "end = time.monotonic() + 10\n"
    "while not client.stats().served_while_failing and time.monotonic() < end:\n"
    "    client.get_token()\n"
    "    time.sleep(0.01)\n"
    "print(client.stats().failures)\n"
)


@pytest.mark.parametrize("imports", ["", "import logging\n"])
def test_nothing_stands_on_stderr_unasked_and_logging_is_not_imported(start_sandbox, imports):
    script = imports + FAILING + "print('logging' in sys.modules)\n"
    done = run(script, start_sandbox("--ttl", "4"))
    assert (done.stdout, done.stderr) == (f"{{'connect': 1}}\n{bool(imports)}\n", "")


def test_a_program_that_asks_has_the_warning_on_stderr(start_sandbox):
    done = run("import logging\nlogging.basicConfig()\n" + FAILING, start_sandbox("--ttl", "4"))
    assert re.match(
        r"WARNING:xilnex_auth:[\w-]+: token [0-9a-f]{8}, good for \d+ s, could not be renewed after [0-9.]+ s: ",
        done.stderr,
    ), done.stderr
    assert len(done.stderr.splitlines()) == 1
