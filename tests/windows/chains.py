"""Loads chains.c, built beside this file, behind the extension that it is for; then runs a driver of Python."""

import ctypes
import runpy
import sys
from pathlib import Path

import xilnex_auth  # noqa: F401

ctypes.WinDLL(str(Path(__file__).with_name("chains.dll")))
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
