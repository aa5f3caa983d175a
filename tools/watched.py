#!/usr/bin/env python3
"""Compiles as cargo asks, and leaves out what counts the paths taken in a crate that is not ours.

Usage: RUSTC_WRAPPER=tools/watched.py cargo …
"""

import subprocess
import sys

compiler, *arguments = sys.argv[1:]
crate = dict(zip(arguments, arguments[1:])).get("--crate-name", "")
if not crate.startswith(("xilnex_auth", "c_calls")):
    arguments = [
        argument for argument in arguments if "sancov" not in argument and "sanitizer-coverage" not in argument
    ]
sys.exit(subprocess.call([compiler, *arguments]))
