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

# Each driver, and what compiles it: only C is without its functions of POSIX unless they are asked for.
DRIVERS = (
    ("driver.c", ("cc", "-std=c99", "-D_POSIX_C_SOURCE=200809L")),
    ("driver.cpp", ("c++", "-std=c++17")),
)


def here(target):
    """Fails where this is not such a machine."""
    if assemble.host() != target.triple:
        raise Failure(f"{target.name} is built on such a machine, and this is {assemble.host()}")


def environment(target):
    """What cargo is told: the oldest macOS to build for, which the name of the wheel promises too."""
    platform, *version = target.wheel.split("_")[:3]
    return {"MACOSX_DEPLOYMENT_TARGET": ".".join(version)} if platform == "macosx" else {}


def built():
    return Path(assemble.metadata()["target_directory"]) / "release"


def build_sdk(target):
    here(target)
    private = assemble.build(environment=environment(target))
    return assemble.pack(OUT, toolchain.papers("sdk"), target.triple, built(), private)


def run_sdk(_target, archive):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call("tar", "-xzf", archive, "-C", folder, "--strip-components", "1")
        given = {"PKG_CONFIG_PATH": str(folder / "lib/pkgconfig")}
        flags = call("pkg-config", "--cflags", "--libs", "xilnex_auth", environment=given).split()
        told = []
        for source, compiler in DRIVERS:
            program = folder / f"{source}.out"
            call(*compiler, ROOT / "tests/drivers" / source, "-o", program, *flags, "-lpthread")
            told.append(f"{source}: {suite.run((program,))}")
        return f"natively: {'; '.join(told)}"


def build_wheel(target):
    here(target)
    words = ("build", "--release", "--locked")
    return wheels.made(words, environment=environment(target), ending=f"-abi3-{target.wheel}")


def run_wheel(_target, wheel):
    with tempfile.TemporaryDirectory() as folder:
        call(sys.executable, "-m", "venv", folder)
        python = toolchain.programs(Path(folder)) / "python"
        call(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", wheel)
        return f"natively: {suite.run((python, ROOT / 'tests/drivers/driver.py'))}"


def build_npm(target):
    here(target)
    # Python brings the C library of Microsoft along, Node does not.
    own = {"RUSTFLAGS": "-C target-feature=+crt-static"} if sys.platform == "win32" else {}
    call("cargo", "build", "--release", "--locked", *npm.CRATES, environment=environment(target) | own)
    return npm.platform_package(target, npm.natives(built(), *LIBRARY))


def run_npm(_target, package):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        driver = npm.installed(folder, npm.main_package(folder), package)
        return f"natively: {suite.run(('node', driver))}"
