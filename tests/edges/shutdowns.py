"""Interpreters that end while a token is fetched, whoever waits for it: none may crash, and none may wait for it."""

import concurrent.futures
import subprocess
import sys
import time

from _figures import Ends, end, sandbox, scale, tell

# Seconds after which an interpreter hangs; ending takes a fraction of one.
PATIENCE = 10

THREADS = """
import sys, threading, time, xilnex_auth
for _ in range(16):
    threading.Thread(target=xilnex_auth.get_token, daemon=True).start()
time.sleep({pause})
"""

TASKS = """
import asyncio, sys, time, xilnex_auth
async def job():
    tasks = [asyncio.create_task(xilnex_auth.get_token_async()) for _ in range(16)]
    await asyncio.sleep({pause})
    return tasks
"""

# The waiting threads wake while the modules are taken down: in the middle of the interpreter's end.
LATE = """
class Slow:
    def __del__(self, sleep=time.sleep):
        sleep(0.4)
slow = Slow()
"""

SHAPES = {
    "16 daemon threads waiting": THREADS,
    "16 daemon threads waiting, and sys.exit in an atexit handler": THREADS
    + "import atexit\natexit.register(sys.exit, 3)\n",
    "16 daemon threads waiting, and a call in an atexit handler": THREADS
    + "import atexit\natexit.register(xilnex_auth.get_token)\n",
    "16 daemon threads waiting, and objects that take long to go": THREADS + LATE,
    "16 tasks cancelled by the end of asyncio.run": TASKS + "asyncio.run(job())\n",
    "16 tasks pending in a loop that was left": TASKS
    + "loop = asyncio.new_event_loop()\nsys.kept = loop, loop.run_until_complete(job())\n",
    "16 tasks pending in a loop that was left, and objects that take long to go": TASKS
    + "loop = asyncio.new_event_loop()\nsys.kept = loop, loop.run_until_complete(job())\n"
    + LATE,
}

# What a program says that did not end by itself, whatever its return code.
CRASHES = ("Fatal Python error", "panicked", "fatal runtime error", "terminate called")


def run(script):
    """Runs a program: its return code or None if it hung, and how long it took."""
    started = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-X", "faulthandler", "-c", script], capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return None, PATIENCE
    took = time.monotonic() - started
    if any(words in done.stderr for words in CRASHES):
        print(done.stderr, file=sys.stderr)
        return -6, took
    if done.returncode:
        print(done.stderr, file=sys.stderr)
    return done.returncode, took


def main():
    with sandbox("--latency", "0.3"), concurrent.futures.ThreadPoolExecutor(2) as two:
        for shape, script in SHAPES.items():
            # The end comes at any instant of the fetch: at its begin, in its middle, when it lands.
            scripts = [script.format(pause=0.4 * number / scale()) for number in range(scale())]
            ends, slowest = Ends(), 0.0
            for returncode, took in two.map(run, scripts):
                ends.enter(returncode)
                slowest = max(slowest, took)
            tell(
                f"ends of an interpreter in the middle of a fetch: {shape}",
                scale(),
                hangs=ends.hangs,
                crashes=ends.crashes,
                wrong=ends.wrong,
                slowest_ms=round(slowest * 1000),
            )


if __name__ == "__main__":
    main()
    end()
