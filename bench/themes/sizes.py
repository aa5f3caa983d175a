"""Theme: how large what is shipped is, and which crate takes which share of it."""

import json
import os
import tarfile
import zipfile

from rounds import MeasurementFailed, add, output_of

MIB = 1024 * 1024

# Artefacts whose shares are told: the crate that they are built from.
CRATES = {"shared": "xilnex-auth-c", "wheel": "xilnex-auth-python", "node": "xilnex-auth-node"}
# The crate of the extension is named as Python wants it.
NAMES = {"_native": "xilnex_auth_python", "[Unknown]": "of no name"}


def only(found, what):
    """The one that there is."""
    found = list(found)
    if len(found) != 1:
        raise MeasurementFailed(f"{len(found)} of {what} instead of one: run `make dist`")
    return found[0]


def sizes(dist):
    """MiB of each artefact; of a library its size as it lies on the disk of its user."""
    wheel = only(dist.glob("*.whl"), "the wheel")
    with zipfile.ZipFile(wheel) as archive:
        native = only((item for item in archive.infolist() if item.filename.endswith(".so")), "the extension")
    with tarfile.open(only(dist.glob("xilnex-auth-[0-9]*.tgz"), "the npm tarball")) as archive:
        # That of the sandbox is another.
        addons = (item for item in archive.getmembers() if item.name.endswith(".node") and "/xilnex-auth." in item.name)
        addon = only(addons, "the addon of the engine")
    with tarfile.open(only(dist.glob("xilnex-auth-sdk-*.tar.gz"), "the SDK")) as archive:
        names = (item for item in archive.getmembers() if item.isfile() and "libxilnex_auth.so." in item.name)
        shared = only(names, "the shared library")
    sizes = {"wheel": wheel.stat().st_size, "extension": native.file_size, "node": addon.size, "shared": shared.size}
    return {name: size / MIB for name, size in sizes.items()}


def shares(bench, crate):
    """KiB of code by crate, by cargo-bloat over the release profile with its symbols."""
    environment = {
        **os.environ,
        "CARGO_PROFILE_RELEASE_STRIP": "false",
        "CARGO_TARGET_DIR": str(bench.out / "cargo"),
    }
    command = [bench.bloat, "bloat", "--release", "--locked", "--crates", "-n", "0", "--message-format", "json"]
    told = json.loads(output_of([*command, "-p", crate, "--lib"], environment, bench.root, patience=900))
    found = {NAMES.get(row["name"], row["name"]): row["size"] / 1024 for row in told["crates"]}
    if not found:
        raise MeasurementFailed("cargo-bloat told no crate")
    return {"file": told["file-size"] / 1024, "code": told["text-section-size"] / 1024, "crates": found}


def take(bench, samples, notes):
    add(samples, "size", sizes(bench.dist))
    if not bench.quick:
        notes["shares"] = {name: shares(bench, crate) for name, crate in CRATES.items()}
