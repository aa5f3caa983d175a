"""Windows: SDK, wheel and addon, built by MinGW and run under wine."""

from toolchain import Failure


def build(target, kind):
    raise Failure(f"{kind} for {target.name} is not made yet")


def run(target, kind, artefact):
    raise Failure(f"{kind} for {target.name} is not run yet")
