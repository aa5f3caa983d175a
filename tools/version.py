"""Sets the one version of everything, or compares all places that tell it.

Usage: version.py [[--notes] VERSION]. Without one it fails where a place tells another version than Cargo.toml. With
one it also gives what is unreleased in the changelog that version and this day's date. With --notes it only prints
what the changelog tells of that version.
"""

import datetime
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# As all registries take it.
VERSION = r"\d+\.\d+\.\d+"

# Its numbers by themselves, where a preprocessor compares them.
PARTS = ("MAJOR", "MINOR", "PATCH")

# Files, and what stands before the version in them, at least once.
OWN_LINE = r'^version = "'
LOCKED = r'^name = "xilnex-auth[a-z-]*"\nversion = "'
PLACES = {
    "Cargo.toml": rf'{OWN_LINE}|^xilnex-auth[a-z-]* = \{{ path = "[^"]*", version = "',
    "Cargo.lock": LOCKED,
    "bench/rust/Cargo.lock": LOCKED,
    "bench/rust/Cargo.toml": OWN_LINE,
    "bindings-c/cbindgen.toml": r'#define XILNEX_AUTH_VERSION "',
    "bindings-node/lib/load-native.js": r"^const version = '",
    "bindings-node/package-lock.json": r'^  "version": "|^      "name": "xilnex-auth",\n      "version": "',
    "bindings-node/package.json": r'^  "version": "',
    "fuzz/Cargo.lock": LOCKED,
    "fuzz/Cargo.toml": OWN_LINE,
    "fuzz/c/Cargo.toml": OWN_LINE,
    "include/xilnex_auth.h": r'#define XILNEX_AUTH_VERSION "',
}

PLACES_OF_A_PART = {
    "bindings-c/src/version.rs": "^pub const XILNEX_AUTH_VERSION_{part}: u32 = ",
    "include/xilnex_auth.h": "^#define XILNEX_AUTH_VERSION_{part} ",
}

UNRELEASED = "## [Unreleased]\n"


def places(version):
    """Where which text is expected: a file, the pattern that finds it, and the text."""
    for name, before in PLACES.items():
        yield name, re.compile(rf"({before})({VERSION})", re.M), version
    for name, before in PLACES_OF_A_PART.items():
        for part, number in zip(PARTS, version.split(".")):
            yield name, re.compile(rf"({before.format(part=part)})(\d+)", re.M), number


def current(root):
    return re.search(rf'{OWN_LINE}({VERSION})"', (root / "Cargo.toml").read_text(), re.M).group(1)


def differing(root):
    """What is wrong: places without a version, and those that tell another one than Cargo.toml."""
    version = current(root)
    for name, pattern, wanted in places(version):
        found = [told for *_, told in pattern.findall((root / name).read_text())]
        if not found:
            yield f"{name}: no version where one is expected"
        for told in sorted({told for told in found if told != wanted}):
            yield f"{name}: {told}, and {wanted} is expected: run make version VERSION={version}"


def release(changelog, version, day):
    """The changelog with what is unreleased under this version; unchanged if the version has its heading."""
    if f"## [{version}]" in changelog:
        return changelog
    if UNRELEASED not in changelog:
        raise ValueError(f"CHANGELOG.md has no line {UNRELEASED.strip()!r}: put it above what is new")
    return changelog.replace(UNRELEASED, f"{UNRELEASED}\n## [{version}] - {day}\n", 1)


def notes(changelog, version):
    """What the changelog tells of a version, without the heading."""
    found = re.search(rf"^## \[{re.escape(version)}\] - [^\n]+\n(.*?)(?=^## \[|\Z)", changelog, re.M | re.S)
    if not found or not found[1].strip():
        raise SystemExit(f"CHANGELOG.md tells nothing of {version}: run make version VERSION={version}")
    return found[1].strip()


def put(root, version, day):
    for name, pattern, wanted in places(version):
        path = root / name
        path.write_text(pattern.sub(rf"\g<1>{wanted}", path.read_text()))
    changelog = root / "CHANGELOG.md"
    changelog.write_text(release(changelog.read_text(), version, day))


def main():
    if sys.argv[1:2] == ["--notes"]:
        print(notes((ROOT / "CHANGELOG.md").read_text(), sys.argv[2]))
        return
    if len(sys.argv) > 1:
        if not re.fullmatch(VERSION, sys.argv[1]):
            sys.exit(f"VERSION must be three numbers, such as 1.2.3; it is {sys.argv[1]!r}")
        put(ROOT, sys.argv[1], datetime.date.today())
    problems = list(differing(ROOT))
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
