"""The CPythons on which a wheel is tried: those of Debian, unpacked, and for all else the ones of frozen programs."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import frozen
import suite
import toolchain
from toolchain import ROOT, call

VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13")
DRIVER = ROOT / "tests/drivers/driver.py"
BASE = ("libc6", "libgcc-s1", "zlib1g", "libexpat1", "libuuid1", "libbz2-1.0", "liblzma5")


@dataclass(frozen=True)
class Release:
    """A release of Debian, and what its CPython is linked with."""

    suite: str
    libraries: tuple[str, ...]


RELEASES = {
    "3.9": Release("bullseye", ("libssl1.1", "libffi7")),
    "3.11": Release("bookworm", ("libssl3", "libffi8")),
    "3.13": Release("trixie", ("libssl3t64", "libffi8", "libzstd1")),
}

# How Debian, the C library and qemu call a processor.
NAMES = {"x64": ("amd64", "x86_64", "ld-linux-x86-64.so.2"), "arm64": ("arm64", "aarch64", "ld-linux-aarch64.so.1")}


def unpacked(version, architecture):
    release, python = RELEASES[version], f"python{version}"
    own = (f"{python}-minimal", f"lib{python}-minimal", f"lib{python}-stdlib")
    return toolchain.debian(release.suite, architecture, *own, *BASE, *release.libraries)


def of_debian(version, cpu):
    """The words that start a CPython which was not installed, with the C library of its release, and where it is."""
    architecture, processor, loader = NAMES[cpu]
    root = unpacked(version, architecture)
    program = root / f"usr/bin/python{version}"
    home = {"PYTHONHOME": str(root / "usr")}
    if cpu == "arm64":
        return (f"qemu-{processor}", "-L", root, program, "-S"), home
    libraries = [root / part / f"{processor}-linux-gnu" for part in ("lib", "usr/lib")]
    return (libraries[0] / loader, "--library-path", ":".join(map(str, libraries)), program, "-S"), home


def library(version):
    """A folder with what the library of a CPython has that is written in Python."""
    if version in RELEASES:
        return unpacked(version, "amd64") / f"usr/lib/python{version}"
    return frozen.pyodide(version)


def of_a_frozen_program(version, platform):
    return frozen.interpreter(version, platform, lambda: library(version))


def installed(wheel, version, folder):
    """Installs a wheel for a CPython by pip, which refuses what does not fit."""
    platform = wheel.stem.split("-")[-1].split(".")[0]
    fits = ("--only-binary", ":all:", "--python-version", version, "--platform", platform)
    toolchain.pip("install", "--no-index", "--no-deps", "--target", folder, *fits, wheel)


def run(wheel, command, shim=None, sampled=()):
    """Runs the scenarios on each CPython that `command` gives words and an environment for; tells what passed.

    On those that are named a sample is run.
    """
    told = []
    for version in VERSIONS:
        with tempfile.TemporaryDirectory() as folder:
            words, given = command(version)
            installed(wheel, version, Path(folder))
            words = (*words, shutil.copy(DRIVER, folder))
            given = {**given, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"}
            told.append(f"CPython {version}: {suite.run(words, shim, given, is_sample=version in sampled)}")
    return "; ".join(told)


def in_venv(wheel, shim):
    """Runs the scenarios in a virtual environment of this machine's own CPython."""
    with tempfile.TemporaryDirectory() as folder:
        call("python3", "-m", "venv", folder)
        program = Path(folder) / "bin/python"
        call(program, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", wheel)
        return f"a clean venv of this machine's: {suite.run((program, DRIVER), shim)}"
