"""Linux: SDK, wheel and addon for each C library and processor, run natively or by qemu."""

import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import callers
import npm
import pythons
import suite
import toolchain
import wheels
from toolchain import OUT, ROOT, Failure, built, call

sys.path.insert(0, str(ROOT / "bindings-c/sdk"))
import assemble

# What the oldest systems have that Rust and manylinux2014 serve.
GLIBC = "2.17"


@dataclass(frozen=True)
class Machine:
    """What compiles C for a target, and what runs it here."""

    compiler: tuple = ("cc",)
    cpp: tuple = ("c++",)
    runner: tuple = ()
    packages: tuple = ()


def emulated(gnu, qemu):
    return Machine(
        (f"{gnu}-gcc",),
        (f"{gnu}-g++",),
        (f"qemu-{qemu}", "-L", f"/usr/{gnu}"),
        ("qemu-user", f"gcc-{gnu}", f"g++-{gnu}"),
    )


def zig(language, triple):
    return (toolchain.CACHE / "python/bin/python", "-m", "ziglang", language, "-target", triple, "-dynamic")


def machine(target):
    if target.name == "linux-arm64-gnu":
        return emulated("aarch64-linux-gnu", "aarch64")
    if target.name == "linux-arm-gnueabihf":
        return emulated("arm-linux-gnueabihf", "arm")
    if target.name == "linux-x64-musl":
        loader = musl_root("amd64", "x86_64") / "lib/ld-musl-x86_64.so.1"
        return Machine(zig("cc", "x86_64-linux-musl"), zig("c++", "x86_64-linux-musl"), (loader,))
    if target.name == "linux-arm64-musl":
        qemu = ("qemu-aarch64", "-L", musl_root("arm64", "aarch64"))
        return Machine(zig("cc", "aarch64-linux-musl"), zig("c++", "aarch64-linux-musl"), qemu, ("qemu-user",))
    return Machine()


def ready(target):
    """The same, with all of it installed."""
    mine = machine(target)
    toolchain.packages(*mine.packages)
    return mine


def musl_root(architecture, processor):
    """A folder in which the loader of musl lies where programs look for it."""
    # Of the release whose musl knows how programs of Alpine are relocated.
    root = toolchain.debian("trixie", architecture, "musl")
    loader = root / f"lib/ld-musl-{processor}.so.1"
    if not loader.exists():
        loader.symlink_to(f"{processor}-linux-musl/libc.so")
    return root


def is_musl(target):
    return target.triple.endswith("musl")


def versioned(target):
    """The target as zig is told it: with the glibc that it shall run on."""
    return target.triple if is_musl(target) else f"{target.triple}.{GLIBC}"


def environment(target):
    # A shared library cannot hold the C library.
    flags = {"RUSTFLAGS": "-C target-feature=-crt-static"} if is_musl(target) else {}
    return {**toolchain.compiler(), **flags}


def check_glibc(path):
    """Fails where a library or program needs a newer glibc than is promised."""
    told = call("readelf", "--version-info", "--wide", path)
    needed = {tuple(map(int, found.split("."))) for found in re.findall(r"GLIBC_([0-9.]+)", told)}
    promised = tuple(map(int, GLIBC.split(".")))
    if needed and max(needed) > promised:
        raise Failure(f"{path.name} needs glibc {'.'.join(map(str, max(needed)))}, and {GLIBC} is promised")


def zigbuild(target, *crates):
    words = ("--release", "--locked", "--target", versioned(target), *crates)
    call("cargo-zigbuild", "zigbuild", *words, environment=environment(target))


def build_sdk(target):
    given = environment(target)
    private = assemble.build(("--target", versioned(target)), program="cargo-zigbuild", environment=given)
    zigbuild(target, "-p", "xilnex-auth-unwinding")
    for name in ("libxilnex_auth.so", "libxilnex_auth_sandbox.so", "xilnex-auth"):
        check_glibc(built(target) / name)
    return assemble.pack(OUT, toolchain.papers("sdk", target.triple), target.triple, built(target), private)


def run_sdk(target, archive):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call("tar", "-xzf", archive, "-C", folder, "--strip-components", "1")
        mine = ready(target)
        drivers = compiled(folder, mine)
        below = shim(target, folder)
        told = [f"{kind}: {suite.run((*mine.runner, path), below)}" for kind, path in drivers.items()]
        call(*started(mine, folder / "bin/xilnex-auth"), "--version")
        outlive_a_panic(target, mine, folder)
        if target.name == "linux-x64-gnu":
            told.append(callers.run(folder, folder))
    return f"{how(mine)}: {'; '.join(told)}"


def outlive_a_panic(target, mine, folder):
    """A program in C calls a library that is built as those of the SDK are, and panics inside."""
    program = folder / "unwinding"
    library = shutil.copy(built(target) / "libxilnex_auth_unwinding.so", folder)
    call(*mine.compiler, ROOT / "tests/unwinding/host.c", library, f"-Wl,-rpath,{folder}", "-o", program)
    call(*mine.runner, program)


def started(mine, program):
    """The words that start a program: one that names no loader is not for that of musl."""
    is_loader = mine.runner and Path(mine.runner[0]).name.startswith("ld-musl")
    is_static = "INTERP" not in call("readelf", "--program-headers", "--wide", program)
    return (program,) if is_loader and is_static else (*mine.runner, program)


def how(mine):
    if not mine.runner:
        return "natively"
    return f"by {Path(mine.runner[0]).name}"


def shim(target, folder):
    """What lets the system fail, for the oldest C library that a program of the target may run on."""
    path = folder / "shim.so"
    triple = {"arm": "arm-linux-gnueabihf"}.get(dict(target.machine)["cpu"], target.triple.replace("-unknown", ""))
    compiler = zig("cc", triple if is_musl(target) else f"{triple}.{GLIBC}")
    words = ("-std=gnu11", "-O1", "-shared", "-fPIC", ROOT / "tests/system/shim.c", "-o", path, "-ldl", "-lpthread")
    call(*compiler, *words)
    return path


def compiled(sdk, mine):
    """The driver of C, linked with the shared library and with the static one, and that of C++."""
    given = {"PKG_CONFIG_PATH": str(sdk / "lib/pkgconfig")}

    def flags(*words):
        return call("pkg-config", *words, "--cflags", "--libs", "xilnex_auth", environment=given).split()

    shared = [*flags(), "-lpthread"]
    # What names the library alone finds the shared one first.
    whole = [word for word in flags("--static") if not word.startswith("-Wl,-rpath")]
    static = [str(sdk / "lib/libxilnex_auth.a") if word == "-lxilnex_auth" else word for word in whole]
    c = (*mine.compiler, "-std=c99", "-D_POSIX_C_SOURCE=200809L", "-O1", ROOT / "tests/drivers/driver.c")
    cpp = (*mine.cpp, "-std=c++17", "-O1", ROOT / "tests/drivers/driver.cpp")
    makers = {"C": (c, shared), "C static": (c, static), "C++": (cpp, shared)}
    for kind, (words, libraries) in makers.items():
        call(*words, "-o", sdk / kind.replace(" ", "-"), *libraries)
    return {kind: sdk / kind.replace(" ", "-") for kind in makers}


def build_wheel(target):
    """The wheel for every CPython from 3.9 on; maturin refuses one that needs more than its name promises."""
    # That of the processor is maturin's own to add.
    promised = re.sub("_(x86_64|aarch64)$", "", target.wheel)
    words = ("build", "--release", "--locked", "--zig", "--target", target.triple, "--compatibility", promised)
    return wheels.made(words, target.triple, environment(target))


def run_wheel(target, wheel):
    cpu, mine = dict(target.machine)["cpu"], ready(target)

    def command(version):
        if not is_musl(target) and version in pythons.RELEASES:
            return pythons.of_debian(version, cpu)
        return (*mine.runner, pythons.of_a_frozen_program(version, target.wheel)), {}

    with tempfile.TemporaryDirectory() as folder:
        below = shim(target, Path(folder))
        told = [pythons.run(wheel, command, below, () if cpu == "x64" else pythons.VERSIONS)]
        if target.name == "linux-x64-gnu":
            told.append(pythons.in_venv(wheel, below))
        return f"{how(mine)}: {'; '.join(told)}"


def build_npm(target):
    zigbuild(target, *npm.CRATES)
    natives = npm.natives(built(target), "lib", ".so")
    for path in natives.values():
        check_glibc(path)
    return npm.platform_package(target, natives)


def run_npm(target, package):
    cpu = dict(target.machine)["cpu"]
    mine = ready(target)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        driver = npm.installed(folder, npm.main_package(folder), package)
        below = shim(target, folder)
        told = []
        nodes = npm.musl_nodes(cpu, target.wheel) if is_musl(target) else npm.nodes(f"node-linux-{cpu}")
        for version, program in nodes.items():
            words = (*mine.runner, program, driver)
            told.append(f"Node {version}: {suite.run(words, below, is_sample=cpu != 'x64')}")
        return f"{how(mine)}: {'; '.join(told)}"
