"""Runs the fuzz targets, from answers of the scenarios and a few seeds, and tells executions, seconds and crashes.

Usage: fuzz.py CARGO_FUZZ [--seconds S | --runs N] [--record] [--targets TARGET ...]; all targets for 30 s each unless
told otherwise. --record writes what was done into fuzz/record.md. Ends with 1 after a crash; its input lies under
target/fuzz/crashes.
"""

import argparse
import base64
import datetime
import html
import json
import os
import re
import subprocess
import sys
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "target/fuzz"
RECORD = ROOT / "fuzz/record.md"

# The engine has no unsafe code: there a sanitizer would cost time and find nothing. The longest input of each.
TARGETS = {
    "response": ("none", 1024),
    "framing": ("none", 512),
    "options": ("none", 256),
    "url": ("none", 256),
    "retry_after": ("none", 128),
    "jwt": ("none", 256),
    "c_calls": ("address", 512),
}

# Of this target a run executes a whole sequence; what is counted are its calls, of which it has about so many.
CALLS_IN_SEQUENCE = {"c_calls": 25}

# What a target ends with that was interrupted; the figures that it reached count.
INTERRUPTED = 72

HEAD = """## Long fuzz runs

Written by `make fuzz`, which takes hours; `make reliability` runs each target for half a minute. Crashes are of the run
that is told; what earlier runs found is repaired and has its test.

| target | sanitizer | executions | minutes | crashes | commit | date |
|---|---|---|---|---|---|---|
"""


def folder_of(name, is_long):
    return OUT / (TARGETS[name][0] + ("-long" if is_long else ""))


def build(tool, targets, is_long):
    # Comparisons that are watched find new paths sooner; a long run has found them, and runs twice as often without.
    watched = ["--no-trace-compares"] if is_long else []
    for sanitizer in sorted({TARGETS[name][0] for name in targets}):
        for name in (name for name in targets if TARGETS[name][0] == sanitizer):
            folder = folder_of(name, is_long)
            options = ["--fuzz-dir", "fuzz", "--target-dir", folder, "--sanitizer", sanitizer, *watched]
            # Its calls are short: reading the counters of all that is linked in would take two thirds of the time.
            is_ours_only = is_long and name in CALLS_IN_SEQUENCE
            wrapper = {"RUSTC_WRAPPER": str(ROOT / "tools/watched.py")} if is_ours_only else {}
            # The flag of the sanitizer is one that only a toolchain of tomorrow takes without being asked twice.
            environment = {**os.environ, **wrapper, "RUSTC_BOOTSTRAP": "1"}
            subprocess.run([tool, "build", *options, name], cwd=ROOT, env=environment, check=True)


def program(name, is_long):
    return next(folder_of(name, is_long).glob(f"*/release/{name}"))


def scenario_answers():
    """The answers that the sandbox gives in the scenarios, as the target `response` reads them."""
    for path in sorted((ROOT / "tests/scenarios").glob("*.json")):
        server = json.loads(path.read_text()).get("server")
        for answer in server.get("script", []) if isinstance(server, dict) else []:
            if isinstance(answer, dict) and "raw" not in answer:
                body = answer.get("body", "")
                body = body if isinstance(body, str) else json.dumps(body)
                headers = "".join(f"{name.lower()}: {value}\n" for name, value in answer.get("headers", {}).items())
                yield f"{answer.get('status', 200)}\n{headers}\n{body}"


def repeated_secrets():
    """A secret, as it stands in the target, in the spellings that a careless server may repeat."""
    secret, joined = "Zq7+&k/9=w", "till 7:Zq7+&k/9=w"
    form = urllib.parse.quote_plus(secret)
    basic = f"{urllib.parse.quote_plus('till 7')}:{form}"
    spellings = [secret, form, html.escape(secret), urllib.parse.quote(form), html.escape(html.escape(secret))]
    spellings += [base64.b64encode(text.encode()).decode() for text in (secret, joined, basic)]
    spellings += [html.escape(form), urllib.parse.quote(html.escape(secret))]
    for spelling in spellings:
        yield "400\n\n" + json.dumps({"error": "invalid_client", "error_description": f"no {spelling} here"})
        yield "503\n\n" + json.dumps({"error": spelling})


def jwt_seeds():
    for claims in ({"iat": 1, "exp": 601}, {"iat": 5, "exp": 1}, {"exp": 1}, {"iat": "1", "exp": 2.5}):
        text = json.dumps(claims).encode()
        yield b"\0" + text
        yield b"\1\x58\x02" + text
    yield b"\2a.eyJpYXQiOjEsImV4cCI6NjB9.c"


def framing_seeds():
    """Whole answers after two bytes that say where they are cut."""
    for head, body in (
        ("Content-Length: 2", "{}"),
        ("Transfer-Encoding: chunked", "2;x=y\r\n{}\r\n0\r\nA: b\r\n\r\n"),
        ("Connection: close", "{}"),
    ):
        for hint in ("", "HTTP/1.1 100 Continue\r\n\r\n"):
            yield f"\5\3{hint}HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}".encode()
    yield b"\1\1HTTP/1.1 204 No Content\n\n"


def seeds(name):
    if name == "response":
        return [text.encode() for text in [*scenario_answers(), *repeated_secrets()]]
    if name == "jwt":
        return list(jwt_seeds())
    if name == "retry_after":
        return [
            b"\0\0\1\0\0\5\0",
            b"\0\0\1\0\0",
            b"\x0120",
            b"\1Sun, 06 Nov 1994 08:49:57 GMT\nSun, 06 Nov 1994 08:49:37 GMT",
        ]
    if name == "framing":
        return list(framing_seeds())
    folder = ROOT / "fuzz/seeds" / name
    return [path.read_bytes() for path in sorted(folder.glob("*"))]


def run(name, seconds=None, runs=None):
    """One run; what it did, and whether nothing crashed."""
    sanitizer, longest = TARGETS[name]
    corpus, sown, crashes = OUT / "corpus" / name, OUT / "seeds" / name, OUT / "crashes" / name
    for folder in (corpus, sown, crashes):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(name)):
        (sown / f"{number:03}").write_bytes(seed)
    limit = f"-runs={runs // CALLS_IN_SEQUENCE.get(name, 1)}" if runs else f"-max_total_time={seconds}"
    options = [f"-max_len={longest}", "-timeout=20", "-print_final_stats=1", f"-artifact_prefix={crashes}/"]
    if runs:
        # A thread about to end has memory that nothing points to: one look in a hundred thousand meets it.
        options.append("-detect_leaks=0")
    path = OUT / f"{name}{'-long' if runs else ''}.log"
    with path.open("w") as log:
        began = datetime.datetime.now()
        command = [program(name, bool(runs)), limit, *options, corpus, sown]
        done = subprocess.run(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        took = (datetime.datetime.now() - began).total_seconds()
    told = dict(re.findall(r"^stat::(\w+):\s*(\d+)", path.read_text(errors="replace"), re.M))
    executions = int(told.get("number_of_executed_units", 0))
    is_good = done.returncode in (0, INTERRUPTED) and executions > 0
    return {
        "target": name,
        "sanitizer": sanitizer,
        "executions": executions,
        "calls": int(told.get("calls", 0)),
        "seconds": took,
        "crashes": int(not is_good),
    }


def executions_of(found):
    """As both reports tell them: a sequence of calls is one execution."""
    calls = f" of {found['calls']:,} calls" if found["calls"] else ""
    return f"{found['executions']:,}{calls}"


def record(found, commit):
    rows = {}
    if RECORD.exists():
        rows = {row.split(" | ")[0]: row for row in RECORD.read_text().splitlines() if row.startswith("| ")}
    told = [found["target"], found["sanitizer"], executions_of(found), f"{found['seconds'] / 60:.0f}"]
    told += [str(found["crashes"]), commit, str(datetime.date.today())]
    rows[f"| {found['target']}"] = f"| {' | '.join(told)} |"
    RECORD.write_text(HEAD + "".join(rows[f"| {name}"] + "\n" for name in TARGETS if f"| {name}" in rows))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--runs", type=int)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--targets", nargs="+", default=list(TARGETS), choices=list(TARGETS))
    given = parser.parse_args()
    targets = given.targets
    build(given.tool, targets, bool(given.runs))
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True, capture_output=True)
    is_good = True
    for name in targets:
        found = run(name, given.seconds, given.runs)
        is_good = is_good and found["crashes"] == 0
        if given.record:
            record(found, head.stdout.strip())
        print(json.dumps(found), flush=True)
        if found["crashes"]:
            print(f"{name}: see its log in {OUT}", file=sys.stderr)
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
