"""Fails where a call for a token at hand, or loading the library, has become dearer unseen.

Usage: cost.py STAGE, with the XILNEX_* environment of a sandbox. Instructions in C by callgrind, the same each time;
importing in Python and requiring in Node over the bare interpreter, in turns; memory of Node at the first token.
"""

import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))

from themes.path import instructions  # noqa: E402

# What was measured, and a twentieth.
MOST_INSTRUCTIONS = 255
# Of the start of the bare interpreter, which a slow or busy machine makes longer alike.
MOST_LOADING = 0.25
ROUNDS = 15
# MiB over the bare interpreter until the first token; measured were 4.3.
MOST_MEMORY = 6


def compiled(stage, folder):
    """The program of the benchmark, against the library as it is installed."""
    packages = {**os.environ, "PKG_CONFIG_PATH": str(stage / "sdk/lib/pkgconfig")}
    flags = subprocess.check_output(["pkg-config", "--cflags", "--libs", "xilnex_auth"], env=packages, text=True)
    command = ["cc", "-std=gnu11", "-O2", ROOT / "bench/programs/cached.c", "-o", folder / "cached"]
    subprocess.run([*command, *shlex.split(flags), "-lpthread"], check=True)


def milliseconds(command, folder):
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True)
    return (time.perf_counter() - began) * 1000


def loading(bare, loaded, folder):
    """How much longer the second takes, as a part of the first; they take turns, so that both meet the same machine."""
    pairs = [(milliseconds(bare, folder), milliseconds(loaded, folder)) for _ in range(ROUNDS)]
    return statistics.median(loaded / bare - 1 for bare, loaded in pairs)


def peak(command, folder):
    """The most memory of a process, in MiB."""
    _, status, used = os.wait4(subprocess.Popen(command, cwd=folder).pid, 0)
    if status:
        sys.exit(f"{command[0]} ended with status {status}")
    return used.ru_maxrss / 1024


def main():
    stage = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        compiled(stage, Path(name))
        counted = instructions(SimpleNamespace(bin=Path(name)), dict(os.environ))
    python = stage / "python/bin/python"
    node = stage / "node"
    found = [
        ("C, a token at hand", counted, MOST_INSTRUCTIONS, "instructions"),
        (
            "Python, import",
            loading([python, "-c", ""], [python, "-c", "import xilnex_auth"], node),
            MOST_LOADING,
            "of the bare start",
        ),
        (
            "Node, require",
            loading(["node", "-e", ""], ["node", "-e", "require('xilnex-auth')"], node),
            MOST_LOADING,
            "of the bare start",
        ),
        (
            "Node, memory until the first token",
            peak(["node", "-e", "require('xilnex-auth').getToken()"], node) - peak(["node", "-e", ""], node),
            MOST_MEMORY,
            "MiB",
        ),
    ]
    for what, cost, most, unit in found:
        print(f"{what}: {cost:.3g} {unit}, at most {most}", flush=True)
    if any(cost > most for _, cost, most, _ in found):
        sys.exit("this is dearer than it was: find out why, or say in ARCHITECTURE.md what it is worth")


if __name__ == "__main__":
    main()
