"""Measures what a token costs against the clients people use, all in one run that takes turns, and writes the report.

Usage: run.py [--quick] DIST OUT [BLOAT], by the Python in OUT, where rivals and package are installed. --quick prints
the table of what two minutes can tell and writes nothing. A figure that cannot be taken ends it with status 1 and no
report.
"""

import datetime
import json
import os
import platform
import re
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import report
from endpoint import Endpoint
from rounds import MeasurementFailed, output_of
from themes import cached, growth, herd, path, refresh, sizes, start

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
REPORT = HERE / "REPORT.md"
PLOTS = HERE / "plots"

THEMES = (sizes, path, herd, cached, refresh, start, growth)

PYTHON_PACKAGES = ["msal", "azure-identity", "Authlib", "requests-oauthlib", "pyperf"]
NODE_PACKAGES = ["@azure/msal-node", "openid-client", "simple-oauth2", "mitata"]


class Bench:
    """Where everything is, and the endpoint that all ask."""

    def __init__(self, words, endpoint):
        self.dist, out, *tools = (Path(word).resolve() for word in words)
        self.quick = "--quick" in sys.argv
        self.endpoint = endpoint
        self.root = HERE.parent
        self.programs = HERE / "programs"
        self.out = out
        self.bloat = tools[0] if tools else None
        # Not resolved: the place says whose packages are meant.
        self.python = out / "python/bin/python"
        self.node = out / "node"
        self.bin = out / "bin"
        self.rust = out / "rust/release/rust"


def processor():
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
    return found.group(1) if found else platform.machine()


def git(*words):
    return subprocess.run(["git", *words], cwd=HERE, text=True, capture_output=True, check=True).stdout.strip()


def commit():
    is_changed = git("status", "--porcelain", "-uno", "--", "..", ":!REPORT.md", ":!results.json", ":!plots")
    return git("rev-parse", "--short", "HEAD") + (" and changes" if is_changed else "")


def version_of(name):
    """The first number with a dot that a program tells of itself."""
    return re.search(r"\d+(\.\d+)+", output_of([name, "--version"])).group()


def versions(bench):
    installed = {name: metadata.version(name) for name in ("xilnex-auth", *PYTHON_PACKAGES)}
    for name in NODE_PACKAGES:
        installed[name] = json.loads((bench.node / "node_modules" / name / "package.json").read_text())["version"]
    lock = (HERE / "rust/Cargo.lock").read_text()
    for name in ("oauth2", "criterion"):
        installed[f"{name} (Rust)"] = re.search(rf'name = "{name}"\nversion = "(.+?)"', lock).group(1)
    tools = {
        "Python": platform.python_version(),
        **{name: version_of(name) for name in ("node", "rustc", "cc", "curl", "valgrind", "strace")},
    }
    return {**tools, **installed}


def machine():
    system = Path("/etc/os-release").read_text()
    return {
        "processor": processor(),
        "processors": os.cpu_count(),
        "system": re.search(r'^PRETTY_NAME="(.+)"', system, re.M).group(1),
        "kernel": platform.release(),
        "load before": round(os.getloadavg()[0], 1),
    }


def measure(bench, themes):
    """All samples and notes; whatever cannot be measured ends it here."""
    samples, notes = {}, {}
    for theme in themes:
        began = time.monotonic()
        theme.take(bench, samples, notes)
        print(f"{theme.__name__.rpartition('.')[2]}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return samples, notes


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    began = time.monotonic()
    with Endpoint() as endpoint:
        bench = Bench(words, endpoint)
        about = {"machine": machine()}
        samples, notes = measure(bench, THEMES)
    if bench.quick:
        print("\n".join(report.table(samples, quick=True)))
        return
    results = {
        "date": datetime.date.today().isoformat(),
        "commit": commit(),
        "minutes": round((time.monotonic() - began) / 60, 1),
        **about,
        "versions": versions(bench),
        "notes": notes,
        "samples": {name: [float(f"{value:.5g}") for value in values] for name, values in samples.items()},
    }
    text = report.render(results)
    # Only here is matplotlib needed, which takes its time.
    import plots

    plots.draw(results, PLOTS)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    REPORT.write_text(text)
    print("\n".join(report.table(results["samples"], quick=False)))


if __name__ == "__main__":
    try:
        main()
    except MeasurementFailed as problem:
        sys.exit(f"bench: {problem}")
