"""Whatever a program may show, log, dump or copy of what this package gives holds no secret and no token."""

import base64
import copy
import gc
import inspect
import io
import json
import logging
import os
import pickle
import pprint
import subprocess
import sys
import traceback
import urllib.parse

import pytest

from xilnex_auth import Client, ConfigurationError, RejectedError

# With what URLs, JSON and shells have to escape.
CANARY = "canary \"5%/+&é<'\\ secret"


def spellings(text):
    """A text as it is, and as URLs, forms, JSON, Base64 and hexadecimal dumps write it."""
    data = text.encode()
    yield from (text, urllib.parse.quote(text), urllib.parse.quote_plus(text), json.dumps(text)[1:-1], repr(text)[1:-1])
    yield data.hex()
    for shift in range(3):
        # What neighbours decide is left out on both sides.
        yield base64.b64encode(b"\0" * shift + data)[4 if shift else 0 : -4].decode().rstrip("=")


def assert_clean(shown, *texts):
    for text in texts:
        for spelling in spellings(text):
            assert spelling not in shown


def traceback_with_locals(error):
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def chain(error):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


# What may be done with anything; each gives text.
WAYS = {
    "repr": repr,
    "str": str,
    "format": lambda thing: f"{thing} {thing!r} {[thing]} {({'it': thing},)}",
    "pprint": pprint.pformat,
    "vars": lambda thing: repr(getattr(thing, "__dict__", None)),
    "slots": lambda thing: repr([getattr(kind, "__slots__", None) for kind in type(thing).__mro__]),
    "json": lambda thing: json.dumps({"it": thing}, default=repr),
    "referents": lambda thing: repr(gc.get_referents(thing)),
    "type": lambda thing: repr(inspect.getmembers(type(thing))),
    "doc": lambda thing: f"{type(thing).__doc__}",
}

COPIES = {
    "pickle": pickle.dumps,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "reduce": lambda thing: thing.__reduce_ex__(4),
}


@pytest.fixture
def rejected(sandbox):
    """An error of a client with a secret that must not be seen."""
    with pytest.raises(RejectedError) as told:
        Client(**{**sandbox.options, "client_secret": CANARY}).get_token()
    return told.value


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_nothing_shows_a_secret_or_a_token(sandbox, rejected, way):
    client = Client(**sandbox.options)
    token = client.access_token()
    for thing in (client, token, rejected, client.stats(), client.get_token, Client):
        assert_clean(way(thing), sandbox.secret, token.value, CANARY)


@pytest.mark.parametrize("way", COPIES.values(), ids=COPIES)
def test_clients_and_tokens_refuse_to_be_copied(sandbox, way):
    client = Client(**sandbox.options)
    for thing in (client, client.access_token()):
        with pytest.raises(
            TypeError, match="it would carry a secret or a token; make a Client in each process instead"
        ):
            way(thing)


def test_a_traceback_with_the_locals_of_all_frames_shows_objects_and_not_what_is_in_them(sandbox, rejected):
    def work():
        client = Client(**sandbox.options)
        token = client.access_token()
        client.close()
        client.get_token()
        return token

    with pytest.raises(Exception, match="closed") as told:
        work()
    shown = traceback_with_locals(told.value) + traceback_with_locals(rejected)
    assert "client = <xilnex_auth.Client" in shown and "token = <xilnex_auth.AccessToken" in shown
    assert_clean(shown, sandbox.secret, Client(**sandbox.options).get_token(), CANARY)


def test_an_error_and_its_causes_show_nothing_and_can_be_pickled(rejected):
    for error in chain(rejected):
        shown = [str(error), repr(error), repr(vars(error)), repr(error.args), repr(getattr(error, "__notes__", []))]
        shown.append(pickle.dumps(error).decode("latin-1"))
        assert_clean("\n".join(shown), CANARY)


@pytest.mark.parametrize(
    "option", ["client_id", "base_url", "scope", "timeout", "ca_file", "proxy", "client_auth", CANARY]
)
def test_a_secret_in_the_place_of_another_option_is_not_repeated(option):
    with pytest.raises(ConfigurationError) as told:
        Client(**{"client_id": "a", "client_secret": "b", option: CANARY + "\n"})
    if option == "ca_file":
        # A path is told, or nobody could find out which file was not there.
        return
    assert_clean("".join(traceback.format_exception_only(told.value)), CANARY)


def test_logging_at_its_most_talkative_tells_neither(sandbox, tmp_path):
    script = (
        "import faulthandler, logging, sys, xilnex_auth\n"
        "logging.basicConfig(level=0, stream=sys.stdout)\n"
        "client = xilnex_auth.Client()\n"
        "token = client.access_token()\n"
        "client.invalidate(token)\n"
        "client.access_token()\n"
        "try: xilnex_auth.Client(client_secret='canary-secret').access_token()\n"
        "except xilnex_auth.XilnexAuthError: logging.exception('failed')\n"
        "faulthandler.dump_traceback(all_threads=True)\n"
        "with open(sys.argv[1], 'w') as file: file.write(token.value)\n"
    )
    talkative = {"RUST_LOG": "trace", "RUST_BACKTRACE": "full", "PYTHONDEVMODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "token"],
        env={**os.environ, **sandbox.environment, **talkative},
        capture_output=True,
        text=True,
        check=True,
    )
    token, shown = (tmp_path / "token").read_text(), done.stdout + done.stderr
    assert "fetching a token" in shown and "RejectedError" in shown
    assert_clean(shown, sandbox.secret, token, "canary-secret")


def test_a_record_of_logging_holds_neither(sandbox, caplog):
    with caplog.at_level(0):
        client = Client(**sandbox.options)
        token = client.get_token()
        client.invalidate(token)
        client.get_token()
    assert caplog.records
    stream = io.StringIO()
    for record in caplog.records:
        stream.write(repr(vars(record)) + logging.Formatter().format(record))
    assert_clean(stream.getvalue(), sandbox.secret, token)
