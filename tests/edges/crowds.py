"""Crowds that come at once to a client without a token: one request for all, and one error when it fails."""

import asyncio
import http.server
import itertools
import threading
import time

from _figures import PATIENCE, end, sandbox, scale, tell

import xilnex_auth

THREADS = 200
TASKS = 500
ATTEMPTS = 3

numbers = itertools.count()


def new_client(**options):
    """A client whose configuration no other has: it begins without a token."""
    return xilnex_auth.Client(timeout=PATIENCE + next(numbers) / 1e6, **options)


class Failing(http.server.ThreadingHTTPServer):
    """A server that answers nothing but 503, and counts."""

    request_queue_size = 128
    count = 0

    class RequestHandlerClass(http.server.BaseHTTPRequestHandler):
        """Answers one request."""

        def do_POST(self):
            self.server.count += 1
            self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(0.1)
            self.send_error(503)

        def log_message(self, *_):
            """Says nothing."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.RequestHandlerClass)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def new_client(self):
        """A client of this server."""
        options = {"base_url": f"http://127.0.0.1:{self.server_port}", "client_id": "a", "client_secret": "b"}
        return new_client(**options)


def of_threads(client):
    """What each of many threads gets, a token or an error; fewer where some hang."""
    got, start = [], threading.Barrier(THREADS)

    def call():
        start.wait(PATIENCE)
        try:
            got.append(client.get_token())
        except xilnex_auth.XilnexAuthError as error:
            got.append(error)

    threads = [threading.Thread(target=call, daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE)
    return got


def of_tasks(client):
    """What each of many tasks gets, a token or an error; nothing where they hang."""

    async def calls():
        return await asyncio.gather(*(client.get_token_async() for _ in range(TASKS)), return_exceptions=True)

    try:
        return asyncio.run(asyncio.wait_for(calls(), 2 * PATIENCE))
    except asyncio.TimeoutError:
        return []


def is_the_failure(got):
    """Whether somebody got the error of the request; who comes later is told it again."""
    return isinstance(got, xilnex_auth.UnavailableError) and (got.http_status, got.attempts) == (503, ATTEMPTS)


def tell_crowds(crowd, size, make, requests, most, are_good):
    """Lets crowds come, each to a client of its own, and tells what they got."""
    hangs, wrong, slowest, before = 0, 0, 0.0, requests()
    for _ in range(scale()):
        client = make()
        started = time.monotonic()
        got = crowd(client)
        slowest = max(slowest, time.monotonic() - started)
        hangs += size - len(got)
        wrong += not are_good(got)
    sent = requests() - before
    tell(
        f"crowds of {size} {crowd.__name__.removeprefix('of_')} without a token, "
        + ("a server that works" if most == 1 else "a server that fails"),
        scale(),
        hangs=hangs,
        wrong=wrong + (sent != most * scale()),
        requests=sent,
        slowest_ms=round(slowest * 1000),
    )


def main():
    def share_a_token(got):
        return all(isinstance(each, str) for each in got) and len(set(got)) == 1

    def share_an_error(got):
        return all(map(is_the_failure, got))

    with sandbox("--latency", "0.2") as server:
        tell_crowds(of_threads, THREADS, new_client, server.token_requests, 1, share_a_token)
        tell_crowds(of_tasks, TASKS, new_client, server.token_requests, 1, share_a_token)
    with Failing() as failing:
        for crowd, size in ((of_threads, THREADS), (of_tasks, TASKS)):
            tell_crowds(crowd, size, failing.new_client, lambda: failing.count, ATTEMPTS, share_an_error)
        failing.shutdown()


if __name__ == "__main__":
    main()
    end()
