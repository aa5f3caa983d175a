"""What is built on the machine of its user by cargo alone, and the main package of npm."""

import json
import re
import shutil
import tempfile
from pathlib import Path

import npm
import suite
import toolchain
import wheels
from toolchain import ROOT, call

# What the addons are built from, in the order of their dependencies.
CRATES = ("wiping", "lasting", "core", "sandbox", "cli", "bindings-node", "bindings-node/sandbox")


def build_main(_target):
    return npm.main_package()


def build_sdist(_target):
    return wheels.made(("sdist",))


def workspace():
    """The workspace of the addons alone, in the words of that of the whole house."""
    text = (ROOT / "Cargo.toml").read_text()
    text = re.sub(r"^members = \[.*?\]", f"members = {json.dumps(CRATES)}", text, flags=re.M | re.S)
    return re.sub(r"^(default-members|exclude) = .*\n", "", text, flags=re.M)


def build_npm_source(_target):
    """Sources, lockfile and a program that has cargo build them."""
    main = npm.manifest()
    described = {
        "name": "xilnex-auth-source",
        "version": main["version"],
        "description": "The native parts of xilnex-auth as sources, built by cargo for the machine at hand",
        "license": main["license"],
        "engines": main["engines"],
        "bin": {"xilnex-auth-source": "build.js"},
        "files": ["build.js", "Cargo.*", "*/**", "LICENSE-*"],
    }
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        for crate in CRATES:
            shutil.copytree(ROOT / crate / "src", made / crate / "src")
            for path in (ROOT / crate / "Cargo.toml", ROOT / crate / "build.rs"):
                if path.exists():
                    shutil.copy(path, made / crate)
        shutil.copy(npm.SOURCES / "source/build.js", made)
        for text in ("Cargo.lock", "LICENSE-APACHE", "LICENSE-MIT"):
            shutil.copy(ROOT / text, made)
        (made / "Cargo.toml").write_text(workspace())
        (made / "README.md").write_text(
            "# xilnex-auth-source\n\nIn a project that has `xilnex-auth`, where Rust is "
            "installed: `npx xilnex-auth-source` builds its native parts.\n"
        )
        # What the other crates need goes from the lockfile; all else stays as it is.
        call("cargo", "update", "--workspace", "--quiet", folder=made)
        return npm.pack(made, described)


def run_main(_target, package):
    """The main package alone says which package it misses."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        npm.installed(folder, package)
        code = "try { require('xilnex-auth') } catch (error) { console.log(error.message) }"
        told = call("node", "-e", code, folder=folder)
        missing = "The optional package xilnex-auth-linux-x64-gnu is missing"
        if missing not in told:
            raise toolchain.Failure(f"the main package alone does not tell what it misses: {told}")
    return f'alone it says "{missing}"; with the package of each platform it ran where that is told'


def run_sdist(_target, archive):
    """Built by pip in an empty folder, then run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call("python3", "-m", "venv", folder / "venv")
        program = folder / "venv/bin/python"
        call(program, "-m", "pip", "install", "--disable-pip-version-check", archive, folder=folder)
        return f"built by pip and cargo alone: {suite.run((program, ROOT / 'tests/drivers/driver.py'), below())}"


def run_npm_source(_target, package):
    """Built by its program for the main package in an empty folder, then run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        driver = npm.installed(folder, npm.main_package(folder), package)
        call("npx", "--offline", "xilnex-auth-source", folder=folder)
        return f"built by npx and cargo alone: {suite.run(('node', driver), below())}"


def below():
    """The shim for this machine, compiled by its compiler."""
    path = toolchain.CACHE / "shim.so"
    words = ("-std=gnu11", "-O1", "-shared", "-fPIC", ROOT / "tests/system/shim.c", "-o", path, "-ldl")
    call("cc", *words)
    return path
