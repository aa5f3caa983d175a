"""dist/MANIFEST.md: each artefact with its size, its checksum and what came of running it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from toolchain import OUT, ROOT

MANIFEST = ROOT / "dist/MANIFEST.md"
HEAD = """# What was built

Written by `make dist-all`. Paths are those below this folder. macOS and Windows on arm64 are built and run by the
workflow of a release alone, on machines of their own, which write a list like this one each.

| artefact | target | bytes | sha256 | its run |
|---|---|---|---|---|
"""


class NotRun(Exception):
    """An artefact was built, and there is nothing here that could run it; the text says what is missing."""


@dataclass(frozen=True)
class Row:
    artefact: str
    target: str
    size: str
    sha256: str
    run: str

    def line(self):
        return f"| {self.artefact} | {self.target} | {self.size} | {self.sha256} | {self.run} |\n"


def row(artefact, target, outcome):
    content = artefact.read_bytes()
    name = str(artefact.relative_to(MANIFEST.parent))
    run = " ".join(outcome.replace("|", "/").split())
    return Row(name, target.name, str(len(content)), hashlib.sha256(content).hexdigest(), run)


def failed(target, kind, problem):
    return Row(f"({kind})", target.name, "-", "-", f"FAILED: {' '.join(problem.replace('|', '/').split())[:300]}")


def read():
    """The rows of the last manifest whose artefacts still are what they were."""
    lines = MANIFEST.read_text().splitlines() if MANIFEST.exists() else []
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| all/")]
    rows = [Row(*row) for row in cells if len(row) == 5]
    return [row for row in rows if is_same(MANIFEST.parent / row.artefact, row.sha256)]


def is_same(path: Path, sha256):
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def write(rows, targets):
    """Writes these rows, and those of the targets that were not built this time."""
    names = {target.name for target in targets}
    kept = [row for row in read() if row.target not in names]
    OUT.mkdir(parents=True, exist_ok=True)
    MANIFEST.write_text(HEAD + "".join(row.line() for row in kept + rows))
