"""The scenario suite of the tests, run by a driver of another platform against sandboxes on this machine."""

import json
import os
import re
import subprocess
from functools import cache

from toolchain import ROOT, Failure, call

TOLD = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored", re.M)


@cache
def program():
    """The suite, built for this machine."""
    words = ("cargo", "test", "--locked", "-p", "xilnex-auth-tests", "--test", "scenarios", "--no-run")
    told = call(*words, "--message-format", "json")
    messages = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    return next(path for message in messages if (path := message.get("executable")) and "scenarios-" in path)


def run(driver, shim=None, environment=None, threads=16, names=()):
    """Runs every scenario, or those of these names, by the words that start a driver; tells how many passed.

    Without `shim`, which is tests/system/shim.c built for the platform, those whose system fails are not run.
    """
    given = {"XILNEX_AUTH_DRIVER": json.dumps([str(word) for word in driver])}
    if shim is not None:
        given["XILNEX_AUTH_SHIM"] = str(shim)
    done = subprocess.run(
        [program(), "--test-threads", str(threads), *names],
        cwd=ROOT / "tests",
        env={**os.environ, **given, **(environment or {})},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=1800,
    )
    counts = TOLD.search(done.stdout)
    if counts is None or done.returncode != 0 or counts[1] == "0":
        raise Failure(f"scenarios failed: {done.stdout[-6000:]} {done.stderr[-1000:]}")
    ignored = f", {counts[3]} not run: they need a shim under the system" if counts[3] != "0" else ""
    return f"{counts[1]} scenarios passed{ignored}"
