"""What runs programs of Windows here: the wine of a Debian that has one new enough, in a folder of its own."""

import os
import tempfile

import toolchain
from manifest import NotRun
from toolchain import CACHE, call

# The first Debian whose wine has what Windows 8 and newer have: ProcessPrng, and the rules of its certificate chains.
DEBIAN = "trixie"

# The architecture of Debian, the package and the program for each processor.
KINDS = {"x86_64": ("amd64", "wine64", "wine64"), "i686": ("i386", "wine32", "wine")}

# The folder of temporary files, where the programs lie, is the same inside.
SHARED = tempfile.gettempdir()

# In a view of the files that ends with the program; it starts nothing that outlives it.
ENTER = (
    f'mkdir -p "$0{SHARED}" && mount --bind "{SHARED}" "$0{SHARED}" && mount --bind /dev "$0/dev" && '
    'mount -t proc proc "$0/proc" && folder=$PWD && '
    'exec chroot "$0" /bin/sh -c \'cd "$0" 2>/dev/null; exec /usr/lib/wine/"$@"\' "$folder" "$@"'
)

# Nothing of wine's own on stderr, where the drivers are looked at. Names of files are UTF-8.
ENVIRONMENT = {"WINEDEBUG": "-all", "LC_ALL": "C.UTF-8", "WINEPREFIX": "/srv/wine", "XDG_RUNTIME_DIR": "/run"}


def runner(processor):
    """The words before a program of Windows in a temporary folder, and the environment that it is run in."""
    if os.geteuid() != 0:
        raise NotRun("wine runs in a Debian of its own, and to change into it takes root")
    architecture, package, program = KINDS[processor]
    root = debian(architecture, package)
    words = ("unshare", "--mount", "/bin/sh", "-c", ENTER, root, program)
    # The registry and the folders of a Windows, which the first program makes otherwise, in its own time.
    call(*words, "cmd", "/c", "exit 0", folder=SHARED, environment=ENVIRONMENT)
    return words, ENVIRONMENT


def debian(architecture, package):
    """A folder with a Debian in which this package is installed."""
    toolchain.packages("debootstrap", "util-linux")
    root = CACHE / f"wine-{DEBIAN}-{architecture}"
    mark = root / "installed"
    if not mark.exists():
        call("debootstrap", f"--arch={architecture}", "--variant=minbase", f"--include={package}", DEBIAN, root)
        (root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
        mark.touch()
    return root
