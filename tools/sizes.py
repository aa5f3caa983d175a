"""Prints what lies in the distribution folder and how large it is; fails where a package outgrew its bound.

Usage: sizes.py DIST
"""

import sys
import tarfile
import zipfile
from pathlib import Path

LIMIT = 5 * 1024 * 1024 // 2


def mebibytes(size):
    return f"{size / 1024 / 1024:.2f} MiB"


def natives(package):
    """The native libraries inside a package, with their sizes."""
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as archive:
            members = [(item.filename, item.file_size) for item in archive.infolist()]
    else:
        with tarfile.open(package) as archive:
            members = [(item.name, item.size) for item in archive.getmembers() if item.isfile()]
    return [(name, size) for name, size in members if name.endswith((".so", ".node", ".a", ".pyd")) or ".so." in name]


def main():
    failed = False
    for package in sorted(Path(sys.argv[1]).iterdir()):
        # Marks, and what `make dist-all` put beside the packages of this machine.
        if package.name.startswith(".") or package.is_dir() or package.suffix == ".md":
            continue
        size = package.stat().st_size
        print(f"{mebibytes(size):>10}  {package.name}")
        for name, inner in natives(package):
            print(f"{mebibytes(inner):>21}  {name}")
            failed |= name.endswith(".node") and inner > LIMIT
        failed |= package.suffix == ".whl" and size > LIMIT
    if failed:
        raise SystemExit("the wheel or a .node is larger than 2.5 MiB")


if __name__ == "__main__":
    main()
