"""Compares what a kept token costs with the least that each language can do, in one run.

Usage: bench.py STAGE, the folder in which the packages are installed as their users would install them.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BENCH = Path(__file__).resolve().parent / "bench"


def compiled(stage, folder):
    """The program in C, compiled with the flags that pkg-config gives."""
    packages = {**os.environ, "PKG_CONFIG_PATH": str(stage / "sdk/lib/pkgconfig")}
    flags = subprocess.check_output(["pkg-config", "--cflags", "--libs", "xilnex_auth"], env=packages, text=True)
    program = folder / "cached"
    compiler = ["cc", "-std=c99", "-D_POSIX_C_SOURCE=200809L", "-O2", BENCH / "cached.c", "-o", program]
    subprocess.run([*compiler, *shlex.split(flags)], check=True)
    return program


def main():
    stage = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(dir=stage / "node") as name:
        folder = Path(name)
        script = shutil.copy(BENCH / "cached.mjs", folder)
        programs = {
            "Python": [stage / "python/bin/python", BENCH / "cached.py"],
            "Node": ["node", script],
            "C": [compiled(stage, folder)],
        }
        print(f"{'':8}{'kept token':>12}{'floor':>12}{'ratio':>8}", flush=True)
        for language, command in programs.items():
            told = subprocess.check_output([stage / "sdk/bin/xilnex-auth", "sandbox", "--", *command], text=True)
            kept, floor = (float(number) for number in told.split())
            print(f"{language:8}{kept:>9.0f} ns{floor:>9.0f} ns{kept / floor:>8.1f}", flush=True)


if __name__ == "__main__":
    main()
