"""Looks for texts in the memory of a process, or in a core file: plain and as the network and languages spell them.

Usage: scan.py PID-OR-CORE FILE..., each FILE holding one text; the status is 1 when one was found. Linux.
"""

import base64
import re
import sys
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

# So many bytes in a row are a find: a piece of a secret is one too, and chance does not make it.
PIECE = 16

# A long text is looked for by so many pieces of it.
MOST_PIECES = 4

# What the kernel maps into every process, and nobody can read or write by way of it.
KERNEL = ("[vvar]", "[vvar_vclock]", "[vdso]", "[vsyscall]")

CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Mapping:
    start: int
    end: int
    name: str
    is_dumped: bool


@dataclass(frozen=True)
class Find:
    label: str
    spelling: str
    piece: int
    address: int
    mapping: Mapping

    def __str__(self):
        kept = "" if self.mapping.is_dumped else ", left out of core files"
        offset = self.address - self.mapping.start
        return f"{self.label} ({self.spelling}, piece {self.piece}) in {self.mapping.name} at +{offset:#x}{kept}"


def pieces(text):
    step = max(PIECE, len(text) // MOST_PIECES)
    starts = range(0, max(1, len(text) - PIECE + 1), step)
    return [text[start : start + PIECE] for start in starts]


def base64_of(piece, shift):
    """What Base64 makes of a piece at this place in a group of three, without what its neighbours decide."""
    encoded = base64.b64encode(b"\0" * shift + piece)
    return encoded[(4 if shift else 0) : len(encoded) - 4].rstrip(b"=")


def spellings(text):
    """Pairs of a spelling's name and the needles that stand for pieces of the text in it."""
    plain = [piece.encode() for piece in pieces(text)]
    yield "plain", plain
    escaped = urllib.parse.quote_plus(text)
    if escaped != text:
        yield "URL-encoded", [piece.encode() for piece in pieces(escaped)]
    for shift in range(3):
        # Base64 of a part is a part of the Base64, at each of three alignments.
        yield f"Base64, {shift} off", [base64_of(piece, shift) for piece in plain]
    yield "hexadecimal", [piece.hex().encode() for piece in plain]
    yield "UTF-16", [piece.decode().encode("utf-16-le") for piece in plain]


def mappings(pid):
    """The readable mappings of a process that hold anything of its own, and whether a core file would hold them."""
    found, head, pages = [], None, 0
    # The line of flags is the last of each mapping.
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        start = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)", line)
        if start:
            head, pages = start.groups(), 0
        elif line.startswith(("Anonymous:", "Swap:", "Shared_Dirty:", "Private_Dirty:")):
            pages += int(line.split()[1])
        elif line.startswith("VmFlags:"):
            flags = line.split()[1:]
            first, last, rights, name = head
            if rights.startswith("r") and name not in KERNEL and pages > 0:
                found.append(
                    Mapping(int(first, 16), int(last, 16), f"{name or 'anonymous'} {rights}", "dd" not in flags)
                )
    return found


def chunks(memory, mapping, overlap):
    """The bytes of a mapping with their addresses, in parts that overlap."""
    address = mapping.start
    while address < mapping.end:
        size = min(CHUNK + overlap, mapping.end - address)
        try:
            memory.seek(address)
            data = memory.read(size)
        except OSError:
            # Past the end of a file that was mapped, there is nothing to read.
            return
        # Most of what a language reserves was never written to.
        if data != bytes(len(data)):
            yield address, data
        address += CHUNK


def positions(needle, data):
    at = data.find(needle)
    while at >= 0:
        yield at
        at = data.find(needle, at + 1)


def search(memory, areas, texts):
    """Every find of the labelled texts in the areas of an open file."""
    needles = [
        (label, spelling, index, needle)
        for label, text in texts.items()
        for spelling, found in spellings(text)
        for index, needle in enumerate(found)
    ]
    overlap = max(len(needle) for *_, needle in needles) - 1
    finds = set()
    for area in areas:
        for address, data in chunks(memory, area, overlap):
            for label, spelling, index, needle in needles:
                places = positions(needle, data)
                finds.update(Find(label, spelling, index, address + at, area) for at in places)
    return sorted(finds, key=lambda find: find.address)


def in_process(pid, texts):
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        return search(memory, mappings(pid), texts)


def in_core(path, texts):
    with open(path, "rb", buffering=0) as core:
        return search(core, [Mapping(0, Path(path).stat().st_size, path, True)], texts)


def copies(finds, label):
    """How many copies of a text the finds stand for: each has a piece of each kind once."""
    counts = {}
    for find in finds:
        if find.label == label:
            key = (find.spelling, find.piece)
            counts[key] = counts.get(key, 0) + 1
    most = {}
    for (spelling, _), count in counts.items():
        most[spelling] = max(most.get(spelling, 0), count)
    return sum(most.values())


def main():
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    target, *files = sys.argv[1:]
    texts = {name: Path(name).read_text().strip() for name in files}
    short = [name for name, text in texts.items() if len(text) < PIECE]
    if short:
        raise SystemExit(f"{', '.join(short)}: fewer than {PIECE} characters, which chance may make too")
    finds = in_process(int(target), texts) if target.isdigit() else in_core(target, texts)
    for find in finds:
        print(find)
    print(", ".join(f"{name}: {copies(finds, name)} copies" for name in texts))
    sys.exit(1 if finds else 0)


if __name__ == "__main__":
    main()
