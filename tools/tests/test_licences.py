"""Every crate that is published carries the licences: its registry packs what lies in its folder."""

from pathlib import Path

import compat
import pytest


@pytest.mark.parametrize("name", ["LICENSE-APACHE", "LICENSE-MIT"])
def test_a_published_crate_carries_the_licences(name):
    crates = [manifest.parent for _, manifest in compat.published()]
    assert Path("core") in crates
    for crate in crates:
        path = compat.ROOT / crate / name
        assert path.is_file() and not path.is_symlink(), f"copy {name} into {crate}"
        assert path.read_bytes() == (compat.ROOT / name).read_bytes(), f"copy {name} into {crate} again"
