"""Wheels and the sources that they are made of, as maturin packs them."""

import shutil
import tempfile
from pathlib import Path

import toolchain
from toolchain import OUT, ROOT, Failure, call

SOURCES = ROOT / "bindings-python"


def made(words, triple=None, environment=None, ending=""):
    """What maturin makes by these words, with the papers of the target in it; fails where its name ends otherwise."""
    shutil.copytree(toolchain.papers("wheel", triple), SOURCES, dirs_exist_ok=True)
    maturin = (toolchain.python() / "maturin", *words, "--manifest-path", SOURCES / "Cargo.toml")
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        call(*maturin, "--out", folder, environment=environment)
        (package,) = Path(folder).iterdir()
        if not package.stem.endswith(ending):
            raise Failure(f"{package.name} is not one of {ending}")
        return Path(shutil.move(package, OUT / package.name))
