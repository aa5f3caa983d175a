"""What is linked into our artefacts, and the texts of its licences."""

import json
import subprocess
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


def linked_into(names, platform=None):
    """The crates of others in the artefacts of ours, on a platform or this one."""
    told = cargo("version", "--verbose").splitlines()
    platform = platform or next(line.split()[1] for line in told if line.startswith("host:"))
    metadata = json.loads(cargo("metadata", "--locked", "--format-version", "1", "--filter-platform", platform))
    return linked(metadata, names)


def notices(packages):
    """The licences of these crates, as a page. Many carry the same text; it stands once, under the names of all."""
    names = [f"{package['name']} {package['version']} ({package['license'] or 'see below'})" for package in packages]
    sharers = {}
    for package, name in zip(packages, names):
        for text in texts(package):
            sharers.setdefault(" ".join(text.split()), (text, []))[1].append(name)
    listed = "\n".join(f"- {name}" for name in names)
    page = f"# Third-party notices\n\nThis package contains code of the following crates.\n\n{listed}\n"
    return page + "".join(f"\n## {', '.join(sharing)}\n\n```\n{text}\n```\n" for text, sharing in sharers.values())
