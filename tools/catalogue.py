"""The catalogue of faults: which test shows each row of tests/catalogue.json, and the table of it in RELIABILITY.md.

Usage: catalogue.py, after `make test`; it writes the table anew. `make test` fails while the two differ, and so does
`make check`, by catalogue.py --verify.
"""

import fnmatch
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "RELIABILITY.md"
RESULTS = ROOT / "target/results.json"
TITLE = "## Faults"

# What each runner says of one test; cargo tells first which program runs.
CARGO = re.compile(r"^\s+Running .*?/([\w-]+)-[0-9a-f]{16}\)|^test (.*?) (?:- should panic )?\.\.\. (\w+)", re.M)
PYTEST = re.compile(r"^\S+::(\w+)\S* (\w+)", re.M)
NODE = re.compile(r"^\s*(not ok|ok) \d+ - (.*?)(?: # .*)?$", re.M)


def outcomes(suite, text):
    """Whether each test passed, by its program or language and its name."""
    if suite == "Python":
        return {f"python {name}": word == "PASSED" for name, word in PYTEST.findall(text)}
    if suite == "Node":
        return {f"node {name}": word == "ok" for word, name in NODE.findall(text)}
    found, program = {}, ""
    for running, name, word in CARGO.findall(text):
        program = running or program
        if name:
            found[f"{program} {name.strip()}"] = word == "ok"
    return found


def rows():
    return json.loads((ROOT / "tests/catalogue.json").read_text())


def shown_by(pattern, results, report):
    """The outcomes of the tests that a pattern names; a scenario is one test in each language."""
    kind, _, name = pattern.partition(" ")
    if kind == "section":
        _, _, section = report.partition(f"\n## {name}\n")
        return ["everything was as it must be" in section.partition("\n## ")[0]]
    if kind == "scenarios" and not name.endswith("*"):
        pattern += "::*"
    # Brackets are no pattern here, but part of a name.
    return [good for test, good in results.items() if fnmatch.fnmatchcase(test, pattern.replace("[", "[[]"))]


def problems(results):
    """What is wrong with the catalogue: a row that no test shows, a test that failed, a table that differs."""
    report = REPORT.read_text()
    found = []
    for row in rows():
        for pattern in row.get("tests", []):
            outcomes = shown_by(pattern, results, report)
            if not outcomes or not all(outcomes):
                what = "failed" if outcomes else "does not exist"
                found.append(f"row {row['row']} of tests/catalogue.json: {pattern} {what}")
        if not any(row.get(key) for key in ("tests", "held", "later", "left")):
            found.append(f"row {row['row']} of tests/catalogue.json says neither its tests nor why it has none")
    return found + drift()


def drift():
    if table() in REPORT.read_text():
        return []
    return ["RELIABILITY.md has not the table of tests/catalogue.json: run python3 tools/catalogue.py"]


INTRODUCTION = """\
What may go wrong, what comes of it, and what shows it: programs and tests by name, each run by `make test` and
passed when this was written; a scenario and a fault of the sandbox run in five languages. `make test` fails where
a row names a test that failed or is not there. A section is one of this file, taken by `make reliability`.
"""


def table():
    lines = [
        TITLE,
        "",
        *INTRODUCTION.splitlines(),
        "",
        "| | | fault | what comes of it | shown by |",
        "|---|---|---|---|---|",
    ]
    for row in rows():
        shown = ", ".join(row.get("tests", [])) or row.get("held", "")
        if "later" in row:
            shown = f"comes with {row['later']}"
        elif "left" in row:
            shown = f"not shown: {row['left']}"
        lines.append(f"| {row['row']} | {row['layer']} | {row['fault']} | {row['answer']} | {shown} |")
    return "\n".join(lines).replace("*", "\\*") + "\n"


def write():
    report = REPORT.read_text()
    before, _, rest = report.partition(TITLE + "\n")
    after = rest[rest.index("\n## ") + 1 :] if "\n## " in rest else ""
    REPORT.write_text(before.rstrip("\n") + "\n\n" + table() + ("\n" + after if after else ""))


if __name__ == "__main__":
    if sys.argv[1:] == ["--verify"]:
        sys.exit("\n".join(drift()) or 0)
    if not RESULTS.exists():
        sys.exit("target/results.json is missing: run make test first")
    write()
    told = problems(json.loads(RESULTS.read_text()))
    print("\n".join(told) or "every row is shown")
    sys.exit(1 if told else 0)
