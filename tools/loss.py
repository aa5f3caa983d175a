"""Fetches tokens over a network that loses three packets of ten, and looks how each fetch ends, and when.

Usage: loss.py, with everything staged. Client and sandbox share a network namespace of their own, whose loopback
drops the packets; nothing else on the machine notices. A fetch has to end with a token or an error of the table by
its deadline: it ends with 1 otherwise.
"""

import collections
import os
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import syscalls

SANDBOX = syscalls.SDK / "bin/xilnex-auth"

# Of packets that arrive, whichever way they go.
LOST = 30

FETCHES = 250
AT_ONCE = 25

# Seconds: a connection whose first packet was lost twice has no time left, one that lost others has.
TIMEOUT = 4

# What a fetch may take beyond its deadline.
LATE = 0.05


def isolated():
    """This program again, as the owner of a namespace with nothing in it but a loopback."""
    command = ["unshare", "--user", "--map-root-user", "--net", sys.executable, __file__, "isolated"]
    return subprocess.run(command).returncode


def lose_packets():
    rules = f"""
    add table inet lossy
    add chain inet lossy arriving {{ type filter hook input priority 0; }}
    add rule inet lossy arriving numgen random mod 100 < {LOST} drop
    """
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)


def fetch(program):
    """The end of one fetch and the seconds that it took."""
    done = subprocess.run(
        [program, str(TIMEOUT)], input="x", text=True, capture_output=True, timeout=TIMEOUT + syscalls.PATIENCE
    )
    is_told = 0 <= done.returncode < len(syscalls.KINDS) and "panic" not in done.stderr
    took = float(done.stdout.split()[-1])
    return syscalls.KINDS[done.returncode] if is_told else f"{done.returncode}: {done.stderr}", took


def take():
    """One row for RELIABILITY.md, and whether all ended as it must."""
    program = syscalls.compiled()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(fetch, [program] * FETCHES))
    ends = collections.Counter(end for end, _ in found)
    times = sorted(took for _, took in found)
    counts = ", ".join(f"{end} {count}" for end, count in ends.most_common())
    half, most = statistics.median(times), statistics.quantiles(times, n=100)[98]
    scheme = os.environ["XILNEX_BASE_URL"].split(":")[0]
    latest = max(0, times[-1] - TIMEOUT) * 1000
    print(f"| {scheme} | {FETCHES} | {counts} | {half:.2f} | {most:.2f} | {latest:.0f} |", flush=True)
    # A network that loses nothing gives each token at once.
    is_lossy = ends["token"] > 0 and half > 0.1
    return is_lossy and set(ends) <= {"token", "timeout", "connect", "unavailable"} and times[-1] < TIMEOUT + LATE


def main():
    if sys.argv[1:] == ["inside"]:
        sys.exit(0 if take() else 1)
    if sys.argv[1:] == ["isolated"]:
        lose_packets()
        inside = ["--", sys.executable, __file__, "inside"]
        ends = [subprocess.run([SANDBOX, "sandbox", *options, *inside]).returncode for options in syscalls.SANDBOXES]
        sys.exit(0 if not any(ends) else 1)
    subprocess.run([syscalls.ROOT / "tools/require.sh", "c", "loss"], check=True)
    print("| | fetches | ended with | median s | 99th of 100 s | latest after the deadline, ms |")
    print("|---|---|---|---|---|---|", flush=True)
    sys.exit(isolated())


if __name__ == "__main__":
    main()
