"""The CPythons that can be had from Debian, and how a wheel is tried on each: the newest of a release, unpacked."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import suite
import toolchain
from toolchain import ROOT, call

BASE = ("libc6", "libgcc-s1", "zlib1g", "libexpat1", "libuuid1", "libbz2-1.0", "liblzma5")


@dataclass(frozen=True)
class Release:
    """A release of Debian with its CPython, and what that is linked with."""

    suite: str
    python: str
    libraries: tuple[str, ...]


RELEASES = (
    Release("bullseye", "3.9", ("libssl1.1", "libffi7")),
    Release("bookworm", "3.11", ("libssl3", "libffi8")),
    Release("trixie", "3.13", ("libssl3t64", "libffi8", "libzstd1")),
)
# No registry that is asked here carries them.
MISSING = ("3.10", "3.12")

# How Debian, the C library and qemu call a processor.
NAMES = {"x64": ("amd64", "x86_64", "ld-linux-x86-64.so.2"), "arm64": ("arm64", "aarch64", "ld-linux-aarch64.so.1")}


def unpacked(release, architecture):
    python = f"python{release.python}"
    own = (f"{python}-minimal", f"lib{python}-minimal", f"lib{python}-stdlib")
    return toolchain.debian(release.suite, architecture, *own, *BASE, *release.libraries)


def command(release, cpu):
    """The words that start a CPython which was not installed, with the C library of its own release."""
    architecture, processor, loader = NAMES[cpu]
    root = unpacked(release, architecture)
    program = root / f"usr/bin/python{release.python}"
    if cpu == "arm64":
        return (f"qemu-{processor}", "-L", root, program)
    libraries = [root / part / f"{processor}-linux-gnu" for part in ("lib", "usr/lib")]
    return (libraries[0] / loader, "--library-path", ":".join(map(str, libraries)), program)


def installed(wheel, release, folder):
    """Installs a wheel for a CPython by pip, which refuses what does not fit."""
    pip = (toolchain.python() / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    platform = wheel.stem.split("-")[-1].split(".")[0]
    fits = ("--only-binary", ":all:", "--python-version", release.python, "--platform", platform)
    call(*pip, "--no-index", "--no-deps", "--target", folder, *fits, wheel)


def run(wheel, cpu, shim):
    """Runs the scenarios on each CPython; tells what passed, and what could not be had."""
    told = []
    for release in RELEASES:
        with tempfile.TemporaryDirectory() as folder:
            installed(wheel, release, Path(folder))
            words = (*command(release, cpu), "-S", ROOT / "tests/drivers/driver.py")
            home = unpacked(release, NAMES[cpu][0]) / "usr"
            given = {"PYTHONPATH": folder, "PYTHONHOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
            passed = suite.run(words, shim, given, is_emulated=cpu != "x64")
            told.append(f"CPython {release.python}: {passed}")
    if cpu == "x64":
        told.append(f"a clean venv of this machine's: {in_venv(wheel, shim)}")
    return f"{'; '.join(told)}; not run on {' and '.join(MISSING)}, which cannot be had here"


def in_venv(wheel, shim):
    with tempfile.TemporaryDirectory() as folder:
        call("python3", "-m", "venv", folder)
        program = Path(folder) / "bin/python"
        call(program, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", wheel)
        return suite.run((program, ROOT / "tests/drivers/driver.py"), shim)
