"""Builds the C SDK: headers, libraries, package files for pkg-config and CMake, the command line.

Usage: assemble.py OUT NOTICES: the folder that gets the archive, and the licences of what is linked in.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def cargo(*words):
    """Runs cargo in the workspace; gives what it printed on stdout and on stderr."""
    # What is read from its output must not depend on the user's own settings.
    environment = {**os.environ, "CARGO_TERM_COLOR": "never"}
    environment.pop("CARGO_BUILD_TARGET", None)
    done = subprocess.run(["cargo", *words], cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"cargo {words[0]} failed:\n{done.stderr}")
    return done.stdout, done.stderr


def host():
    told = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    return re.search(r"^host: (.+)$", told, re.M).group(1)


def build():
    """Builds libraries and command line; gives their folder and what a static link needs besides."""
    metadata = json.loads(cargo("metadata", "--locked", "--no-deps", "--format-version", "1")[0])
    cargo("build", "--locked", "--release", "-p", "xilnex-auth-cli")
    told = cargo(
        "rustc", "--locked", "--release", "-p", "xilnex-auth-c", "--lib", "--", "--print", "native-static-libs"
    )[1]
    private = re.search(r"native-static-libs: (.+)", told).group(1)
    return Path(metadata["target_directory"]) / "release", metadata["packages"][0]["version"], private


def library_names(target, version):
    """The file that holds the shared library, its soname, the name for linking, and what cargo calls it."""
    major = version.split(".")[0]
    if "apple" in target:
        names = (f"libxilnex_auth.{version}.dylib", f"libxilnex_auth.{major}.dylib", "libxilnex_auth.dylib")
    else:
        names = (f"libxilnex_auth.so.{version}", f"libxilnex_auth.so.{major}", "libxilnex_auth.so")
    return (*names, names[2])


def fill(template, folder, values):
    text = (HERE / template).read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / template.removesuffix(".in")).write_text(text)


def assemble(prefix, target, libraries, version, private):
    shared, soname, link, built = library_names(target, version)
    for folder in ("include", "lib", "bin", "share/doc/xilnex_auth"):
        (prefix / folder).mkdir(parents=True)
    for header in sorted((ROOT / "include").iterdir()):
        shutil.copy(header, prefix / "include")
    shutil.copy(libraries / built, prefix / "lib" / shared)
    (prefix / "lib" / soname).symlink_to(shared)
    (prefix / "lib" / link).symlink_to(soname)
    shutil.copy(libraries / "libxilnex_auth.a", prefix / "lib")
    values = {
        "VERSION": version,
        "SHARED_LIBRARY": shared,
        "SONAME": soname,
        "PRIVATE_LIBS": private,
        "POINTER_BYTES": "4" if target.startswith(("i686", "i586", "arm")) else "8",
    }
    fill("xilnex_auth.pc.in", prefix / "lib/pkgconfig", values)
    fill("xilnex_auth-config.cmake.in", prefix / "lib/cmake/xilnex_auth", values)
    fill("xilnex_auth-config-version.cmake.in", prefix / "lib/cmake/xilnex_auth", values)
    shutil.copy(libraries / "xilnex-auth", prefix / "bin")
    shutil.copy(ROOT / "bindings-c/README.md", prefix)
    for text in ("CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"):
        shutil.copy(ROOT / text, prefix / "share/doc/xilnex_auth")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("notices", type=Path)
    given = parser.parse_args()
    target = host()
    libraries, version, private = build()
    name = f"xilnex-auth-sdk-{version}-{target}"
    with tempfile.TemporaryDirectory() as folder:
        prefix = Path(folder) / name
        assemble(prefix, target, libraries, version, private)
        shutil.copy(given.notices, prefix / "share/doc/xilnex_auth/THIRD-PARTY-NOTICES.md")
        with tarfile.open(given.out / f"{name}.tar.gz", "w:gz") as archive:
            archive.add(prefix, arcname=name, filter=nobody)


def nobody(member):
    """Whoever built the archive is nobody's business."""
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


if __name__ == "__main__":
    main()
