"""Prints the licence texts of everything that is linked into a crate's artefact.

Usage: notices.py CRATE ...
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATTERNS = ("LICEN[CS]E*", "COPYING*", "NOTICE*")


def cargo(*words):
    return subprocess.run(["cargo", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def linked(metadata, names):
    """The packages that `names` are built from, without ours, build scripts and procedural macros."""
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    queue = [key for key, package in packages.items() if package["name"] in names]
    found = set(queue)
    while queue:
        for dependency in nodes[queue.pop()]["deps"]:
            is_linked = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if is_linked and dependency["pkg"] not in found and not is_macro(packages[dependency["pkg"]]):
                found.add(dependency["pkg"])
                queue.append(dependency["pkg"])
    foreign = (packages[key] for key in found if packages[key]["source"])
    return sorted(foreign, key=lambda package: (package["name"], package["version"]))


def is_macro(package):
    return any("proc-macro" in target["kind"] for target in package["targets"])


def texts(package):
    folder = Path(package["manifest_path"]).parent
    files = sorted({file for pattern in PATTERNS for file in folder.glob(pattern) if file.is_file()})
    return [file.read_text(errors="replace").strip() for file in files]


def main():
    host = next(line.split()[1] for line in cargo("version", "--verbose").splitlines() if line.startswith("host:"))
    metadata = json.loads(cargo("metadata", "--locked", "--format-version", "1", "--filter-platform", host))
    packages = linked(metadata, set(sys.argv[1:]))
    print("# Third-party notices\n\nThis package contains code of the following crates.")
    # Many crates carry the same text; it stands once, under the names of all of them.
    sharers = {}
    for package in packages:
        name = f"{package['name']} {package['version']} ({package['license'] or 'see below'})"
        print(f"\n- {name}" if package is packages[0] else f"- {name}")
        for text in texts(package):
            sharers.setdefault(" ".join(text.split()), (text, []))[1].append(name)
    for text, names in sharers.values():
        print(f"\n## {', '.join(names)}\n\n```\n{text}\n```")


if __name__ == "__main__":
    main()
