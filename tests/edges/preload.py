"""A server that loads its application, uses it and then forks its workers: each worker serves and renews its token.

The shape of `gunicorn --preload`, without gunicorn.
"""

import http.server
import json
import os
import socket
import time
import traceback
import urllib.request

from _figures import Ends, end, sandbox, scale, tell, wait_for

import xilnex_auth

WORKERS = 4

# Requests a second, and how long they go on at least.
RATE = 100
SECONDS = 6


class Application(http.server.BaseHTTPRequestHandler):
    """Answers with a token and the number of requests that its process has sent."""

    client = None

    def do_GET(self):
        answer = json.dumps([self.client.get_token(), self.client.stats().requests]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        """Says nothing."""


def worker(listening):
    """Forks a worker that serves what comes to a socket until it is ended; gives its process."""
    pid = os.fork()
    if pid:
        return pid
    try:
        server = http.server.ThreadingHTTPServer(listening.getsockname(), Application, bind_and_activate=False)
        server.socket = listening
        while True:
            server.handle_request()
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def ask(sockets, number):
    """Asks a worker, each in turn."""
    address = f"http://127.0.0.1:{sockets[number % WORKERS].getsockname()[1]}/"
    with urllib.request.urlopen(address, timeout=10) as answer:
        return json.load(answer)


def main():
    wrong, sent, ends = 0, [0] * WORKERS, Ends()
    count = max(scale(), 10 * WORKERS)
    seconds = max(SECONDS, count / RATE)
    # A token is renewed after 75 to 85 % of its life: once in this time.
    with sandbox("--ttl", str(int(seconds * 2 / 3))) as server:
        Application.client = xilnex_auth.Client()
        Application.client.get_token()
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(WORKERS)]
        workers = [worker(listening) for listening in sockets]
        started = time.monotonic()
        try:
            for number in range(count):
                token, requests = ask(sockets, number)
                wrong += not server.takes(token)
                sent[number % WORKERS] = requests
                time.sleep(max(0.0, started + seconds * number / count - time.monotonic()))
        finally:
            # Whatever happened: a worker that stays keeps whoever reads our figures waiting.
            for pid in workers:
                os.kill(pid, 15)
                status = wait_for(pid, 5)
                ends.enter(None if status is None else int(status != 15))
        requests = server.token_requests()
    # The parent's token serves all at first; then each worker renews its own, once or, on a slow machine, twice.
    wrong += sum(not 2 <= each <= 3 for each in sent)
    tell(
        f"requests to {WORKERS} workers forked from a process that had used the client, across a renewal",
        count,
        hangs=ends.hangs,
        wrong=wrong + ends.wrong,
        requests=requests,
    )


if __name__ == "__main__":
    main()
    end()
