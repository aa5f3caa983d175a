"""Changes the engine's decisions one by one and compares those that no test notices with the list in core/mutants.md.

Usage: mutants.py CARGO_MUTANTS. Ends with 1 when an unlisted change survives, or a listed one no longer does.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "core/mutants.md"
OUT = ROOT / "target/mutants"

FILES = ("lifetime", "pace", "flight", "slot", "pending", "local", "cache/mod", "cache/state", "cache/fetch")

# Tests of the crate and of its laws first; the simulated worlds for what these let pass would double the time.
TESTS = ["--lib", "--test", "engine"]


def without_position(line):
    """The change without its line and column, which move with every edit."""
    return re.sub(r"^(\S+?):\d+:\d+:", r"\1:", line.strip())


def listed():
    return re.findall(r"^- `(.+?)`:", LIST.read_text(), re.M)


def survivors(tool):
    files = [word for name in FILES for word in ("-f", f"core/src/{name}.rs")]
    OUT.mkdir(parents=True, exist_ok=True)
    command = [tool, "mutants", "-p", "xilnex-auth", *files, "-o", OUT, "-j2", "--timeout", "10"]
    done = subprocess.run([*command, "--", *TESTS], cwd=ROOT)
    # 2: some survived, 3: some ran into the time limit, which is noticed too.
    if done.returncode not in (0, 2, 3):
        sys.exit(f"cargo-mutants ended with {done.returncode}")
    return [without_position(line) for line in (OUT / "mutants.out/missed.txt").read_text().splitlines()]


def main():
    found, known = survivors(sys.argv[1]), listed()
    for change in sorted(set(found) - set(known)):
        print(f"no test notices, and core/mutants.md does not say why: {change}")
    for change in sorted(set(known) - set(found)):
        print(f"listed in core/mutants.md, but a test notices it: {change}")
    sys.exit(0 if set(found) == set(known) else 1)


if __name__ == "__main__":
    main()
