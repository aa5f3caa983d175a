"""Sets the one version of everything, or compares all places that tell it.

Usage: version.py [VERSION]. Without one it fails where a place tells another version than Cargo.toml. With one it also
gives what is unreleased in the changelog that version and this day's date.
"""

import datetime
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# As crates.io, PyPI and npm all take it.
VERSION = r"\d+\.\d+\.\d+"

# Files, and what stands before the version in them, at least once.
OWN_LINE = r'^version = "'
LOCKED = r'^name = "xilnex-auth[a-z-]*"\nversion = "'
PLACES = {
    "Cargo.toml": rf'{OWN_LINE}|^xilnex-auth[a-z-]* = \{{ path = "[^"]*", version = "',
    "Cargo.lock": LOCKED,
    "bench/rust/Cargo.lock": LOCKED,
    "bench/rust/Cargo.toml": OWN_LINE,
    "bindings-c/cbindgen.toml": r'#define XILNEX_AUTH_VERSION "',
    "bindings-node/load-native.js": r"^const version = '",
    "bindings-node/package-lock.json": r'^  "version": "|^      "name": "xilnex-auth",\n      "version": "',
    "bindings-node/package.json": r'^  "version": "',
    "fuzz/Cargo.lock": LOCKED,
    "fuzz/Cargo.toml": OWN_LINE,
    "fuzz/c/Cargo.toml": OWN_LINE,
    "include/xilnex_auth.h": r'#define XILNEX_AUTH_VERSION "',
}

UNRELEASED = "## [Unreleased]\n"


def pattern(before):
    return re.compile(rf"({before})({VERSION})", re.M)


def differing(root):
    """What is wrong: places without a version, and those that tell another one than the first place."""
    wanted = None
    for name, before in PLACES.items():
        found = [told for *_, told in pattern(before).findall((root / name).read_text())]
        wanted = wanted or (found[0] if found else None)
        if not found:
            yield f"{name}: no version where one is expected"
        for told in sorted({told for told in found if told != wanted}):
            yield f"{name}: {told}, and Cargo.toml has {wanted}: run make version VERSION={wanted}"


def release(changelog, version, day):
    """The changelog with what is unreleased under this version; unchanged if the version has its heading."""
    if f"## [{version}]" in changelog:
        return changelog
    if UNRELEASED not in changelog:
        raise ValueError(f"CHANGELOG.md has no line {UNRELEASED.strip()!r}: put it above what is new")
    return changelog.replace(UNRELEASED, f"{UNRELEASED}\n## [{version}] - {day}\n", 1)


def put(root, version, day):
    for name, before in PLACES.items():
        path = root / name
        path.write_text(pattern(before).sub(rf"\g<1>{version}", path.read_text()))
    changelog = root / "CHANGELOG.md"
    changelog.write_text(release(changelog.read_text(), version, day))


def main():
    if len(sys.argv) > 1:
        if not re.fullmatch(VERSION, sys.argv[1]):
            sys.exit(f"VERSION must be three numbers, such as 1.2.3; it is {sys.argv[1]!r}")
        put(ROOT, sys.argv[1], datetime.date.today())
    problems = list(differing(ROOT))
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
