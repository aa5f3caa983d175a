"""Pools of processes, however they are started: every job has its token, and no process asks for more than one."""

import collections
import multiprocessing
import os
import time

from _figures import PATIENCE, end, sandbox, scale, tell

import xilnex_auth

WORKERS = 4


def job(_):
    """One job: which process did it, and how many requests that process has sent."""
    client = xilnex_auth.Client()
    token = client.get_token()
    time.sleep(0.001)
    return os.getpid(), token.count(".") == 2, client.stats().requests


def results(method, jobs):
    """The results of all jobs; None if the pool hung."""
    context = multiprocessing.get_context(method)
    # The jobs begin when all processes are there, so that each has its share.
    together = context.Barrier(WORKERS)
    with context.Pool(WORKERS, together.wait, (PATIENCE,)) as pool:
        try:
            return pool.map_async(job, range(jobs), chunksize=1).get(PATIENCE + jobs / 10)
        except multiprocessing.TimeoutError:
            return None


def tell_pool(server, method, parent, most):
    """Runs a pool and tells how it went; `most` requests may be sent by all of its processes together."""
    before = server.token_requests()
    own = xilnex_auth.Client().stats().requests
    done = results(method, scale())
    requests = server.token_requests() - before
    by_process = collections.defaultdict(int)
    for pid, _, sent in done or ():
        by_process[pid] = max(by_process[pid], sent)
    # A forked process goes on counting where its parent was.
    inherited = own if method == "fork" else 0
    wrong = sum(not good for _, good, _ in done or ())
    wrong += sum(sent - inherited > 1 for sent in by_process.values())
    wrong += requests > most
    tell(
        f"jobs in a pool of {WORKERS} processes started by {method}, {parent}",
        scale(),
        hangs=int(done is None),
        wrong=wrong,
        requests=requests,
    )


def main():
    with sandbox("--latency", "0.02") as server:
        tell_pool(server, "fork", "before the parent has a token", WORKERS)
        xilnex_auth.Client().get_token()
        tell_pool(server, "fork", "after the parent has a token", 0)
        tell_pool(server, "forkserver", "after the parent has a token", WORKERS)
        tell_pool(server, "spawn", "after the parent has a token", WORKERS)


if __name__ == "__main__":
    main()
    end()
