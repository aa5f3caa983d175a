"""The driver of Python: commands from stdin, one line of JSON for each answer."""

import asyncio
import json
import logging
import sys
import threading
import time
import traceback
from datetime import datetime, timezone
from urllib.parse import unquote

import xilnex_auth

options = {}
client = None
last_error = None


def make_client(_):
    global client
    client = None
    client = xilnex_auth.Client(**options)
    return {"ok": True}


def access_token(words):
    token = client.access_token(min_ttl=float(words[1]) if len(words) > 1 else 0.0)
    return {
        "token": token.value,
        "token_type": token.token_type,
        "scope": token.scope,
        "expires_in": (token.expires_at - datetime.now(timezone.utc)).total_seconds(),
    }


def concurrent(words):
    tokens, errors = set(), set()

    def call():
        try:
            tokens.add(client.get_token())
        except xilnex_auth.XilnexAuthError as error:
            errors.add(error.kind)

    threads = [threading.Thread(target=call) for _ in range(int(words[1]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"tokens": sorted(tokens), "errors": sorted(errors)}


def many(words):
    tokens, errors = set(), set()
    for _ in range(int(words[1])):
        try:
            tokens.add(client.get_token())
        except xilnex_auth.XilnexAuthError as error:
            errors.add(error.kind)
    return {"tokens": sorted(tokens), "errors": sorted(errors)}


def close_while(words):
    """Closes a client while threads and tasks wait for it and one thread waits for its equal."""
    count, other = int(words[1]), xilnex_auth.Client(**options)
    tokens, errors, ended = set(), set(), []

    def call(of, name=""):
        try:
            tokens.add(of.get_token())
        except xilnex_auth.XilnexAuthError as error:
            errors.add(name + error.kind)
            ended.append(time.monotonic())

    async def task():
        try:
            tokens.add(await client.get_token_async())
        except xilnex_auth.XilnexAuthError as error:
            errors.add(error.kind)
            ended.append(time.monotonic())

    async def tasks():
        await asyncio.gather(*(task() for _ in range(count)))

    staying = threading.Thread(target=call, args=(other, "other: "))
    threads = [threading.Thread(target=call, args=(client,)) for _ in range(count)]
    threads += [staying, threading.Thread(target=asyncio.run, args=(tasks(),))]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    closed = time.monotonic()
    client.close()
    for thread in threads:
        thread.join()
    assert len(ended) == 2 * count, ended
    return {"tokens": sorted(tokens), "errors": sorted(errors), "seconds": max(ended) - closed}


STATS = (
    "requests",
    "successes",
    "hits",
    "refreshes_ahead",
    "served_while_failing",
    "refused_in_cool_down",
    "refused_by_budget",
    "last_refresh",
    "expires_in",
    "clock_skew",
)


def stats(_):
    told = client.stats()
    return {"stats": {"failures": sum(told.failures.values()), **{name: getattr(told, name) for name in STATS}}}


class Heard(logging.Handler):
    def emit(self, record):
        heard.append(record.xilnex_event)


heard = []


def listen(_):
    logger = logging.getLogger("xilnex_auth")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(Heard())
    return {"ok": True}


def events(_):
    # A look at the figures is an entry into the package, which tells what has happened until then.
    client.stats()
    return {"events": heard}


def show(_):
    error = last_error
    told = []
    if error is not None:
        traced = traceback.format_exception(type(error), error, error.__traceback__)
        told = [repr(error), str(error), repr(vars(error)), *traced]
    return {"shown": " ".join([repr(client), str(client), repr(dir(client)), *told])}


def close(_):
    client.close()
    return {"ok": True}


def pause(words):
    time.sleep(float(words[1]))
    return {"ok": True}


COMMANDS = {
    "client": make_client,
    "default_token": lambda _: {"token": xilnex_auth.get_token()},
    "get_token": lambda _: {"token": client.get_token()},
    "authorization_header": lambda _: {"header": client.authorization_header()},
    "access_token": access_token,
    "invalidate": lambda words: {"invalidated": client.invalidate(words[1])},
    "concurrent": concurrent,
    "many": many,
    "close_while": close_while,
    "stats": stats,
    "listen": listen,
    "events": events,
    "close": close,
    "show": show,
    "sleep": pause,
}
WITHOUT_CLIENT = {"client", "default_token", "listen", "sleep"}


ERROR = (
    "kind",
    "message",
    "hint",
    "oauth_error",
    "http_status",
    "retry_after",
    "attempts",
    "is_retryable",
    "is_repeated",
)


def describe(error):
    return {"error": {member: getattr(error, member) for member in ERROR}}


def answer(words):
    global last_error
    if client is None and words[0] not in WITHOUT_CLIENT:
        return {"error": {"kind": "no_client"}}
    try:
        return COMMANDS[words[0]](words)
    except xilnex_auth.XilnexAuthError as error:
        last_error = error
        return describe(error)


def main():
    for line in sys.stdin:
        words = [unquote(word) for word in line.rstrip("\n").split(" ")]
        if words[0] == "option":
            options[words[1]] = words[2]
        else:
            print(json.dumps(answer(words)), flush=True)


if __name__ == "__main__":
    main()
