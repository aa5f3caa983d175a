"""Runs every suite of every language and adds up what passed; the last line is `N passed, N failed`.

Usage: test.py STAGE, the folder in which the packages are installed as their users would install them.
"""

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import catalogue

ROOT = Path(__file__).resolve().parent.parent

# Seconds after which a suite hangs, building included.
PATIENCE = 30 * 60

# How each runner tells its counts: passed, failed, and skipped, which is a failure: a test must not look away.
CARGO = re.compile(r"^test result: .*?(\d+) passed; (\d+) failed; (\d+) ignored", re.M)
NODE = re.compile(r"^# pass (\d+)$.*?^# fail (\d+)$.*?^# skipped (\d+)$", re.M | re.S)


def pytest_counts(text):
    closing = text.strip().splitlines()[-1] if text.strip() else ""
    found = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error|skipped)", closing)}
    return [(found.get("passed", 0), sum(found.get(word, 0) for word in ("failed", "error", "skipped")))]


def counts_by(pattern):
    return lambda text: [(int(passed), int(failed) + int(skipped)) for passed, failed, skipped in pattern.findall(text)]


def suites(stage):
    tests = sorted(str(path) for path in (ROOT / "bindings-node/test").glob("*.test.*"))
    crates = [
        "xilnex-auth-wiping",
        "xilnex-auth-lasting",
        "xilnex-auth",
        "xilnex-auth-sandbox",
        "xilnex-auth-cli",
        "xilnex-auth-handles",
        "xilnex-auth-c",
        "xilnex-auth-sandbox-c",
        "xilnex-auth-tests",
    ]
    cargo = ["cargo", "test", "--locked", "--no-fail-fast"] + [word for crate in crates for word in ("-p", crate)]
    yield "Rust, C and C++, and the scenarios in all languages", cargo, ROOT, counts_by(CARGO)
    python = [stage / "python/bin/python", "-m", "pytest", "-v"]
    yield "Python", python, ROOT / "bindings-python", pytest_counts
    honest = [stage / "python/bin/python", "-m", "pytest", "-v", "-p", "no:cacheprovider", "bench/tests", "tools/tests"]
    yield "The benchmark and the tools", honest, ROOT, pytest_counts
    node = ["node", "--test", "--test-reporter=tap", *tests]
    yield "Node", node, ROOT / "bindings-node", counts_by(NODE)


def run(name, command, folder):
    """Runs a suite with its output passed on as it comes, and gives the output and the status."""
    print(f"== {name}", flush=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("XILNEX_")}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    limit = threading.Timer(PATIENCE, process.kill)
    limit.start()
    lines = []
    for line in process.stdout:
        lines.append(line)
        # A passing test is counted, not shown: what failed must be easy to find.
        if not re.match(r"test .* ok$|\S+::.* PASSED|ok \d+|\s+(---|duration_ms|type:|\.\.\.)|\s*# Subtest", line):
            print(line, end="", flush=True)
    status = process.wait()
    limit.cancel()
    return "".join(lines), status


def main():
    passed = failed = 0
    results = {}
    for name, command, folder, read_counts in suites(Path(sys.argv[1]).resolve()):
        text, status = run(name, command, folder)
        counts = read_counts(text)
        results |= catalogue.outcomes(name, text)
        suite_failed = sum(count for _, count in counts)
        passed += sum(count for count, _ in counts)
        failed += suite_failed
        if (status != 0 and suite_failed == 0) or not counts:
            # It broke before it could count, which is a failure and not an empty suite.
            failed += 1
            print(f"{name}: ended with status {status} and told no failed test", flush=True)
    catalogue.RESULTS.write_text(json.dumps(results, indent=0))
    for problem in catalogue.problems(results):
        failed += 1
        print(problem, flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
