"""Compares what programs of C and of Rust see with an earlier commit, by default that of the last release.

Usage: compat.py CARGO_SEMVER_CHECKS [COMMIT]. Fails where a function, a type or a constant of the headers has gone or
changed while the version promises that none did: one that may break programs has another first number, or, after a 0,
another second one. To see the symbols of the libraries would take a build of that commit: the headers stand for them,
since the tests of the SDK hold what a library exports equal to what its header declares. The headers of C++ are not
compared.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from version import current

ROOT = Path(__file__).resolve().parent.parent
HEADERS = ("xilnex_auth.h", "xilnex_auth_sandbox.h")

# They tell the version, or what a compiler is to do with a declaration.
NO_PART = re.compile(r"XILNEX_AUTH_(VERSION.*|API|MUST_USE|H|SANDBOX_H)$")


def git(*words):
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def last_release():
    """The tag of the last release before this commit; None before the first."""
    # On the commit of a release stands its own tag, with which all compares well.
    before = ("--merged", "HEAD", "--no-contains", "HEAD")
    tags = git("tag", "--list", "v*.*.*", "--sort=-version:refname", *before).split()
    return tags[0] if tags else None


def declared(texts):
    """What headers declare, each by its name: as the compiler sees it, without comments and breaks of lines."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            (Path(folder) / name).write_text(text)
        including = "".join(f'#include "{name}"\n' for name in texts)
        common = {"input": including, "check": True, "capture_output": True, "text": True}
        plain = subprocess.run(["cc", "-E", "-P", "-I", folder, "-x", "c", "-"], **common).stdout
        macros = subprocess.run(["cc", "-E", "-dM", "-I", folder, "-x", "c", "-"], **common).stdout
    found = {}
    for declaration in plain.split(";"):
        words = " ".join(declaration.replace("__attribute__((warn_unused_result))", "").split())
        words = re.sub(r" ?([(),]) ?", r"\1", words)
        for name in re.findall(r"\b(xilnex_auth_\w+)(?=\)?\(|$)", words)[:1]:
            found[name] = words
    for name, value in re.findall(r"^#define (XILNEX_AUTH_\w+) ?(.*)$", macros, re.M):
        if not NO_PART.match(name):
            found[name] = value
    return found


def breaks(before, now):
    """What a program that was compiled against `before` may miss."""
    for name in sorted(before):
        if name not in now:
            yield f"{name} has gone"
        elif before[name] != now[name]:
            yield f"{name} was {before[name]!r} and is {now[name]!r}"


def may_break(before, now):
    """Whether one version may break programs of the other."""
    (first, second, _), (first_now, second_now, _) = (map(int, version.split(".")) for version in (before, now))
    return first_now > first or (first == first_now == 0 and second_now > second)


def compare_c(since):
    before = {name: git("show", f"{since}:include/{name}") for name in HEADERS}
    now = {name: (ROOT / "include" / name).read_text() for name in HEADERS}
    version = re.search(r'^version = "(.*)"', git("show", f"{since}:Cargo.toml"), re.M).group(1)
    old, new = declared(before), declared(now)
    missed = list(breaks(old, new))
    print(f"C: {len(old)} names at {since}, {len(new)} now, {len(missed)} gone or changed", flush=True)
    if missed and not may_break(version, current(ROOT)):
        sys.exit(
            "\n".join([*missed, f"keep them, or give what comes after {version} a number that may break programs"])
        )


def published():
    """The crates that programs of Rust name, and the manifest of each."""
    words = ["cargo", "metadata", "--locked", "--no-deps", "--format-version", "1"]
    told = json.loads(subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    for package in told["packages"]:
        if package["publish"] != []:
            yield package["name"], Path(package["manifest_path"]).relative_to(ROOT)


def main():
    semver_checks, *commits = sys.argv[1:]
    since = commits[0] if commits else last_release()
    if not since:
        print("nothing was released yet, so nothing can break")
        return
    compare_c(since)
    # Nothing can be missed of a crate that came after.
    before = [name for name, manifest in published() if git("ls-tree", since, str(manifest))]
    packages = [word for name in before for word in ("--package", name)]
    words = [semver_checks, "semver-checks", "--baseline-rev", since, *packages]
    sys.exit(subprocess.run(words, cwd=ROOT).returncode)


if __name__ == "__main__":
    main()
