"""Takes the figures of RELIABILITY.md and writes it: the engine's, the model's, the edges', and the mutants' list.

Usage: reliability.py, from the root of the repository, with everything staged and the figures program built.
"""

import datetime
import json
import os
import platform
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Seconds after which a program hangs.
PATIENCE = 400

# What `make test` runs at the scale of a test, here at full scale.
EDGES = {
    "forks.c": 2000,
    "forks.py": 200,
    "workers.mjs": 1000,
    "shutdowns.py": 30,
    "exits.mjs": 300,
    "unloading.c": 300,
    "leaving.c": 500,
    "endings.c": 200,
    "listening.c": 200,
    "preload.py": 500,
    "pools.py": 200,
}

# Those that measure how fast others are released have the machine for themselves.
ALONE = {"promises.mjs": 1, "crowds.py": 20, "crowds.c": 20}

# Said in words, since no figure stands for it.
NOT_TAKEN = """## What was not taken

ThreadSanitizer takes the locks of a standard library that was not built for it for races; Miri is a component of its
own. The toolchain at hand has neither the sources of the library nor that component. helgrind and drd do not see locks
that stand on futexes. The core has no unsafe code, and its locks are those of the standard library."""

LANGUAGES = {".py": "Python", ".mjs": "Node", ".c": "C"}


def lines_of(command, environment=None):
    """The figures that a program prints, and whether it ended well and in time."""
    settings = {"cwd": ROOT, "text": True, "stdout": subprocess.PIPE, "env": {**os.environ, **(environment or {})}}
    try:
        done = subprocess.run(command, timeout=PATIENCE, **settings)
    except subprocess.TimeoutExpired:
        return [], False
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")], done.returncode == 0


def shown(value):
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}" if isinstance(value, float) else str(value)


def engine():
    figures, is_good = lines_of([ROOT / "target/figures/figures"])
    rows = ["| figure | |", "|---|---|"]
    for figure in figures:
        told = ", ".join(f"{name}: {shown(value)}" for name, value in figure.items() if name != "figure")
        rows.append(f"| {figure['figure']} | {told} |")
    return rows, is_good and bool(figures)


def model():
    command = ["cargo", "test", "--locked", "--quiet", "-p", "xilnex-auth", "--lib", "model"]
    environment = {"RUSTFLAGS": "--cfg loom", "CARGO_TARGET_DIR": str(ROOT / "target/loom"), "LOOM_LOG": "0"}
    settings = {"cwd": ROOT, "text": True, "capture_output": True, "env": {**os.environ, **environment}}
    done = subprocess.run(command, timeout=PATIENCE, **settings)
    counts = re.search(r"(\d+) passed; (\d+) failed", done.stdout)
    source = (ROOT / "core/src/flight/model.rs").read_text()
    bound = re.search(r"PREEMPTIONS: usize = (\d+)", source).group(1)
    names = [name.replace("_", " ") for name in re.findall(r"#\[test\]\nfn (\w+)", source)]
    passed = int(counts.group(1)) if counts else 0
    rows = [
        f"loom, every order of the threads with at most {bound} preemptions, {passed} of {len(names)} models hold:",
        "",
    ]
    rows += [f"- {name}" for name in names]
    return rows, done.returncode == 0 and passed == len(names)


def edge(name, scale):
    figures, is_good = lines_of([ROOT / "tests/edges/run.sh", name, str(scale)])
    language = LANGUAGES[Path(name).suffix]
    rows = []
    for figure in figures:
        more = [f"{key.replace('_', ' ')}: {shown(value)}" for key, value in figure.items()]
        more = [text for text in more if text.split(":")[0] not in ("figure", "count", "hangs", "crashes", "wrong")]
        counts = " | ".join(shown(figure[key]) for key in ("count", "hangs", "crashes", "wrong"))
        rows.append(f"| {language} | {figure['figure']} | {counts} | {', '.join(more)} |")
    return rows or [f"| {language} | {name} told nothing | | | | |"], is_good and bool(figures)


def edges():
    with ThreadPoolExecutor(2) as pool:
        done = [edge(*item) for item in ALONE.items()] + list(pool.map(lambda item: edge(*item), EDGES.items()))
    rows = ["| | what was done | times | hangs | crashes | wrong | |", "|---|---|---|---|---|---|---|"]
    return rows + [row for rows, _ in done for row in rows], all(is_good for _, is_good in done)


def git(*words):
    return subprocess.run(["git", *words], cwd=ROOT, text=True, capture_output=True, check=True).stdout.strip()


def main():
    began = time.monotonic()
    parts, is_good = [], True
    for title, take in (("The engine", engine), ("The flight, model-checked", model), ("Process edges", edges)):
        rows, was_good = take()
        parts += [f"## {title}", "", *rows, ""]
        is_good = is_good and was_good
        print("\n".join(rows), flush=True)
    parts += [(ROOT / "core/mutants.md").read_text().strip(), "", NOT_TAKEN]
    commit = git("rev-parse", "--short", "HEAD") + (" and changes" if git("status", "--porcelain", "-uno") else "")
    took = (time.monotonic() - began) / 60
    head = [
        "# Reliability",
        "",
        f"Written by `make reliability` on {datetime.date.today()} at commit {commit} in {took:.1f} minutes: "
        f"{os.cpu_count()} processors, {platform.system()} {platform.release()}, {platform.machine()}. "
        + ("Everything was as it must be." if is_good else "**Something was not as it must be.**"),
        "",
    ]
    (ROOT / "RELIABILITY.md").write_text("\n".join(head + parts).rstrip() + "\n")
    print(f"{'good' if is_good else 'NOT GOOD'} after {took:.1f} minutes", flush=True)
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
