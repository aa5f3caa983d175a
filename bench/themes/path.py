"""Theme: what the path of a hit does, counted: instructions, system calls, allocations; and two threads against one."""

import re
import tempfile
from pathlib import Path

from rounds import MeasurementFailed, add, numbers_of, output_of

# Hits of a short and a long run: what only the number of hits makes is their difference.
SHORT = 1_000
LONG = 1_001_000

# What two threads gain that share nothing, where nobody else is on the machine; and rounds enough for a median.
FREE = 1.9
LEAST_FREE = 5

PYTHON = """
import sys, xilnex_auth
client = xilnex_auth.Client()
for _ in range(int(sys.argv[1])):
    client.get_token()
"""

NODE = """
const { Client } = require('xilnex-auth');
const client = new Client();
const count = Number(process.argv[1]);
client.getToken().then(() => { for (let index = 0; index < count; index++) client.getTokenSync(); });
"""


def programs(bench):
    return {
        "c": lambda count: [bench.bin / "cached", "loop", count // 2, 2],
        "python": lambda count: [bench.python, "-c", PYTHON, count],
        "node": lambda count: ["node", "-e", NODE, count],
    }


def instructions(bench, environment):
    """Instructions of one hit in C, by the difference of two runs, so that nothing else of the program is in it."""
    counts = []
    with tempfile.TemporaryDirectory() as folder:
        for count in (1_000, 11_000):
            report = Path(folder) / "callgrind"
            command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={report}", bench.bin / "cached"]
            output_of([*command, "loop", count, 1], environment)
            counts.append(int(re.search(r"^summary: (\d+)", report.read_text(), re.M).group(1)))
    return (counts[1] - counts[0]) / 10_000


def system_calls(command, environment, folder):
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "strace"
        output_of(["strace", "-f", "-c", "-o", report, *command], environment, folder)
        total = re.search(r"^100\.00\s.*\btotal$", report.read_text(), re.M)
    if not total:
        raise MeasurementFailed("strace told no total")
    # % time, seconds, usecs/call, calls, and errors where there are any.
    return int(total.group(0).split()[3])


def allocations(bench, command, environment):
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "allocations"
        counting = {"LD_PRELOAD": str(bench.bin / "allocations.so"), "BENCH_ALLOCATIONS": str(report)}
        output_of(command, {**environment, **counting}, bench.node)
        return int(report.read_text())


def per_million(count_of):
    """How much more the long run has than the short one, which begins and ends alike. The least of three runs of each,
    since threads race for a call more or less, and an interpreter does other things as well, as often as it likes."""
    most, least = (min(count_of(count) for _ in range(3)) for count in (LONG, SHORT))
    return max(0, most - least)


def undisturbed(rounds):
    """The rounds in which both processors were free, if there are enough of them; else all, and the floor tells."""
    pairs = [pair for found in rounds for pair in zip(found["scaling"], found["machine"])]
    free = [pair for pair in pairs if pair[1] >= FREE]
    chosen = free if len(free) >= LEAST_FREE else pairs
    return {"scaling": [ours for ours, _ in chosen], "machine": [machine for _, machine in chosen]}


def take(bench, samples, notes):
    environment = bench.endpoint.environment()
    for _ in range(1 if bench.quick else 3):
        add(samples, "c", {"instructions": instructions(bench, environment)})
    rounds = [numbers_of([bench.bin / "cached", "threads", 10], environment) for _ in range(3 if bench.quick else 10)]
    add(samples, "threads", undisturbed(rounds))
    for name, command in programs(bench).items():
        if bench.quick and name != "c":
            continue
        calls = per_million(lambda count, make=command: system_calls(make(count), environment, bench.node))
        made = per_million(lambda count, make=command: allocations(bench, make(count), environment))
        add(samples, "path", {f"{name}_syscalls": calls, f"{name}_allocations": made})
