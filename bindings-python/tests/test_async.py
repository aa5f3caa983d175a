"""The async twins: tasks share a request, block nothing, and leave each other alone."""

import asyncio
import os
import subprocess
import sys
import threading
import time

import pytest

import xilnex_auth
from xilnex_auth import Client, RejectedError, TokenTimeoutError, _waiting


def waiting_threads():
    return [thread for thread in threading.enumerate() if thread.name == "xilnex-auth-waiting"]


def test_five_hundred_tasks_cost_one_request_and_the_loop_goes_on(start_sandbox):
    sandbox = start_sandbox("--latency", "0.5")
    client = Client(**sandbox.options)

    async def heartbeat(beats):
        while True:
            beats.append(time.monotonic())
            await asyncio.sleep(0.01)

    async def job():
        beats = []
        heart = asyncio.create_task(heartbeat(beats))
        tokens = await asyncio.gather(*(client.get_token_async() for _ in range(500)))
        threads = len(waiting_threads())
        heart.cancel()
        return set(tokens), len(beats), threads

    tokens, beats, threads = asyncio.run(job())
    assert tokens == {client.get_token()}
    assert sandbox.token_requests == 1
    assert beats > 10 and threads <= 1


def test_no_thread_stays_when_nobody_waits(sandbox):
    async def job():
        await Client(**sandbox.options).get_token_async()
        until = time.monotonic() + 10
        while waiting_threads() and time.monotonic() < until:
            await asyncio.sleep(0.01)
        return waiting_threads()

    assert asyncio.run(job()) == []


def test_a_cancelled_task_leaves_the_others_alone(start_sandbox):
    sandbox = start_sandbox("--latency", "0.5")
    client = Client(**sandbox.options)

    async def job():
        first, second = (asyncio.create_task(client.get_token_async()) for _ in range(2))
        await asyncio.sleep(0.1)
        first.cancel()
        token = await second
        with pytest.raises(asyncio.CancelledError):
            await first
        return token

    assert asyncio.run(job()) == client.get_token()
    assert sandbox.token_requests == 1


def test_the_call_s_own_timeout_ends_it(start_sandbox):
    client = Client(**start_sandbox("--latency", "5").options)
    started = time.monotonic()
    with pytest.raises(TokenTimeoutError):
        asyncio.run(client.get_token_async(timeout=0.2))
    assert time.monotonic() - started < 3


def test_wait_for_and_errors(sandbox):
    refused = Client(**{**sandbox.options, "client_secret": "wrong"})
    with pytest.raises(RejectedError):
        asyncio.run(asyncio.wait_for(refused.get_token_async(), 10))


def test_a_ready_token_needs_no_thread(sandbox):
    client = Client(**sandbox.options)
    token = client.get_token()

    async def job():
        assert await client.get_token_async() is token
        assert (await client.access_token_async()).value == token
        assert await client.authorization_header_async() == f"Bearer {token}"
        async with Client(**sandbox.options) as other:
            assert await other.get_token_async(min_ttl=60) == token
        return waiting_threads()

    assert asyncio.run(job()) == []


def test_a_task_looks_only_when_something_may_have_landed(start_sandbox, monkeypatch):
    looks = []
    poll = _waiting.Pending.poll

    class Counted:
        def __init__(self, pending):
            self._pending = pending

        def poll(self):
            looks.append(None)
            return poll(self._pending)

        def __getattr__(self, name):
            return getattr(self._pending, name)

    async def job():
        for _ in range(3):
            client = Client(**start_sandbox("--latency", "0.3").options)
            await asyncio.gather(*(_waiting.landing(Counted(client._request(0.0, None))) for _ in range(2)))

    asyncio.run(job())
    assert len(looks) < 30


def test_a_task_looks_again_when_its_time_is_over_without_an_end():
    class Undecided:
        looks = 0

        def poll(self):
            self.looks += 1
            return "token" if self.looks == 4 else None

        def left(self):
            return 0.02

        def ring(self, _):
            pass

    pending = Undecided()
    assert asyncio.run(asyncio.wait_for(_waiting.landing(pending), 10)) == "token"
    assert pending.looks == 4


def test_children_forked_while_tasks_wait_and_after_that_work(start_sandbox):
    sandbox = start_sandbox("--latency", "1")
    script = (
        "import asyncio, os, sys, threading, time, xilnex_auth\n"
        "client = xilnex_auth.Client()\n"
        "def work():\n"
        "    asyncio.run(client.get_token_async(timeout=5))\n"
        "    os._exit(0)\n"
        "async def job():\n"
        "    tasks = [asyncio.create_task(client.get_token_async()) for _ in range(3)]\n"
        "    await asyncio.sleep(0.3)\n"
        "    child = os.fork()\n"
        "    if child == 0: threading.Thread(target=work).start(); time.sleep(10); os._exit(1)\n"
        "    await asyncio.gather(*tasks)\n"
        "    return os.waitpid(child, 0)[1]\n"
        "print(asyncio.run(job()))\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    print(asyncio.run(client.get_token_async()) == client.get_token())\n"
        "    sys.exit(0)\n"
        "print(os.waitpid(child, 0)[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        env={**os.environ, **sandbox.environment, "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.stdout, done.returncode) == ("0\nTrue\n0\n", 0), done.stderr
    assert sandbox.token_requests == 2


def test_where_no_thread_can_be_had_a_task_looks_for_itself(start_sandbox, monkeypatch):
    def refuse(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    sandbox = start_sandbox("--latency", "0.2")
    started = time.monotonic()
    token = asyncio.run(Client(**sandbox.options).get_token_async())
    assert time.monotonic() - started < 5
    monkeypatch.undo()
    assert asyncio.run(Client(**sandbox.options).get_token_async()) == token


def test_loops_in_many_threads(start_sandbox):
    sandbox = start_sandbox("--latency", "0.3")
    client = Client(**sandbox.options)
    tokens = []
    threads = [threading.Thread(target=lambda: tokens.append(asyncio.run(client.get_token_async()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(tokens) == 8 and len(set(tokens)) == 1
    assert sandbox.token_requests == 1


def test_the_default_client(sandbox, environment):
    script = "import asyncio, xilnex_auth; print(asyncio.run(xilnex_auth.get_token_async()) == xilnex_auth.get_token())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout == "True\n"
    assert xilnex_auth.get_token_async is not None


def test_a_waiting_coroutine_may_be_collected_at_any_moment(start_sandbox):
    sandbox = start_sandbox("--latency", "0.5")
    client = Client(**sandbox.options)

    async def job():
        abandoned = client.get_token_async()
        abandoned.send(None)
        # As the garbage collector does it, on a thread that happens to hold the lock.
        with _waiting._waiters._lock:
            abandoned.close()
        return await client.get_token_async()

    tokens = []
    thread = threading.Thread(target=lambda: tokens.append(asyncio.run(job())), daemon=True)
    thread.start()
    thread.join(10)
    assert tokens == [client.get_token()]


def test_a_loop_that_was_closed_with_a_waiting_task_is_forgotten(start_sandbox):
    sandbox = start_sandbox("--latency", "0.3")
    client = Client(**sandbox.options)
    loop = asyncio.new_event_loop()
    task = loop.create_task(client.get_token_async())
    loop.run_until_complete(asyncio.sleep(0.05))
    assert len(_waiting._waiters._waiting) == 1
    task._log_destroy_pending = False
    loop.close()
    assert client.get_token()
    until = time.monotonic() + 10
    while _waiting._waiters._waiting and time.monotonic() < until:
        time.sleep(0.01)
    assert not _waiting._waiters._waiting
