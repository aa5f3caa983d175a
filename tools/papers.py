"""Writes the papers of a package: the licences of what is linked into it, and its bill of materials.

Usage: papers.py FOLDER PACKAGE CRATE ..., with the name of the package, and the crates of ours that are built into it.
"""

import sys
from pathlib import Path

from notices import linked_into, notices
from sbom import bill


def main():
    folder, package, *crates = sys.argv[1:]
    linked = linked_into(set(crates))
    (Path(folder) / "THIRD-PARTY-NOTICES.md").write_text(notices(linked))
    (Path(folder) / "sbom.cyclonedx.json").write_text(bill(package, linked))


if __name__ == "__main__":
    main()
