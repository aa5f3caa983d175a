"""The machine at hand, where nothing can stand in for it: macOS, and Windows on arm64. Elsewhere they are on paper."""

import shutil
import sys
import tempfile
from pathlib import Path

import npm
import suite
import toolchain
from toolchain import OUT, ROOT, Failure, call

sys.path.insert(0, str(ROOT / "bindings-c/sdk"))
import assemble

# What stands before and after the name of a library that is loaded.
LIBRARY = {"win32": ("", ".dll"), "darwin": ("lib", ".dylib")}.get(sys.platform, ("lib", ".so"))


def build(target, kind):
    if assemble.host() != target.triple:
        raise Failure(f"{target.name} is built on such a machine, and this is {assemble.host()}")
    OUT.mkdir(parents=True, exist_ok=True)
    return {"sdk": build_sdk, "wheel": build_wheel, "npm": build_npm}[kind](target)


def run(target, kind, artefact):
    told = {"sdk": run_sdk, "wheel": run_wheel, "npm": run_npm}[kind](artefact)
    return f"natively: {told}"


def built():
    return Path(assemble.metadata()["target_directory"]) / "release"


def build_sdk(target):
    private = assemble.build()
    return [assemble.pack(OUT, toolchain.papers("sdk"), target.triple, built(), private)]


def run_sdk(archive):
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
        return "; ".join(told)


def build_wheel(_target):
    shutil.copytree(toolchain.papers("wheel"), ROOT / "bindings-python", dirs_exist_ok=True)
    maturin = (toolchain.python() / "maturin", "build", "--release", "--locked")
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        call(*maturin, "--manifest-path", ROOT / "bindings-python/Cargo.toml", "--out", folder)
        return [Path(shutil.move(wheel, OUT / wheel.name)) for wheel in Path(folder).iterdir()]


def run_wheel(wheel):
    with tempfile.TemporaryDirectory() as folder:
        call(sys.executable, "-m", "venv", folder)
        python = toolchain.programs(Path(folder)) / "python"
        call(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", wheel)
        return suite.run((python, ROOT / "tests/drivers/driver.py"))


def build_npm(target):
    words = ("--release", "--locked", "-p", "xilnex-auth-node", "-p", "xilnex-auth-sandbox-node")
    call("cargo", "build", *words, folder=npm.SOURCES)
    before, after = LIBRARY
    names = {"xilnex-auth": "xilnex_auth_node", "xilnex-auth-sandbox": "xilnex_auth_sandbox_node"}
    natives = {stem: built() / f"{before}{name}{after}" for stem, name in names.items()}
    return [npm.platform_package(target, natives)]


def run_npm(package):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        driver = npm.installed(folder, npm.main_package(folder), package)
        return suite.run(("node", driver))
