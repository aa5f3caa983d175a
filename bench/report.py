"""Makes the report out of the results, and nothing else: the same results give the same text.

Usage: report.py, which writes REPORT.md anew from results.json, after a change of the words or targets.
"""

import json
from pathlib import Path

from judge import NEAR_THE_FLOOR, judge
from targets import rows

HERE = Path(__file__).resolve().parent

HEAD = """# What a token costs

Written by `make bench`, which repeats it: the rivals are installed from the registries in pinned versions, all of them
ask one token endpoint on loopback, the sandbox of this project, and ours and theirs take turns in one run. `make
bench-quick` prints the ratios in two minutes. What stands here is made from [results.json](results.json) alone."""

HOW = """## How to read it

A round measures ours and the other one after the other; a ratio is taken in each round, and what stands here is the
median of the rounds with the first and third quartile in brackets. So what else the machine does falls on both. Python
is timed by pyperf, in a process for each round and case, Node by mitata, Rust by criterion, C by the clock. Where a
target is a least, the other is divided by ours: how many times faster ours is.

- **msal, azure-identity and msal-node** take https only, and read metadata from an address with a path first: a fixture
  serves them that, and their token request goes to the sandbox over TLS like everybody's. Their first token therefore
  costs a request more, as it does in production; a hit costs none.
- **openid-client, simple-oauth2, requests-oauthlib and the crate oauth2** keep no token: what stands for them is the
  request, or the look at the expiry where they have one.
- **Instructions** are the difference of two runs by callgrind. There the two clock reads are system calls, which it
  does not look into; outside they are a few dozen instructions each of the kernel's page.
- **System calls and allocations** are those that a million hits add, by strace and by a counter in front of the C
  library's allocator; a lock that is waited for would be a system call. An interpreter makes some of its own.
- **The floor** of a language is the least that it can do: in Python a method of a class in C that gives out the text it
  keeps, in Node an async function around a closure that compares Date.now(), for threads what two threads gain that
  share nothing. Where the floor itself misses a target, ours has to come within {near} × of it (threads: 1.05 ×).
- **Threads** are on a processor each; where both processors were free in some rounds, these count alone.
- **Memory** is the peak of the process, shared pages included, less that of the bare interpreter."""


def number(value):
    """Three digits that mean something."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def shown(figures, unit):
    low, middle, high = (number(value) for value in figures)
    return f"{middle} {unit}" if low == high else f"{middle} {unit} ({low} to {high})"


def target_of(row):
    if row.bound is None:
        return ""
    sign = "≥" if row.form == "faster" or row.is_least else "≤"
    if row.form in ("ratio", "faster", "within"):
        return f"{sign} {number(row.bound)} ×"
    return f"{sign} {number(row.bound)} {row.unit}"


def verdict_of(verdict):
    if verdict.met is None:
        return ""
    if verdict.by_floor is not None:
        word = "met" if verdict.met else "**not met**"
        floor, near = number(verdict.floor_figure), number(verdict.by_floor)
        return f"{word}: the floor itself gives {floor} ×, ours is {near} × from it"
    return "met" if verdict.met else "**not met**"


def line(verdict):
    row = verdict.row
    unit = row.unit if row.form in ("value", "over") else "×"
    other = shown(verdict.other, row.unit) if verdict.other else ""
    # A value alone stands in the column of figures only.
    ours = "" if row.form == "value" else shown(verdict.ours, row.unit)
    cells = [row.what, ours, other, shown(verdict.figure, unit), target_of(row), verdict_of(verdict)]
    return "| " + " | ".join(cells) + " |"


def table(samples, *, quick):
    """Every row, section by section."""
    lines, section = [], None
    for row in rows(samples, quick=quick):
        if row.section != section:
            section = row.section
            lines += [
                "",
                f"### {section}",
                "",
                "| what | ours | the other | figure | target | |",
                "|---|---|---|---|---|---|",
            ]
        lines.append(line(judge(row, samples)))
    return lines


def summary(samples):
    verdicts = [judge(row, samples) for row in rows(samples, quick=False)]
    judged = [verdict for verdict in verdicts if verdict.met is not None]
    missed = [verdict.row.what for verdict in judged if not verdict.met]
    told = f"{len(judged) - len(missed)} of {len(judged)} targets are met."
    return told + (f" Not met: {'; '.join(missed)}." if missed else "")


def about(results):
    machine = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    return [
        f"Taken on {results['date']} at commit {results['commit']}, in {results['minutes']} minutes, on "
        f"{machine['processors']} × {machine['processor']}, {machine['system']}, Linux {machine['kernel']}; the load "
        f"before it was {machine['load before']}.",
        "",
        f"Versions: {versions}.",
        "",
        *[f"Not measured: {name}. {reason}." for name, reason in sorted(results["notes"]["absent"].items())],
    ]


def herd(rows_of_herd):
    lines = [
        "## A herd",
        "",
        "Requests that 32 threads or promises send which ask at once, while there is no token.",
        "",
    ]
    lines += ["| | language | requests |", "|---|---|---|"]
    return lines + [f"| {row['name']} | {row['language']} | {row['requests']} |" for row in rows_of_herd]


def shares(notes):
    lines = [
        "## What takes the room",
        "",
        "KiB of code by crate, by cargo-bloat over the release build with its symbols.",
        "",
    ]
    names = {"shared": "shared library", "wheel": "extension of the wheel", "node": ".node"}
    crates = sorted(
        {crate for told in notes.values() for crate in told["crates"]},
        key=lambda crate: (-max(told["crates"].get(crate, 0) for told in notes.values()), crate),
    )
    large = [crate for crate in crates if max(told["crates"].get(crate, 0) for told in notes.values()) >= 1]
    small = {name: sum(notes[name]["crates"].get(crate, 0) for crate in crates if crate not in large) for name in names}
    lines += ["| crate | " + " | ".join(names.values()) + " |", "|---|" + "---|" * len(names)]
    for crate in large:
        cells = [f"{notes[name]['crates'].get(crate, 0):.1f}" for name in names]
        lines.append(f"| {crate} | " + " | ".join(cells) + " |")
    lines.append(f"| {len(crates) - len(large)} others | " + " | ".join(f"{small[name]:.1f}" for name in names) + " |")
    lines.append("| all code | " + " | ".join(f"{notes[name]['code']:.0f}" for name in names) + " |")
    return lines


# What the programs call their series.
SERIES = {
    "hit": "a hit",
    "copy": "copying a token out of as many pages",
    "client": "one more client of a configuration that is there",
    "release": "from the first that is released to the last",
    "processor": "time of the processor",
    "promise": "making it",
}

GROWTH = {
    "configurations": ("Configurations", "nanoseconds by the number of live configurations, each with a token"),
    "waiters": ("Waiting threads", "nanoseconds of each by the number of threads that wait for one flight, in C"),
    "promises": ("Waiting promises", "nanoseconds of each by the number of promises that wait for one flight, in Node"),
    "lengths": ("Length of the token", "nanoseconds of a hit by the bytes of the token"),
}


def growth(notes):
    lines = ["## Growth"]
    for name, (title, told) in GROWTH.items():
        series = notes[name]
        columns = [column for column in series if column != "x"]
        lines += ["", f"### {title}", "", f"{told[0].upper()}{told[1:]}.", "", f"![{told}](plots/{name}.svg)", ""]
        lines += ["| | " + " | ".join(SERIES.get(column, column) for column in columns) + " |"]
        lines.append("|---|" + "---|" * len(columns))
        for index, x in enumerate(series["x"]):
            lines.append(f"| {x:,.0f} | " + " | ".join(number(series[column][index]) for column in columns) + " |")
    return lines


def render(results):
    """The report as text."""
    samples, notes = results["samples"], results["notes"]
    parts = [HEAD, "", *about(results), "", "## The targets", "", summary(samples), *table(samples, quick=False)]
    parts += ["", "![ratios](plots/hits.svg)", "", "![first tokens](plots/start.svg)", "", *herd(notes["herd"])]
    parts += ["", *shares(notes["shares"]), "", *growth(notes["growth"]), "", HOW.format(near=number(NEAR_THE_FLOOR))]
    return "\n".join(parts) + "\n"


def main():
    results = json.loads((HERE / "results.json").read_text())
    (HERE / "REPORT.md").write_text(render(results))


if __name__ == "__main__":
    main()
