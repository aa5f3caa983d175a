"""Builds, packs and runs every artefact of every target, and records in dist/MANIFEST.md what came of it.

Usage: python3 tools/everywhere [TARGET ...]

For each kind of artefact the module of a family has build_KIND(target), which gives the path of what it made in
dist/all, and run_KIND(target, artefact), which gives a sentence about the run that it passed, or raises NotRun. What
was built is run while the next is being built: a build keeps one processor busy, a run waits most of the time.
"""

import importlib
import sys
import time
import traceback
from concurrent.futures import Future, ThreadPoolExecutor

import manifest
import platforms
import toolchain

# What ends a step and not the command: a program of ours that fails on its own leaves by SystemExit.
PROBLEMS = (Exception, SystemExit)


def tell(problem):
    """Says what happened; where it was not foreseen, where too."""
    if isinstance(problem, (toolchain.Failure, SystemExit)):
        print(problem, file=sys.stderr, flush=True)
    else:
        traceback.print_exception(problem)


def timed(name, step, *arguments):
    """What a step gives; tells how long it took."""
    begun = time.monotonic()
    try:
        return step(*arguments)
    finally:
        print(f"{time.monotonic() - begun:7.1f} s  {name}", flush=True)


def steps(target, kind):
    """What builds and what runs a kind of artefact for a target."""
    family = importlib.import_module(target.family)
    return tuple(getattr(family, f"{verb}_{kind.replace('-', '_')}") for verb in ("build", "run"))


def tried(run, target, artefact):
    """The row of an artefact that was run, and whether all is well with it."""
    try:
        told, is_well = timed(f"{target.name}: run {artefact.name}", run, target, artefact), True
    except manifest.NotRun as reason:
        told, is_well = f"built, not run: {reason}", True
    except PROBLEMS as problem:
        tell(problem)
        told, is_well = f"FAILED: {problem}"[:500], False
    print(f"           {artefact.name}: {told}", flush=True)
    return manifest.row(artefact, target, told), is_well


def begun(runner, target, kind):
    """Builds; gives the future of what `tried` gives, or of the row of a failure."""
    try:
        build, run = steps(target, kind)
        artefact = timed(f"{target.name}: build {kind}", build, target)
    except PROBLEMS as problem:
        tell(problem)
        failed = Future()
        failed.set_result((manifest.failed(target, kind, str(problem)), False))
        return failed
    return runner.submit(tried, run, target, artefact)


def main():
    chosen = platforms.chosen(sys.argv[1:])
    toolchain.OUT.mkdir(parents=True, exist_ok=True)
    futures = []
    with ThreadPoolExecutor(1) as runner:
        for target in chosen:
            for kind in target.kinds:
                futures.append(begun(runner, target, kind))
                # What was made so far is told, whatever comes.
                manifest.write([future.result()[0] for future in futures if future.done()], chosen)
    made = [future.result() for future in futures]
    manifest.write([row for row, _ in made], chosen)
    print(manifest.MANIFEST.read_text())
    failures = [f"{row.target}: {row.artefact}: {row.run}" for row, is_well in made if not is_well]
    if failures:
        raise SystemExit("\n".join(["failed:", *failures]))


if __name__ == "__main__":
    main()
