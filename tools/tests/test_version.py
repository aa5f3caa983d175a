"""Every place tells one version, and setting another one finds them all."""

import re
import shutil
import subprocess

import pytest
import version

NEXT = "97.98.99"
FILES = sorted({*version.PLACES, *version.PLACES_OF_A_PART})


@pytest.fixture
def copy(tmp_path):
    for name in (*FILES, "CHANGELOG.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(version.ROOT / name, tmp_path / name)
    return tmp_path


def test_all_places_tell_one_version():
    assert list(version.differing(version.ROOT)) == []


def test_no_other_file_tells_it():
    own = re.search(rf'{version.OWN_LINE}({version.VERSION})"', (version.ROOT / "Cargo.toml").read_text(), re.M).group(
        1
    )
    names = subprocess.check_output(["git", "ls-files", "-z"], cwd=version.ROOT, text=True).split("\0")
    telling = rf"(?i)(xilnex[a-z_-]*|version)\W{{1,6}}{re.escape(own)}\b"
    others = {
        name
        for name in names
        if name.endswith((".toml", ".json", ".js", ".mjs", ".py", ".h", ".hpp", ".in", ".rs", ".c", ".yml", ".cs"))
        and re.search(telling, (version.ROOT / name).read_text())
    }
    # What was measured stays what it was.
    assert others - {"bench/results.json"} - set(FILES) == set()


def test_a_version_is_set_in_every_place_and_nothing_else_changes(copy):
    version.put(copy, NEXT, "2030-01-02")
    assert list(version.differing(copy)) == []
    for name in FILES:
        before, after = ((root / name).read_text().splitlines() for root in (version.ROOT, copy))
        changed = [pair for pair in zip(before, after) if pair[0] != pair[1]]
        assert changed and len(before) == len(after), name
        assert all(re.sub(r"\d+", "", old) == re.sub(r"\d+", "", new) for old, new in changed), name


@pytest.mark.parametrize("name", FILES)
def test_a_place_that_was_forgotten_is_named(copy, name):
    whole = (copy / name).read_text()
    for place, pattern, _ in version.places(NEXT):
        if place == name:
            (copy / name).write_text(pattern.sub(r"\g<1>" + NEXT, whole, count=1))
            assert list(version.differing(copy))
    if name != "Cargo.toml":
        (copy / name).write_text("")
        assert any(f"{name}: no version" in problem for problem in version.differing(copy))


def test_what_is_unreleased_gets_its_heading_once():
    before = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n"
    after = version.release(before, "1.2.3", "2030-01-02")
    assert after == "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2030-01-02\n\n### Added\n\n- A thing.\n"
    assert version.release(after, "1.2.3", "2030-01-03") == after
    with pytest.raises(ValueError, match="CHANGELOG"):
        version.release("# Changelog\n", "1.2.3", "2030-01-02")


def test_the_notes_of_a_version_are_its_section_alone():
    changelog = "## [Unreleased]\n\n- New.\n\n## [1.2.3] - 2030-01-02\n\n### Added\n\n- A thing.\n\n"
    changelog += "## [1.2.2] - 2029-01-02\n\n- Old.\n"
    assert version.notes(changelog, "1.2.3") == "### Added\n\n- A thing."
    assert version.notes(changelog, "1.2.2") == "- Old."
    with pytest.raises(SystemExit, match=r"nothing of 1\.2\.4"):
        version.notes(changelog, "1.2.4")
