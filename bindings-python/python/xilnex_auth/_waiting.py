"""How tasks of asyncio wait for a token request: one thread wakes them all, and lives only while somebody waits."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import suppress

from ._native import AccessToken, Bell, Pending

# The bell rings for every landing, so this only bounds how long a thread that nobody needs could stay.
PATIENCE = 60.0


class _Waiters:
    def __init__(self) -> None:
        self._bell = Bell()
        self._lock = threading.Lock()
        self._waiting: dict[asyncio.Future[None], asyncio.AbstractEventLoop] = {}
        self._thread: threading.Thread | None = None

    async def landing(self, pending: Pending) -> AccessToken:
        loop = asyncio.get_running_loop()
        pending.ring(self._bell)
        while True:
            woken = loop.create_future()
            # On the list before the look at the request: a landing in between rings for this task too.
            self._enter(woken, loop)
            deadline = loop.call_later(pending.left(), _wake, woken)
            try:
                token = pending.poll()
                if token is not None:
                    return token
                await woken
            finally:
                deadline.cancel()
                self._leave(woken)

    def _enter(self, woken: asyncio.Future[None], loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            self._waiting[woken] = loop
            if self._thread is None:
                # A daemon: an interpreter that ends waits for no token.
                self._thread = threading.Thread(target=self._run, name="xilnex-auth-waiting", daemon=True)
                self._thread.start()

    def _leave(self, woken: asyncio.Future[None]) -> None:
        with self._lock:
            del self._waiting[woken]
            if not self._waiting:
                self._bell.ring()

    def _run(self) -> None:
        while True:
            self._bell.wait(PATIENCE)
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                waiting = list(self._waiting.items())
            for woken, loop in waiting:
                # A loop that was closed with the task in it asks for no token any more.
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(_wake, woken)


def _wake(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)


_waiters = _Waiters()


async def landing(pending: Pending) -> AccessToken:
    """The token when the request has ended; raises what it ended with, or that the call's time is over."""
    return await _waiters.landing(pending)


def _forget() -> None:
    """A forked child has neither the thread nor the tasks of its parent."""
    global _waiters
    _waiters = _Waiters()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
