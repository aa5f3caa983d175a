"""Builds, packs and runs every artefact of every target, and records in dist/MANIFEST.md what came of it.

Usage: python3 tools/everywhere [TARGET ...]

A module of a family has build(target, kind), which gives the paths of the artefacts it made in dist/all, and
run(target, kind, artefact), which gives a sentence about the run that it passed, or raises NotRun.
"""

import importlib
import sys
import time
import traceback

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


def outcome(family, target, kind, artefact):
    """What is told of the run of an artefact, and whether it is as it should be."""
    try:
        return timed(f"{target.name}: run {artefact.name}", family.run, target, kind, artefact), True
    except manifest.NotRun as reason:
        return f"built, not run: {reason}", True
    except PROBLEMS as problem:
        tell(problem)
        return f"FAILED: {problem}"[:500], False


def rows(target, kind):
    """A row for each artefact of one kind, and whether all is well with it."""
    try:
        family = importlib.import_module(target.family)
        artefacts = timed(f"{target.name}: build {kind}", family.build, target, kind)
    except PROBLEMS as problem:
        tell(problem)
        yield manifest.failed(target, kind, str(problem)), False
        return
    for artefact in artefacts:
        told, is_well = outcome(family, target, kind, artefact)
        print(f"           {artefact.name}: {told}", flush=True)
        yield manifest.row(artefact, target, told), is_well


def main():
    chosen = platforms.chosen(sys.argv[1:])
    made, failures = [], []
    for target in chosen:
        for kind in target.kinds:
            for row, is_well in rows(target, kind):
                made.append(row)
                failures += [] if is_well else [f"{target.name}: {row.artefact}: {row.run}"]
            # What was made so far is told, whatever comes.
            manifest.write(made, chosen)
    print(manifest.MANIFEST.read_text())
    if failures:
        raise SystemExit("\n".join(["failed:", *failures]))


if __name__ == "__main__":
    main()
