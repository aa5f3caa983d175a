"""The libraries of Windows: each a DLL, what compilers link it by, and a static library for MinGW."""

import re
import shutil
import subprocess

# What the makers of import libraries call the processor of a target.
ARCHITECTURES = {"x86_64": "i386:x86-64", "i686": "i386"}


def call(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{words[0]} failed:\n{done.stderr}")
    return done.stdout


def exports(dll, objdump):
    """The names that a DLL exports, as they stand in it: a calling convention that decorates them would show here."""
    table = call(objdump, "-p", dll).partition("[Ordinal/Name Pointer] Table")[2]
    return re.findall(r"^\t\[ *\d+\] (?:\+base\[ *\d+\] +[0-9a-f]+ )?(\S+)$", table.partition("\n\n")[0], re.M)


def place(library, prefix, built, target):
    """Copies a library under the names that it is loaded and linked by, and makes the two import libraries."""
    processor = target.split("-")[0]
    shared, definitions = prefix / f"bin/{library}.dll", prefix / f"lib/{library}.def"
    shutil.copy(built / f"{library}.dll", shared)
    shutil.copy(built / f"lib{library}.a", prefix / "lib")
    names = exports(shared, f"{processor}-w64-mingw32-objdump")
    if not names or not all(re.fullmatch(r"xilnex_auth_\w+", name) for name in names):
        raise SystemExit(f"{shared.name} exports {names}")
    definitions.write_text(f"LIBRARY {shared.name}\nEXPORTS\n" + "".join(f"    {name}\n" for name in names))
    architecture = ARCHITECTURES[processor]
    # Microsoft's linker takes what LLVM makes: one short record for each name. That of MinGW wants its own.
    makers = {f"{library}.lib": "llvm-dlltool", f"lib{library}.dll.a": f"{processor}-w64-mingw32-dlltool"}
    for name, dlltool in makers.items():
        call(dlltool, "-m", architecture, "-d", definitions, "-l", prefix / "lib" / name)
