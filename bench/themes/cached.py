"""Theme: what a call for a token at hand costs, in each language, in rounds that take turns."""

import json
import tempfile
from pathlib import Path

from rounds import MeasurementFailed, add, numbers_of, output_of

# Rounds of a run: each is a process of its own in Python, and of a few turns of all cases in Node and C.
ROUNDS = 20
QUICK_ROUNDS = 4
RUST_ROUNDS = 5

RUST = ("access_token", "floor", "first/request", "first/oauth2_request")


def python(bench, environment):
    """One round of pyperf, the median of each benchmark in nanoseconds."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "pyperf.json"
        passed_on = ",".join(environment)
        command = [bench.python, bench.programs / "cached.py", "--quiet", "-p1", "-n3", "-w1", "-l1", "-o", report]
        output_of([*command, "--inherit-environ", passed_on], environment)
        found = json.loads(report.read_text())["benchmarks"]
    medians = {}
    for benchmark in found:
        name = benchmark.get("metadata", {}).get("name") or found[0]["metadata"]["name"]
        values = sorted(value for run in benchmark["runs"] for value in run.get("values", []))
        medians[name] = values[len(values) // 2] * 1e9
    if not medians:
        raise MeasurementFailed("pyperf told nothing")
    return medians


def rust(bench, environment):
    """One run of criterion: the median of each benchmark."""
    output_of([bench.rust], {**environment, "CRITERION_HOME": str(bench.out / "criterion")})
    places = {name.rpartition("/")[2]: bench.out / "criterion" / name / "new/estimates.json" for name in RUST}
    found = {name: json.loads(place.read_text())["median"]["point_estimate"] for name, place in places.items()}
    # Requests take milliseconds.
    return {name: figure / 1e6 if "request" in name else figure for name, figure in found.items()}


def take(bench, samples, notes):
    environment = bench.endpoint.environment()
    for _ in range(QUICK_ROUNDS if bench.quick else ROUNDS):
        add(samples, "py", python(bench, environment))
        add(samples, "node", numbers_of(["node", bench.node / "cached.mjs", 3], environment))
        add(samples, "c", numbers_of([bench.bin / "cached", "time", 25], environment))
    if not bench.quick:
        for _ in range(RUST_ROUNDS):
            add(samples, "rust", rust(bench, environment))
