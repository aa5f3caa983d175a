"""Writes the papers of a package: the licences of what is linked into it, and its bill of materials."""

import argparse
from pathlib import Path

from notices import linked_into, notices
from sbom import bill

# Packages as their registries have them, and the crates of ours that each is built from.
CONTENTS = {
    "sdk": ("xilnex-auth-sdk", "xilnex-auth-c", "xilnex-auth-sandbox-c", "xilnex-auth-cli"),
    "wheel": ("xilnex-auth", "xilnex-auth-python"),
    "npm": ("xilnex-auth", "xilnex-auth-node", "xilnex-auth-sandbox-node"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", help="the platform as Rust names it; that of this machine by default")
    parser.add_argument("kind", choices=CONTENTS)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    package, *crates = CONTENTS[given.kind]
    linked = linked_into(set(crates), given.target)
    (given.folder / "THIRD-PARTY-NOTICES.md").write_text(notices(linked))
    (given.folder / "sbom.cyclonedx.json").write_text(bill(package, linked))


if __name__ == "__main__":
    main()
