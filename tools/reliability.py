"""Takes the figures of RELIABILITY.md and writes it: the engine's, the model's, the edges', of memory, of failing
system calls, of lost packets and of fuzzing, and the lists of the mutants and of the long fuzz runs.

Usage: reliability.py CARGO_FUZZ [SECTION ...], from the root of the repository, with everything staged and the figures
program built; without a section all of them. Sections that are not taken stay as they are in the report.
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

import catalogue
import fuzz
import loss as packets
import sanitize

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

# Where the programs of tests/memory are looked into.
WHERE = ("after", "kept by the language", "in core")

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


def faults():
    """Every fault in C, where nothing but this library takes memory and time."""
    command = ["cargo", "test", "--locked", "--quiet", "-p", "xilnex-auth-tests", "--test", "faults", "--", "::c"]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=PATIENCE)
    measured = json.loads((ROOT / "target/faults.json").read_text())
    latest = max(measured, key=lambda row: row["late_ms"])
    largest = max(measured, key=lambda row: row["memory_kib"])
    rows = [
        "| faults of the sandbox, in C and C++ | latest after the deadline | most memory beyond a good answer |",
        "|---|---|---|",
        f"| {len(measured)}, each as it must be | {latest['late_ms']:.0f} ms ({latest['fault']}) "
        f"| {largest['memory_kib']} KiB ({largest['fault']}) |",
    ]
    return rows, done.returncode == 0


def memory():
    rows, is_good = sanitize.take()
    told = "Over http: what ring's assembly does in TLS, valgrind takes for reads of memory that nobody has written."
    return [told, "", *rows], is_good


def table_of(program, told):
    """The table that a program of this folder prints, under a word about it."""
    command = [sys.executable, ROOT / "tools" / program]
    done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, timeout=PATIENCE)
    rows = [line for line in done.stdout.splitlines() if line.startswith("|")]
    return [told, "", *rows], done.returncode == 0 and len(rows) > 2


def syscalls():
    told = (
        "Each system call of fetching a token fails in every way that it may, by strace, after the program has started."
    )
    return table_of("syscalls.py", told)


def loss():
    told = (
        f"Client and sandbox in a network that drops {packets.LOST} of 100 packets; a fetch may take {packets.TIMEOUT} "
        f"seconds, {packets.AT_ONCE} at once."
    )
    return table_of("loss.py", told)


def fuzzing():
    fuzz.build(sys.argv[1], list(fuzz.TARGETS), is_long=False)
    rows = ["| target | sanitizer | executions | seconds | crashes |", "|---|---|---|---|---|"]
    found = [fuzz.run(name, seconds=30) for name in fuzz.TARGETS]
    for run in found:
        counts = f"{fuzz.executions_of(run)} | {run['seconds']:.0f} | {run['crashes']}"
        rows.append(f"| {run['target']} | {run['sanitizer']} | {counts} |")
    return rows, not any(run["crashes"] for run in found)


def secrets():
    """What programs hold of secret and token, seen from outside."""
    figures, is_good = lines_of(["cargo", "test", "--locked", "--quiet", "-p", "xilnex-auth-tests", "--test", "memory"])
    figures.sort(key=lambda figure: figure["language"])
    rows = [
        "Copies in memory of ours 10 ms after the client was freed, those that the language keeps because the program "
        "gave or asked for the text, and those on pages that core files hold while the client rests; secret / token, "
        "looked for plain, URL-encoded, in Base64, hexadecimal and UTF-16, by pieces of 16 bytes.",
        "",
        "| | program | ours, freed | kept by the language | in a core file |",
        "|---|---|---|---|---|",
    ]
    for figure in figures:
        columns = [[figure[f"{label} {where}"] for label in ("secret", "token")] for where in WHERE]
        shown_columns = " | ".join(f"{secret} / {token}" for secret, token in columns)
        rows.append(f"| {figure['language']} | {figure['figure']} | {shown_columns} |")
    return rows, is_good and bool(figures)


def git(*words):
    return subprocess.run(["git", *words], cwd=ROOT, text=True, capture_output=True, check=True).stdout.strip()


SECTIONS = {
    "The engine": engine,
    "The flight, model-checked": model,
    "Process edges": edges,
    "A hostile network": faults,
    "Secrets in memory": secrets,
    "Memory": memory,
    "System calls that fail": syscalls,
    "Packets that are lost": loss,
    "Fuzzing": fuzzing,
}


def taken(title):
    """A section taken anew, under a line that says when and at which commit, and whether all was as it must be."""
    rows, is_good = SECTIONS[title]()
    print("\n".join(rows), flush=True)
    is_changed = git("status", "--porcelain", "-uno", "--", ".", f":!{catalogue.REPORT.name}")
    commit = git("rev-parse", "--short", "HEAD") + (" and changes" if is_changed else "")
    verdict = "everything was as it must be" if is_good else "**something was not as it must be**"
    head = f"Taken on {datetime.date.today()} at commit {commit}: {verdict}."
    return "\n".join([f"## {title}", "", head, "", *rows]), is_good


def kept():
    """The sections that the report has, by their titles."""
    parts = catalogue.REPORT.read_text().split("\n## ")[1:]
    return {part.partition("\n")[0]: f"## {part.strip()}" for part in parts}


def write(sections):
    head = (
        f"# Reliability\n\nWritten by `make reliability` on {os.cpu_count()} processors, {platform.system()} "
        f"{platform.release()}, {platform.machine()}. Each section tells at which commit it was taken."
    )
    records = [record.read_text().strip() for record in (fuzz.RECORD, ROOT / "core/mutants.md")]
    parts = [head, *(sections[title] for title in SECTIONS if title in sections), *records, NOT_TAKEN]
    catalogue.REPORT.write_text("\n\n".join(parts) + "\n")
    catalogue.write()


def main():
    wanted = sys.argv[2:] or list(SECTIONS)
    began, sections, is_good = time.monotonic(), kept(), True
    for title in wanted:
        sections[title], was_good = taken(title)
        is_good = is_good and was_good
        # One after the other: a run that is ended loses nothing of what it had.
        write(sections)
    print(f"{'good' if is_good else 'NOT GOOD'} after {(time.monotonic() - began) / 60:.1f} minutes", flush=True)
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
