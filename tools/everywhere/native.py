"""The machine at hand, where nothing can stand in for it: macOS, and Windows on arm64. Elsewhere they are on paper."""

import sys
import tempfile
from pathlib import Path

import npm
import suite
import toolchain
import wheels
from toolchain import OUT, ROOT, Failure, call

sys.path.insert(0, str(ROOT / "bindings-c/sdk"))
import assemble

# What stands before and after the name of a library that is loaded.
LIBRARY = {"win32": ("", ".dll"), "darwin": ("lib", ".dylib")}.get(sys.platform, ("lib", ".so"))


def here(target):
    """Fails where this is not such a machine."""
    if assemble.host() != target.triple:
        raise Failure(f"{target.name} is built on such a machine, and this is {assemble.host()}")


def built():
    return Path(assemble.metadata()["target_directory"]) / "release"


def build_sdk(target):
    here(target)
    private = assemble.build()
    return assemble.pack(OUT, toolchain.papers("sdk"), target.triple, built(), private)


def run_sdk(_target, archive):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call("tar", "-xzf", archive, "-C", folder, "--strip-components", "1")
        given = {"PKG_CONFIG_PATH": str(folder / "lib/pkgconfig")}
        flags = call("pkg-config", "--cflags", "--libs", "xilnex_auth", environment=given).split()
        told = []
        for compiler, standard, source in (("cc", "c99", "driver.c"), ("c++", "c++17", "driver.cpp")):
            program = folder / f"{source}.out"
            words = (f"-std={standard}", "-D_POSIX_C_SOURCE=200809L", ROOT / "tests/drivers" / source, "-o", program)
            call(compiler, *words, *flags, "-lpthread")
            told.append(f"{source}: {suite.run((program,))}")
        return f"natively: {'; '.join(told)}"


def build_wheel(target):
    here(target)
    return wheels.made(("build", "--release", "--locked"))


def run_wheel(_target, wheel):
    with tempfile.TemporaryDirectory() as folder:
        call(sys.executable, "-m", "venv", folder)
        python = toolchain.programs(Path(folder)) / "python"
        call(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", wheel)
        return f"natively: {suite.run((python, ROOT / 'tests/drivers/driver.py'))}"


def build_npm(target):
    here(target)
    call("cargo", "build", "--release", "--locked", *npm.CRATES)
    return npm.platform_package(target, npm.natives(built(), *LIBRARY))


def run_npm(_target, package):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        driver = npm.installed(folder, npm.main_package(folder), package)
        return f"natively: {suite.run(('node', driver))}"
