"""Where the native part cannot be loaded, the error says which wheel is missing and how to get or build it."""

import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import xilnex_auth
from xilnex_auth import _platform


@pytest.fixture
def package(tmp_path):
    """A copy of the package without its native part, and a function that tells how importing it ends."""
    installed = Path(xilnex_auth.__file__).parent
    copy = tmp_path / "xilnex_auth"
    shutil.copytree(installed, copy, ignore=shutil.ignore_patterns("_native*.so", "*.pyd", "__pycache__"))

    def ending():
        code = "import sys; sys.path.insert(0, sys.argv[1]); import xilnex_auth"
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
        assert done.returncode == 1
        return done.stderr.strip().splitlines()[-1]

    return copy, ending


def test_a_missing_native_part_names_the_wheel_and_the_remedies(package):
    _, ending = package
    told = ending()
    wheel = _platform.tag()
    assert wheel and platform.machine() in wheel
    for words in (
        "ImportError: xilnex-auth has no working native part for",
        f"{platform.python_implementation()} {platform.python_version()} on {sys.platform} {platform.machine()}",
        f"cp39-abi3-{wheel}.whl",
        "pip install --force-reinstall --no-cache-dir xilnex-auth",
        "pip install --force-reinstall --no-binary xilnex-auth xilnex-auth",
    ):
        assert words in told


def test_a_broken_native_part_is_told_with_its_cause(package):
    copy, ending = package
    (copy / "_native.abi3.so").write_bytes(b"junk")
    assert "_native.abi3.so" in ending()


@pytest.mark.parametrize(
    ("system", "machine", "largest", "libc", "expected"),
    [
        ("linux", "x86_64", 2**63 - 1, "glibc", "manylinux2014_x86_64"),
        ("linux", "aarch64", 2**63 - 1, "", "musllinux_1_2_aarch64"),
        ("linux", "x86_64", 2**31 - 1, "glibc", None),
        ("linux", "riscv64", 2**63 - 1, "glibc", None),
        ("win32", "AMD64", 2**63 - 1, "", "win_amd64"),
        ("win32", "AMD64", 2**31 - 1, "", "win32"),
        ("win32", "ARM64", 2**63 - 1, "", "win_arm64"),
        ("darwin", "arm64", 2**63 - 1, "", "macosx_11_0_arm64"),
        ("freebsd13", "amd64", 2**63 - 1, "", None),
    ],
)
def test_each_machine_has_the_wheel_that_is_published_for_it(monkeypatch, system, machine, largest, libc, expected):
    monkeypatch.setattr(_platform.sys, "platform", system)
    monkeypatch.setattr(_platform.sys, "maxsize", largest)
    monkeypatch.setattr(_platform.platform, "machine", lambda: machine)
    monkeypatch.setattr(_platform.platform, "libc_ver", lambda: (libc, ""))
    assert _platform.tag() == expected
