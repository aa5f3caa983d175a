"""The scenario suite of the tests, run by a driver of another platform against sandboxes on this machine."""

import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from toolchain import ROOT, Failure, call

TOLD = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored", re.M)
FAILED = re.compile(r"^test (\S+)\s+\.\.\. FAILED$", re.M)

# For an interpreter that takes seconds to start: a token, the next from memory, what is refused, TLS, time that is up,
# threads, secrets in files, refreshes and events. The programs in C run all of them there.
SAMPLE = (
    "access_token",
    "cached_across_clients",
    "closed_while_callers_wait",
    "concurrent_cold",
    "config_unknown_option",
    "events",
    "expiry",
    "invalidate",
    "refresh_ahead",
    "secret_file_rotated",
    "silent_server",
    "trust_ca_file",
    "trust_without_ca_file",
    "wrong_secret",
)


@cache
def program():
    """The suite, built for this machine."""
    words = ("cargo", "test", "--locked", "-p", "xilnex-auth-tests", "--test", "scenarios", "--no-run")
    told = call(*words, "--message-format", "json")
    messages = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    return next(path for message in messages if (path := message.get("executable")) and "scenarios-" in path)


def once(given, threads, name=None):
    """Runs all scenarios or one; gives how many passed, which failed, how many were not run, and what was printed."""
    done = subprocess.run(
        [program(), "--test-threads", str(threads), *(("--exact", name) if name else ())],
        cwd=ROOT / "tests",
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=1800,
    )
    counts = TOLD.search(done.stdout)
    if counts is None or counts[1] == counts[2] == "0":
        raise Failure(f"no scenario was run: {(done.stdout + done.stderr)[-2000:]}")
    return int(counts[1]), FAILED.findall(done.stdout), int(counts[3]), done.stdout


def run(driver, shim=None, environment=None, threads=8, is_sample=False):
    """Runs every scenario, or a sample, by the words that start a driver; tells how many passed.

    Without `shim`, which is tests/system/shim.c built for the platform, those whose system fails are not run. Those
    that fail are repeated one by one: scenarios count seconds, and an emulator beside seven others may be too slow.
    """
    given = {"XILNEX_AUTH_DRIVER": json.dumps([str(word) for word in driver]), **(environment or {})}
    if shim is not None:
        given["XILNEX_AUTH_SHIM"] = str(shim)
    if is_sample:
        return sampled(given)
    passed, failed, ignored, _ = once(given, threads)
    for name in failed:
        repeat(given, name)
    told = f", {len(failed)} of them when repeated alone" if failed else ""
    missing = f", {ignored} not run: they need a shim under the system" if ignored else ""
    return f"{passed + len(failed)} scenarios passed{told}{missing}"


def repeat(given, name):
    """Runs a scenario that failed beside others by itself, and again: another target is being built meanwhile."""
    for _ in range(3):
        passed, _, _, printed = once(given, 1, name)
        if passed:
            return
    raise Failure(f"scenarios failed, {name} also when repeated alone: {printed[-4000:]}")


def sampled(given):
    with ThreadPoolExecutor(2) as together:
        list(together.map(lambda name: repeat(given, f"{name}::given"), SAMPLE))
    return f"{len(SAMPLE)} chosen scenarios passed"
