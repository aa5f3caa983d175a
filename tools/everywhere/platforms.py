"""The one table of targets: what is built for each, under which names."""

from dataclasses import dataclass

# What is built for a target: the C SDK, the wheel, the npm package of the platform.
SDK, WHEEL, NPM = "sdk", "wheel", "npm"


@dataclass(frozen=True)
class Target:
    # As it is asked for by TARGETS, and for npm as napi-rs names platforms.
    name: str
    # The module of this folder that builds and runs it.
    family: str
    # As Rust names it.
    triple: str
    kinds: tuple[str, ...]
    # The platform in the name of a wheel.
    wheel: str = ""
    # What npm compares with the machine.
    machine: tuple[tuple[str, str], ...] = ()


def linux(name, triple, cpu, libc="glibc", wheel="", kinds=(SDK, WHEEL, NPM)):
    machine = (("os", "linux"), ("cpu", cpu), ("libc", libc))
    return Target(name, "linux", triple, kinds, wheel, machine)


def windows(name, triple, cpu, wheel="", kinds=(SDK, WHEEL, NPM)):
    return Target(name, "windows", triple, kinds, wheel, (("os", "win32"), ("cpu", cpu)))


def native(name, triple, os, cpu, wheel, kinds=(SDK, WHEEL, NPM)):
    return Target(name, "native", triple, kinds, wheel, (("os", os), ("cpu", cpu)))


TARGETS = (
    linux("linux-x64-gnu", "x86_64-unknown-linux-gnu", "x64", wheel="manylinux2014_x86_64"),
    linux("linux-arm64-gnu", "aarch64-unknown-linux-gnu", "arm64", wheel="manylinux2014_aarch64"),
    linux("linux-x64-musl", "x86_64-unknown-linux-musl", "x64", "musl", wheel="musllinux_1_2_x86_64"),
    linux("linux-arm64-musl", "aarch64-unknown-linux-musl", "arm64", "musl", wheel="musllinux_1_2_aarch64"),
    linux("linux-arm-gnueabihf", "armv7-unknown-linux-gnueabihf", "arm", kinds=(SDK,)),
    windows("win32-x64-gnu", "x86_64-pc-windows-gnu", "x64", wheel="win_amd64"),
    windows("win32-ia32-gnu", "i686-pc-windows-gnu", "ia32", wheel="win32"),
    windows("win32-x64-win7", "x86_64-win7-windows-gnu", "x64", kinds=(SDK,)),
    windows("win32-ia32-win7", "i686-win7-windows-gnu", "ia32", kinds=(SDK,)),
    native("darwin-arm64", "aarch64-apple-darwin", "darwin", "arm64", wheel="macosx_11_0_arm64"),
    native("darwin-x64", "x86_64-apple-darwin", "darwin", "x64", wheel="macosx_10_12_x86_64"),
    native("win32-arm64-msvc", "aarch64-pc-windows-msvc", "win32", "arm64", wheel="win_arm64", kinds=(WHEEL, NPM)),
    # The main package of npm, and what is built on the user's machine by cargo alone.
    Target("source", "source", "any", ("main", "sdist", "npm-source")),
)


def chosen(names):
    """The targets of these names, or all but those that take a machine of their own."""
    by_name = {target.name: target for target in TARGETS}
    unknown = sorted(set(names) - set(by_name))
    if unknown:
        raise SystemExit(f"no target is called {', '.join(unknown)}; there are {', '.join(by_name)}")
    return [by_name[name] for name in names] or [target for target in TARGETS if target.family != "native"]
