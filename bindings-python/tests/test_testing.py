"""The sandbox in the process, and the fixtures of pytest around it."""

import asyncio
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from importlib.metadata import entry_points

import pytest

import xilnex_auth
from xilnex_auth import Client, ConfigurationError, ConnectError, RejectedError, UnavailableError
from xilnex_auth.testing import RecordedRequest, Sandbox

PATIENCE = 30


def status(sandbox, token=None, rows=None):
    """The status of a request to the sandbox's resource."""
    request = urllib.request.Request(sandbox.data_url, data=rows and json.dumps(rows).encode())
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def run(*command, **variables):
    environment = {**os.environ, **variables}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


# The sandbox.


def test_it_runs_from_start_to_stop():
    sandbox = Sandbox()
    for attempt in (lambda: sandbox.base_url, lambda: sandbox.token_requests, sandbox.client):
        with pytest.raises(RuntimeError, match="not running"):
            attempt()
    assert "not running" in repr(sandbox)
    with sandbox.start() as same:
        assert same is sandbox and sandbox.start() is sandbox
        first = sandbox.base_url
    sandbox.stop()
    with pytest.raises(RuntimeError, match="not running"):
        sandbox.environment  # noqa: B018
    with sandbox:
        assert sandbox.token_requests == 0 and sandbox.base_url.startswith("http://127.0.0.1:")
        assert first.startswith("http://127.0.0.1:")


def test_it_tells_what_a_program_has_to_know():
    with Sandbox(client_id="etl", client_secret="s3cret", scope="coreapi other") as sandbox:  # noqa: S106
        assert (sandbox.client_id, sandbox.client_secret, sandbox.ca_file) == ("etl", "s3cret", None)
        assert sandbox.environment == {
            "XILNEX_BASE_URL": sandbox.base_url,
            "XILNEX_CLIENT_ID": "etl",
            "XILNEX_CLIENT_SECRET": "s3cret",
            "XILNEX_SCOPE": "coreapi other",
        }
        assert sandbox.client().access_token().scope == "coreapi other"
        assert sandbox.client(scope="coreapi").access_token().scope == "coreapi"


def test_it_shows_no_secret():
    with Sandbox(client_secret="canary-secret") as sandbox:  # noqa: S106
        token = sandbox.client().get_token()
        status(sandbox, token)
        for shown in (repr(sandbox), str(sandbox), repr(sandbox.requests), repr(getattr(sandbox, "__dict__", ""))):
            assert "canary-secret" not in shown and token not in shown
        assert "client_secret=<redacted>" in repr(sandbox) and sandbox.base_url in repr(sandbox)


def test_requests_are_kept_as_they_came():
    with Sandbox() as sandbox:
        token = sandbox.client().get_token()
        assert status(sandbox, token, [{"sku": "1"}]) == 201
        asked, posted = sandbox.requests
        assert isinstance(asked, RecordedRequest) and (asked.method, asked.path) == ("POST", "/connect/token")
        assert b"grant_type=client_credentials" in asked.body
        headers = {name.lower(): value for name, value in posted.headers}
        assert (posted.path, headers["authorization"], posted.body) == ("/data", f"Bearer {token}", b'[{"sku": "1"}]')
        with pytest.raises(AttributeError):
            posted.body = b""
        assert sandbox.token_requests == 1


def test_time_is_put_forward_for_server_and_clients_alike():
    with Sandbox(ttl=600) as sandbox:
        client, other = sandbox.client(), sandbox.client()
        first = client.get_token()
        assert status(sandbox, first) == 200 and client.get_token() == first
        assert other.get_token() != first
        sandbox.advance(600)
        assert status(sandbox, first) == 401
        assert client.get_token() != first and sandbox.token_requests == 3
        for seconds in (-1, float("nan")):
            with pytest.raises(ConfigurationError, match="forward only"):
                sandbox.advance(seconds)


def test_tokens_are_revoked():
    with Sandbox() as sandbox:
        client = sandbox.client()
        first = client.get_token()
        sandbox.revoke_tokens()
        assert status(sandbox, first) == 401 and status(sandbox) == 401
        assert client.invalidate(first) and status(sandbox, client.get_token()) == 200


def test_answers_go_by_a_script():
    script = [{"status": 503, "headers": {"Retry-After": "1"}}, {"status": 400, "body": {"error": "invalid_scope"}}]
    with Sandbox(script=script) as sandbox:
        with pytest.raises(RejectedError) as told:
            sandbox.client().get_token()
        assert told.value.oauth_error == "invalid_scope" and sandbox.token_requests == 2


def test_faults_happen_when_they_are_to():
    with Sandbox(fault="refuse") as sandbox, pytest.raises(ConnectError):
        sandbox.client(timeout=1).get_token()
    with Sandbox(fault="cut-in-body", fault_after=1, fault_times=3) as sandbox:
        assert sandbox.client().get_token()
        client = sandbox.client()
        with pytest.raises(UnavailableError):
            client.get_token()
        sandbox.advance(60)
        assert client.get_token()


def test_tls_with_a_certificate_to_trust():
    with Sandbox(tls=True) as sandbox:
        assert sandbox.base_url.startswith("https://") and os.path.exists(sandbox.ca_file)
        assert sandbox.client().get_token()
        Client(**{name[7:].lower(): value for name, value in sandbox.environment.items()}).get_token()
        with pytest.raises(xilnex_auth.TlsError):
            Client(base_url=sandbox.base_url, client_id="a", client_secret="b").get_token()  # noqa: S106
        path = sandbox.ca_file
    assert not os.path.exists(path)


def test_mistakes_are_named():
    with pytest.raises(ConfigurationError, match="fault"):
        Sandbox(fault="unheard-of").start()
    with pytest.raises(ConfigurationError, match="ttl"):
        Sandbox(ttl="5").start()
    with pytest.raises(TypeError, match="tll"):
        Sandbox(tll=5)
    with Sandbox() as sandbox:
        with pytest.raises(ConfigurationError, match="unknown option"):
            sandbox.client(colour="red")
        with pytest.raises(ConnectError, match="listen"):
            Sandbox(port=int(sandbox.base_url.rsplit(":", 1)[1])).start()


def test_the_environment_does_not_reach_its_clients(monkeypatch):
    monkeypatch.setenv("XILNEX_SCOPE", "unheard-of")
    monkeypatch.setenv("XILNEX_CLIENT_AUTH", "nonsense")
    with Sandbox() as sandbox:
        assert sandbox.client().scope == "coreapi"


def test_it_serves_the_tasks_of_a_loop():
    async def job():
        with Sandbox(latency=0.2) as sandbox:
            client = sandbox.client()
            tokens = await asyncio.gather(*(client.get_token_async() for _ in range(50)))
            return len(set(tokens)), sandbox.token_requests

    assert asyncio.run(job()) == (1, 1)


def test_a_forked_child_uses_it_and_cannot_break_it():
    script = (
        "import gc, os, sys\n"
        "from xilnex_auth.testing import Sandbox\n"
        "with Sandbox(tls=True) as sandbox:\n"
        "    client = sandbox.client()\n"
        "    token = client.get_token()\n"
        "    for ending in ('exit', 'return', 'collect'):\n"
        "        child = os.fork()\n"
        "        if child == 0:\n"
        "            try: sandbox.token_requests\n"
        "            except RuntimeError as error: assert 'alone' in str(error)\n"
        "            else: os._exit(5)\n"
        "            assert client.get_token() == token and sandbox.base_url and sandbox.ca_file\n"
        "            client.invalidate(token)\n"
        "            assert client.get_token() != token\n"
        "            sandbox.stop()\n"
        "            if ending == 'exit': sys.exit(7)\n"
        "            if ending == 'return': break\n"
        "            del sandbox\n"
        "            gc.collect()\n"
        "            os._exit(7)\n"
        "        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)\n"
        "    else:\n"
        "        sandbox.client().get_token()\n"
        "        print(sandbox.token_requests, os.path.exists(sandbox.ca_file))\n"
    )
    done = run(sys.executable, "-W", "ignore", "-c", script)
    assert done.stdout == "7\n0\n7\n5 True\n", done.stderr
    assert done.stderr == ""


def test_a_program_that_forgets_it_ends():
    done = run(sys.executable, "-c", "from xilnex_auth.testing import Sandbox; s = Sandbox().start(); print('done')")
    assert (done.stdout, done.returncode) == ("done\n", 0)


# The fixtures.


def run_job():
    """A job as programs have it: configured by nothing but the environment."""
    return {xilnex_auth.get_token() for _ in range(3)}


def test_job(xilnex_sandbox):
    run_job()
    assert xilnex_sandbox.token_requests == 1


def test_time_is_put_forward_for_the_default_client(xilnex_sandbox):
    first = run_job()
    xilnex_sandbox.advance(3600)
    assert run_job() != first and xilnex_sandbox.token_requests == 2


@pytest.mark.xilnex_sandbox(ttl=5, fault="refuse")
class TestMarker:
    def test_a_marker_of_the_class_gives_options(self, xilnex_client):
        with pytest.raises(ConnectError):
            xilnex_client.get_token(timeout=1)

    @pytest.mark.xilnex_sandbox(fault=None)
    def test_a_marker_of_the_test_has_the_last_word(self, xilnex_client):
        assert xilnex_client.get_token() and 0 < xilnex_client.stats().expires_in <= 5


def test_the_environment_is_that_of_the_sandbox_and_nothing_else(monkeypatch, request):
    monkeypatch.setenv("XILNEX_PROXY", "http://127.0.0.1:1")
    sandbox = request.getfixturevalue("xilnex_sandbox")
    assert {name: value for name, value in os.environ.items() if name.startswith("XILNEX_")} == sandbox.environment
    assert Client().get_token() and sandbox.token_requests == 1


PROGRAM = """
import os, pytest, xilnex_auth
from xilnex_auth import _native

def run_job():
    return xilnex_auth.get_token()

def test_job(xilnex_sandbox):
    run_job()
    assert xilnex_sandbox.token_requests == 1

def test_environment():
    assert os.environ["XILNEX_CLIENT_ID"] == "outer" and "XILNEX_BASE_URL" not in os.environ
    assert _native.replace_default_client(None) is None

@pytest.mark.xilnex_sandbox(5)
def test_positional(xilnex_sandbox): pass

@pytest.mark.xilnex_sandbox(tll=5)
def test_unknown(xilnex_sandbox): pass
"""


def test_the_plugin_comes_with_the_package_and_leaves_everything_as_it_was(tmp_path):
    (tmp_path / "test_program.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "pytest", "-v", "--strict-markers", "-W", "error", "-p", "no:cacheprovider"]
    done = run(*command, "--rootdir", str(tmp_path), str(tmp_path), XILNEX_CLIENT_ID="outer")
    assert "2 passed, 2 errors" in done.stdout, done.stdout
    for line in ("test_job PASSED", "test_environment PASSED", "takes its options by name", "argument 'tll'"):
        assert line in done.stdout
    markers = run(sys.executable, "-m", "pytest", "--markers")
    assert "@pytest.mark.xilnex_sandbox(**options)" in markers.stdout


def test_the_plugin_is_registered_once():
    points = entry_points()
    group = points.select(group="pytest11") if hasattr(points, "select") else points["pytest11"]
    assert [each.value for each in group if "xilnex" in each.name] == ["xilnex_auth.pytest_plugin"]


def test_what_is_not_used_is_not_imported():
    script = (
        "import sys, xilnex_auth\n"
        "costly = {'requests', 'httpx', 'aiohttp', 'pytest', 'asyncio', 'logging', 'ctypes', 'typing', 'dataclasses'}\n"
        "print(sorted(costly & set(sys.modules)))\n"
        "import pytest, xilnex_auth.pytest_plugin\n"
        "print(sorted({'requests', 'httpx', 'aiohttp', 'xilnex_auth.testing'} & set(sys.modules)))\n"
    )
    done = run(sys.executable, "-c", script)
    assert done.stdout == "[]\n[]\n", done.stderr
