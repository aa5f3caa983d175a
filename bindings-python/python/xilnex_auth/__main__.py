"""The command line, as `xilnex-auth` and as `python -m xilnex_auth`."""

import signal
import sys

from . import _native


def main() -> int:
    """Runs the command line with the arguments of the process and gives the exit status."""
    # The native code cannot be interrupted by a Python handler; Ctrl-C ends the process as it ends any command.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
