"""Forks at any instant, while threads fetch tokens, drop them and make clients: each child works at once."""

import asyncio
import itertools
import logging
import os
import random
import sys
import threading
import time
import traceback
import warnings

from _figures import PATIENCE, Ends, end, sandbox, scale, tell, wait_for

import xilnex_auth

# Seconds in which a child must have its tokens.
SOON = 5

numbers = itertools.count()


def new_client():
    """A client whose configuration no other has: it begins without a token."""
    return xilnex_auth.Client(timeout=PATIENCE + next(numbers) / 1e6)


class Load:
    """Threads that work all the time."""

    def __init__(self, client):
        self.client = client
        self.fetching = {}
        self.failures = []
        self._is_over = False
        jobs = [self._kept] * 2 + [self._refused] * 2 + [self._cold] * 3 + [self._cold_task]
        self._threads = [threading.Thread(target=self._work, args=(job,), daemon=True) for job in jobs]
        for thread in self._threads:
            thread.start()

    def end(self):
        """Ends the threads and gives how many did not end."""
        self._is_over = True
        for thread in self._threads:
            thread.join(PATIENCE)
        return sum(thread.is_alive() for thread in self._threads)

    def _work(self, job):
        while not self._is_over:
            try:
                job()
            except Exception:
                self.failures.append(traceback.format_exc())
                return

    def _kept(self):
        for _ in range(100):
            self.client.get_token()
        # Else the thread that forks had few turns.
        time.sleep(0.001)

    def _cold(self):
        client = new_client()
        self.fetching[threading.get_ident()] = client
        client.get_token()
        del self.fetching[threading.get_ident()]

    def _cold_task(self):
        asyncio.run(new_client().get_token_async())

    def _refused(self):
        client = new_client()
        client.invalidate(client.get_token())
        client.get_token()


def child(kept, under_way):
    """What a child does: the client that has a token, those whose token its parent fetches, and one of its own."""
    for client in (kept, *under_way, new_client()):
        client.get_token(timeout=SOON)
    asyncio.run(new_client().get_token_async(timeout=SOON))


def fork(load, number):
    """Forks and waits for the child; tells its return code and whether its parent was fetching a token."""
    under_way = list(load.fetching.values())
    pid = os.fork()
    if pid:
        status = wait_for(pid, 2 * SOON)
        return None if status is None else os.waitstatus_to_exitcode(status), bool(under_way)
    try:
        child(load.client, under_way)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    if number % 4:
        os._exit(0)
    # Some end as programs do, with all that an interpreter has to clear.
    sys.exit(0)


def main():
    warnings.simplefilter("ignore", DeprecationWarning)
    # A fork may come while an event is told.
    logging.getLogger("xilnex_auth").setLevel(logging.DEBUG)
    chance = random.Random(7)  # noqa: S311 (The same instants in every run.)
    ends, in_flight, slowest = Ends(), 0, 0.0
    with sandbox("--latency", "0.02"):
        load = Load(xilnex_auth.Client())
        load.client.get_token()
        for number in range(scale()):
            time.sleep(chance.random() * 0.02)
            started = time.monotonic()
            returncode, was_in_flight = fork(load, number)
            took = time.monotonic() - started
            ends.enter(1 if returncode == 0 and took > SOON else returncode)
            in_flight += was_in_flight
            slowest = max(slowest, took)
        stuck = load.end()
    for failure in load.failures:
        print(failure, file=sys.stderr)
    tell(
        "forks of a process whose 8 threads fetch, drop and keep tokens; the child gets one of each client",
        scale(),
        hangs=ends.hangs + stuck,
        crashes=ends.crashes,
        wrong=ends.wrong + len(load.failures),
        in_flight=in_flight,
        slowest_ms=round(slowest * 1000),
    )


if __name__ == "__main__":
    main()
    end()
