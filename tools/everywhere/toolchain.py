"""Where things are, and what has to be there: installed from Debian, PyPI and npm, kept outside the tree."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "dist/all"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xilnex-auth"

# Where cargo builds for each target, whichever clone it is asked in.
TARGETS = CACHE / "target"

# The standard library is built for each target by a compiler whose sources Debian carries too.
COMPILER = ("rustc-web", "cargo-web", "libstd-rust-web-dev", "rust-web-src")
# Zig links for any C library of Linux, and for a glibc older than that of this machine. No other system needs it.
ZIG = ("ziglang==0.17.1", "cargo-zigbuild==0.24.1") if sys.platform == "linux" else ()
# In the versions by which the native build has them.
SHARED = ("maturin", "cyclonedx-python-lib")


class Failure(Exception):
    """A step that failed; the text is all that has to be known."""


def call(*words, folder=ROOT, environment=None, patience=1800):
    """Runs a program and gives what it printed to stdout; a failure tells the end of all that it printed."""
    program, *arguments = map(str, words)
    given = {**os.environ, **(environment or {})}
    done = subprocess.run(
        # On Windows npm is npm.cmd, which is found only by who looks along PATH for it.
        [shutil.which(program, path=given.get("PATH")) or program, *arguments],
        cwd=folder,
        env=given,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=patience,
    )
    if done.returncode != 0:
        raise Failure(f"{words[0]} ended with status {done.returncode}: {(done.stdout + done.stderr)[-4000:]}")
    return done.stdout


def packages(*names):
    """Sees to it that these packages of Debian are installed."""
    told = subprocess.run(
        ["dpkg-query", "-W", "-f", "${binary:Package} ${Package} ${db:Status-Status}\n", *names],
        capture_output=True,
        text=True,
    ).stdout
    present = {word for line in told.splitlines() if line.endswith(" installed") for word in line.split()[:2]}
    missing = [name for name in names if name not in present]
    if not missing:
        return
    install = ("apt-get", "-o", "DPkg::Lock::Timeout=900", "install", "--yes", "--no-install-recommends", *missing)
    if os.geteuid() != 0:
        raise Failure(f"packages are missing; install them with: sudo {' '.join(install)}")
    call("apt-get", "-o", "DPkg::Lock::Timeout=900", "update")
    call(*install, environment={"DEBIAN_FRONTEND": "noninteractive"})


def programs(venv):
    """Where a virtual environment has its programs."""
    return venv / ("Scripts" if os.name == "nt" else "bin")


def pinned(*names):
    """These packages of PyPI with their versions, as the requirements of the project have them."""
    lines = (ROOT / "bindings-python/requirements-dev.txt").read_text().splitlines()
    return tuple(line for line in lines if line.split("==")[0] in names)


def python():
    """The folder of the programs that PyPI delivers."""
    folder = CACHE / "python"
    needed = (*ZIG, *pinned(*SHARED))
    mark = folder / "_".join(needed)
    if not mark.exists():
        call("python3", "-m", "venv", folder)
        call(programs(folder) / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *needed)
        mark.touch()
    return programs(folder)


def pip(command, *words):
    """Runs pip for the machine that the words name, or for this one."""
    call(python() / "python", "-m", "pip", "--disable-pip-version-check", command, "--quiet", *words)


def built(target):
    """Where cargo puts what it builds for a target."""
    return TARGETS / target.triple / "release"


def papers(kind, triple=None):
    """A folder with the licences of what is linked into a package for a target, and its bill of materials."""
    folder = CACHE / "papers" / f"{kind}-{triple}"
    folder.mkdir(parents=True, exist_ok=True)
    options = ("--target", triple) if triple else ()
    call(python() / "python", "tools/papers.py", *options, kind, folder)
    return folder


def compiler():
    """The environment in which cargo builds for any target, standard library included."""
    packages(*COMPILER)
    programs = python()
    return {
        "PATH": f"{programs}:/usr/bin:{os.environ['PATH']}",
        "CARGO": "/usr/bin/cargo",
        "RUSTC": "/usr/bin/rustc",
        "RUSTC_BOOTSTRAP": "1",
        "CARGO_UNSTABLE_BUILD_STD": "std,panic_unwind",
        "CARGO_TARGET_DIR": str(TARGETS),
        "CARGO_TERM_COLOR": "never",
    }


def mirror():
    """Where this machine has its packages of Debian from."""
    told = call("apt-get", "indextargets", "--format", "$(SITE) $(LABEL)", "Created-By: Packages")
    sites = [line.split()[0] for line in told.splitlines() if line.endswith(" Debian")]
    if not sites:
        raise Failure("apt-get knows no mirror of Debian: is this Debian 12, and did apt-get update succeed?")
    return sites[0]


def debian(suite, architecture, *names):
    """A folder with these packages of Debian for another machine or release, unpacked and not installed."""
    root = CACHE / f"debian-{suite}-{architecture}"
    mark = root / "unpacked" / "_".join(names)[:200]
    if mark.exists():
        return root
    state = root / "var/apt"
    for folder in ("lists/partial", "cache/archives/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    sources = state / "sources.list"
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    sources.write_text(f"deb [signed-by={keyring}] {mirror()} {suite} main\n")
    apt = ["apt-get", "-o", f"Dir::State::lists={state}/lists", "-o", f"Dir::Cache={state}/cache"]
    apt += ["-o", f"Dir::Etc::sourcelist={sources}", "-o", "Dir::Etc::sourceparts=-"]
    # What this machine has installed does not count.
    (state / "status").touch()
    apt += ["-o", f"Dir::State::status={state}/status"]
    apt += ["-o", f"APT::Architecture={architecture}", "-o", f"APT::Architectures={architecture}"]
    call(*apt, "update")
    call(*apt, "download", *names, folder=state / "cache")
    for package in (state / "cache").glob("*.deb"):
        call("dpkg-deb", "-x", package, root)
        package.unlink()
    # Newer releases have all libraries in one folder, and programs look for the loader in the other.
    for name in ("lib", "lib64"):
        if not os.path.lexists(root / name):
            (root / name).symlink_to(f"usr/{name}")
    mark.parent.mkdir(exist_ok=True)
    mark.touch()
    return root
