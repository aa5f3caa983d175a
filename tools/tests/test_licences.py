"""Every crate that is published carries the licences: its registry packs what lies in its folder."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def published():
    members = re.search(r"^members = \[(.*?)\]", (ROOT / "Cargo.toml").read_text(), re.M | re.S)[1]
    folders = re.findall(r'"(.+?)"', members)
    return [folder for folder in folders if "publish = false" not in (ROOT / folder / "Cargo.toml").read_text()]


@pytest.mark.parametrize("name", ["LICENSE-APACHE", "LICENSE-MIT"])
def test_a_published_crate_carries_the_licences(name):
    crates = published()
    assert "core" in crates
    for crate in crates:
        path = ROOT / crate / name
        assert path.is_file() and not path.is_symlink(), f"copy {name} into {crate}"
        assert path.read_bytes() == (ROOT / name).read_bytes(), f"copy {name} into {crate} again"
