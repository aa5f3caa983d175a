"""What to say where the native part cannot be loaded: which wheel is missing, and how to get or build it."""

from __future__ import annotations

import platform
import sys

# The machines that there are wheels for, as their names end.
MANYLINUX = ("x86_64", "aarch64")
WINDOWS = {"AMD64": "win_amd64", "ARM64": "win_arm64", "x86": "win32"}
MACOS = {"arm64": "macosx_11_0_arm64", "x86_64": "macosx_10_12_x86_64"}


def tag() -> str | None:
    """The platform in the name of the wheel for this machine, or None where none is published."""
    machine = platform.machine()
    if sys.platform == "win32":
        # A 32-bit Python tells the processor of the machine, not its own.
        return "win32" if sys.maxsize < 2**32 and machine in WINDOWS else WINDOWS.get(machine)
    if sys.platform == "darwin":
        return MACOS.get(machine)
    if sys.platform != "linux" or machine not in MANYLINUX or sys.maxsize < 2**32:
        return None
    return f"manylinux2014_{machine}" if platform.libc_ver()[0] == "glibc" else f"musllinux_1_2_{machine}"


def failure(cause: ImportError) -> ImportError:
    """One whole sentence about a native part that cannot be loaded."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    here = f"{python} on {sys.platform} {platform.machine()}, {' '.join(platform.libc_ver()).strip() or 'no glibc'}"
    fitting = tag()
    wheel = (
        f"The wheel for it ends with cp39-abi3-{fitting}.whl: install it on the machine that runs it, "
        "pip install --force-reinstall --no-cache-dir xilnex-auth"
        if fitting
        else "There is no wheel for it"
    )
    return ImportError(
        f"xilnex-auth has no working native part for {here} ({cause}). {wheel}. Where Rust is installed, build it for "
        "this machine: pip install --force-reinstall --no-binary xilnex-auth xilnex-auth",
        name=cause.name,
        path=cause.path,
    )
