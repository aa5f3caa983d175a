"""How tasks of asyncio wait for a token request: one thread wakes them all, and lives only while somebody waits."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import contextmanager, suppress

from ._native import AccessToken, Bell, Pending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator

# The bell rings for every landing, so this only bounds how long a thread that nobody needs could stay.
PATIENCE = 60.0

# How often a task looks for itself where the system refuses a thread that would wake it.
POLL = 0.05


class _Waiters:
    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begins anew: a forked child has no thread of its parent's, and may find its locks taken for ever."""
        self._bell = Bell()
        self._lock = threading.Lock()
        self._waiting: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._thread: threading.Thread | None = None

    async def landing(self, pending: Pending) -> AccessToken:
        loop = asyncio.get_running_loop()
        woken = asyncio.Event()
        # Listed before the look at the request: a landing in between rings for this task too.
        with self._listed(woken, loop) as is_served:
            pending.ring(self._bell)
            while (token := pending.poll()) is None:
                left = pending.left()
                deadline = loop.call_later(left if is_served else min(left, POLL), woken.set)
                try:
                    await woken.wait()
                finally:
                    deadline.cancel()
                woken.clear()
            return token

    @contextmanager
    def _listed(self, woken: asyncio.Event, loop: asyncio.AbstractEventLoop) -> Generator[bool, None, None]:
        """Has a task woken by every ring; false where there is no thread to do it."""
        with self._lock:
            self._waiting[woken] = loop
            self._start()
            is_served = self._thread is not None
        try:
            yield is_served
        finally:
            # Without the lock: the garbage collector may come by here on a thread that holds it. A task that was
            # forked while it waited is listed no more.
            self._waiting.pop(woken, None)
            if not self._waiting:
                self._bell.ring()

    def _start(self) -> None:
        if self._thread is None:
            # A daemon: an interpreter that ends waits for no token.
            thread = threading.Thread(target=self._run, name="xilnex-auth-waiting", daemon=True)
            with suppress(RuntimeError):
                thread.start()
                self._thread = thread

    def _run(self) -> None:
        while True:
            self._bell.wait(PATIENCE)
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
            for woken, loop in self._listing():
                try:
                    loop.call_soon_threadsafe(woken.set)
                except RuntimeError:
                    # A loop that was closed with the task in it asks for no token any more.
                    self._waiting.pop(woken, None)

    def _listing(self) -> list[tuple[asyncio.Event, asyncio.AbstractEventLoop]]:
        while True:
            # A task that leaves in the middle of this changes what is listed.
            with suppress(RuntimeError):
                return list(self._waiting.items())


_waiters = _Waiters()


async def landing(pending: Pending) -> AccessToken:
    """The token when the request has ended; raises what it ended with, or that the call's time is over."""
    return await _waiters.landing(pending)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_waiters.reset)
