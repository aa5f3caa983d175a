"""What make dist-all promises whatever is built: it goes on past a failure, fails at the end, and tells what ran."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "everywhere"


@pytest.fixture
def everywhere(monkeypatch, tmp_path, request):
    """The program, with a manifest and a folder of its own and a family that does what a test tells it."""
    monkeypatch.syspath_prepend(str(FOLDER))
    spec = importlib.util.spec_from_file_location("everywhere_main", FOLDER / "__main__.py")
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    out = tmp_path / "all"
    out.mkdir()
    monkeypatch.setattr(program.manifest, "MANIFEST", tmp_path / "MANIFEST.md")
    monkeypatch.setattr(program.manifest, "OUT", out)
    monkeypatch.setattr(program.toolchain, "OUT", out)
    family = type(sys)("linux")
    monkeypatch.setitem(sys.modules, "linux", family)

    def builder(kind):
        def build(target):
            if (target.name, kind) == ("linux-arm64-gnu", "wheel"):
                raise getattr(request, "param", RuntimeError)("no wheel | today")
            artefact = out / f"{target.name}-{kind}"
            artefact.write_text(kind)
            return artefact

        return build

    def run(_target, _artefact):
        return "182 scenarios passed"

    def run_nothing(_target, _artefact):
        raise program.manifest.NotRun("nothing runs it")

    for kind in ("sdk", "wheel", "npm"):
        setattr(family, f"build_{kind}", builder(kind))
        setattr(family, f"run_{kind}", run_nothing if kind == "npm" else run)
    return program


def run(program, monkeypatch, *names):
    monkeypatch.setattr(sys, "argv", ["everywhere", *names])
    program.main()
    return program.manifest.MANIFEST.read_text()


def test_each_artefact_is_told_with_its_run(everywhere, monkeypatch):
    told = run(everywhere, monkeypatch, "linux-x64-gnu")
    assert "| all/linux-x64-gnu-sdk | linux-x64-gnu | 3 | " in told
    assert told.count("| 182 scenarios passed |") == 2
    assert "| built, not run: nothing runs it |" in told


@pytest.mark.parametrize("everywhere", [RuntimeError, SystemExit], indirect=True)
def test_a_failure_is_passed_by_told_and_fails_at_the_end(everywhere, monkeypatch):
    with pytest.raises(SystemExit, match=r"linux-arm64-gnu: .wheel.: FAILED: no wheel / today"):
        run(everywhere, monkeypatch, "linux-arm64-gnu", "linux-x64-gnu")
    told = everywhere.manifest.MANIFEST.read_text()
    assert "| (wheel) | linux-arm64-gnu | - | - | FAILED: no wheel / today |" in told
    assert "all/linux-x64-gnu-sdk" in told


def test_other_targets_stay_in_the_manifest_while_their_artefacts_are_the_same(everywhere, monkeypatch):
    run(everywhere, monkeypatch, "linux-x64-gnu")
    (everywhere.manifest.OUT / "linux-x64-gnu-wheel").write_text("another")
    told = run(everywhere, monkeypatch, "linux-x64-musl")
    assert "all/linux-x64-gnu-sdk" in told
    assert "all/linux-x64-gnu-wheel" not in told
    assert "all/linux-x64-musl-wheel" in told


def test_an_unknown_target_is_refused_with_those_there_are(everywhere, monkeypatch):
    with pytest.raises(SystemExit, match=r"no target is called beos; there are linux-x64-gnu, "):
        run(everywhere, monkeypatch, "beos")


def packed(monkeypatch, folder):
    """The description that npm would pack, of a folder that has a name alone."""
    monkeypatch.syspath_prepend(str(FOLDER))
    npm = importlib.import_module("npm")
    monkeypatch.setattr(npm, "call", lambda *_words, **_how: '[{"filename": "a.tgz"}]')
    assert npm.pack(folder, {"name": "a"}, folder) == folder / "a.tgz"
    return json.loads((folder / "package.json").read_text())


def test_a_package_names_the_repository_of_the_workflow_that_packs_it(monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://git.example")
    monkeypatch.setenv("GITHUB_REPOSITORY", "somebody/xilnex-auth")
    url = "git+https://git.example/somebody/xilnex-auth.git"
    assert packed(monkeypatch, tmp_path) == {"name": "a", "repository": {"type": "git", "url": url}}


def test_a_package_names_none_on_a_machine_of_ours(monkeypatch, tmp_path):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    assert packed(monkeypatch, tmp_path) == {"name": "a"}


@pytest.mark.parametrize("name, told", [("darwin-arm64", "11.0"), ("darwin-x64", "10.12"), ("win32-arm64-msvc", None)])
def test_a_mac_is_built_for_what_the_name_of_its_wheel_promises(monkeypatch, name, told):
    monkeypatch.syspath_prepend(str(FOLDER))
    native, platforms = map(importlib.import_module, ("native", "platforms"))
    (target,) = platforms.chosen([name])
    assert native.environment(target).get("MACOSX_DEPLOYMENT_TARGET") == told
