"""Builds the C SDK: headers, libraries, package files for pkg-config and CMake, the command line.

Usage: assemble.py OUT PAPERS: the folder that gets the archive, and that of the papers that go along with it.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path

import dll

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# What programs link, the crate that it is built from, and what it is for.
LIBRARIES = {
    "xilnex_auth": ("xilnex-auth-c", "Access tokens from Xilnex Auth, fetched once and kept"),
    "xilnex_auth_sandbox": ("xilnex-auth-sandbox-c", "An authorization server for tests with xilnex_auth"),
}


def cargo(*words, program="cargo", environment=None):
    """Runs cargo, or what stands in for it, in the workspace; gives what it printed on stdout and on stderr."""
    # What is read from its output must not depend on the user's own settings.
    environment = {**os.environ, **(environment or {}), "CARGO_TERM_COLOR": "never"}
    environment.pop("CARGO_BUILD_TARGET", None)
    done = subprocess.run([program, *words], cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{program} {words[0]} failed:\n{done.stderr}")
    return done.stdout, done.stderr


def host():
    told = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    return re.search(r"^host: (.+)$", told, re.M).group(1)


def metadata(environment=None):
    return json.loads(cargo("metadata", "--locked", "--no-deps", "--format-version", "1", environment=environment)[0])


def build(options=(), **how):
    """Builds libraries and command line; gives what a static link of each library needs besides."""
    release = ("rustc", "--locked", "--release", *options)
    # Cargo strips no artefact of a package that has a profile of its own in Cargo.toml.
    stripped = ("--", "-C", "strip=symbols")
    cargo(*release, "-p", "xilnex-auth-cli", "--bin", "xilnex-auth", *stripped, **how)
    private = {}
    for library, (crate, _) in LIBRARIES.items():
        words = ("-p", crate, "--lib", "--", "--print", "native-static-libs")
        private[library] = re.search(r"native-static-libs: (.+)", cargo(*release, *words, **how)[1]).group(1)
    return private


def endings(target, version):
    """What the name of a shared library ends with: the file itself, its soname, and the name for linking."""
    major = version.split(".")[0]
    if "windows" in target:
        return ".dll", ".dll", ".dll"
    if "apple" in target:
        return f".{version}.dylib", f".{major}.dylib", ".dylib"
    return f".so.{version}", f".so.{major}", ".so"


def fill(template, path, values):
    text = (HERE / template).read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def place(library, prefix, built, target, version):
    """Copies a library as cargo built it, shared and static, under the names that it is loaded and linked by."""
    if "windows" in target:
        dll.place(library, prefix, built, target)
        return
    shared, soname, link = endings(target, version)
    shutil.copy(built / f"lib{library}{link}", prefix / f"lib/lib{library}{shared}")
    (prefix / f"lib/lib{library}{soname}").symlink_to(f"lib{library}{shared}")
    (prefix / f"lib/lib{library}{link}").symlink_to(f"lib{library}{soname}")
    shutil.copy(built / f"lib{library}.a", prefix / "lib")


def assemble(prefix, target, built, version, private):
    shared, soname, _ = endings(target, version)
    is_windows = "windows" in target
    for folder in ("include", "lib", "bin", "share/doc/xilnex_auth"):
        (prefix / folder).mkdir(parents=True)
    for header in sorted((ROOT / "include").iterdir()):
        shutil.copy(header, prefix / "include")
    values = {
        "VERSION": version,
        "SHARED": shared,
        "SONAME": soname,
        # A DLL is found beside the program or on PATH.
        "RUNPATH": "" if is_windows else " -Wl,-rpath,${libdir}",
        "POINTER_BYTES": "4" if target.startswith(("i686", "i586", "arm")) else "8",
    }
    for library, (_, description) in LIBRARIES.items():
        place(library, prefix, built, target, version)
        own = {"LIBRARY": library, "DESCRIPTION": description, "PRIVATE_LIBS": private[library]}
        fill("library.pc.in", prefix / f"lib/pkgconfig/{library}.pc", values | own)
        values[f"{library.upper()}_PRIVATE_LIBS"] = private[library]
    for name in ("xilnex_auth-config.cmake", "xilnex_auth-config-version.cmake"):
        fill(f"{name}.in", prefix / "lib/cmake/xilnex_auth" / name, values)
    shutil.copy(built / f"xilnex-auth{'.exe' if is_windows else ''}", prefix / "bin")
    shutil.copy(ROOT / "bindings-c/README.md", prefix)
    shutil.copytree(ROOT / "bindings-c/examples", prefix / "examples")
    for text in ("CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"):
        shutil.copy(ROOT / text, prefix / "share/doc/xilnex_auth")


def pack(out, papers, target, built, private):
    """Makes the archive of a target in the folder `out`, of what cargo left in the folder `built`; gives its path."""
    version = metadata()["packages"][0]["version"]
    name = f"xilnex-auth-sdk-{version}-{target}"
    with tempfile.TemporaryDirectory() as folder:
        prefix = Path(folder) / name
        assemble(prefix, target, built, version, private)
        shutil.copytree(papers, prefix / "share/doc/xilnex_auth", dirs_exist_ok=True)
        return (zipped if "windows" in target else tarred)(out, prefix)


def tarred(out, prefix):
    path = out / f"{prefix.name}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(prefix, arcname=prefix.name, filter=nobody)
    return path


def zipped(out, prefix):
    """As Windows unpacks it without a tool."""
    path = out / f"{prefix.name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted(prefix.rglob("*")):
            archive.write(file, Path(prefix.name) / file.relative_to(prefix))
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("papers", type=Path)
    given = parser.parse_args()
    private = build()
    built = Path(metadata()["target_directory"]) / "release"
    pack(given.out, given.papers, host(), built, private)


def nobody(member):
    """Whoever built the archive is nobody's business."""
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


if __name__ == "__main__":
    main()
