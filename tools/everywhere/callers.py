"""The examples in languages that call the C library: compiled and run with the libraries of this machine."""

import toolchain
from toolchain import ROOT, Failure, call

EXAMPLES = ROOT / "bindings-c/examples"


def run(sdk, folder):
    """Compiles the examples against an unpacked SDK of Linux and has each get a token; tells which did."""
    toolchain.packages("mono-mcs", "mono-runtime", "libmono-system4.0-cil", "fp-compiler", "fp-units-rtl")
    call("mcs", "-warnaserror", f"-out:{folder}/Token.exe", EXAMPLES / "Token.cs")
    call("fpc", "-vew", f"-FE{folder}", f"-Fl{sdk}/lib", EXAMPLES / "token.pas")
    given = {"LD_LIBRARY_PATH": str(sdk / "lib")}
    for words in (("mono", folder / "Token.exe"), (folder / "token",)):
        told = call(sdk / "bin/xilnex-auth", "sandbox", "--", *words, environment=given, patience=60)
        if told.strip().splitlines()[-1].count(".") != 2:
            raise Failure(f"{words[-1].name} printed no token: {told[-500:]}")
    return "C# by Mono and Free Pascal got a token"
