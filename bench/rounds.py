"""Runs the programs of the benchmark and reads their numbers; a program that fails or hangs ends the benchmark."""

import json
import subprocess

# Seconds after which a program hangs.
PATIENCE = 120


class MeasurementFailed(Exception):
    """A program that was to measure did not: there is no report without its figures."""


def output_of(command, environment=None, folder=None, patience=PATIENCE):
    """What a program prints; it has to end well and in time."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, env=environment, cwd=folder, capture_output=True, text=True, timeout=patience)
    except subprocess.TimeoutExpired:
        raise MeasurementFailed(f"{shown(words)} did not end within {patience} s") from None
    except OSError as problem:
        raise MeasurementFailed(f"{shown(words)} cannot be run: {problem.strerror}") from None
    if done.returncode != 0:
        raise MeasurementFailed(f"{shown(words)} ended with status {done.returncode}: {done.stderr.strip()[-500:]}")
    return done.stdout


def numbers_of(command, environment=None, folder=None, patience=PATIENCE):
    """The object of JSON that a program prints as its last line."""
    lines = output_of(command, environment, folder, patience).strip().splitlines()
    try:
        found = json.loads(lines[-1])
    except (IndexError, json.JSONDecodeError):
        raise MeasurementFailed(f"{shown(command)} printed no figures") from None
    if not found:
        raise MeasurementFailed(f"{shown(command)} printed no figures")
    return found


def shown(words):
    """The command by its last parts: enough to find it, without the places of this machine."""
    return " ".join(str(word).rpartition("/")[2] for word in words)[:80]


def add(samples, prefix, found):
    """Appends what a round has found, numbers or lists of them, to the samples of a prefix."""
    for name, values in found.items():
        samples.setdefault(f"{prefix}.{name}", []).extend(values if isinstance(values, list) else [values])
