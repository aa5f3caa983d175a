"""Writes the papers of a package: the licences of what is linked into it, and its bill of materials."""

import argparse
from pathlib import Path

from notices import linked_into, notices
from sbom import bill


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", help="the platform as Rust names it; that of this machine by default")
    parser.add_argument("folder", type=Path)
    parser.add_argument("package", help="as its registry has it")
    parser.add_argument("crate", nargs="+", help="of ours, that it is built from")
    given = parser.parse_args()
    linked = linked_into(set(given.crate), given.target)
    (given.folder / "THIRD-PARTY-NOTICES.md").write_text(notices(linked))
    (given.folder / "sbom.cyclonedx.json").write_text(bill(given.package, linked))


if __name__ == "__main__":
    main()
