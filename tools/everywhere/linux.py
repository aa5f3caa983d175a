"""Linux: SDK, wheel and addon for each C library and processor, run natively or by qemu."""

from toolchain import Failure


def build(target, kind):
    raise Failure(f"{kind} for {target.name} is not made yet")


def run(target, kind, artefact):
    raise Failure(f"{kind} for {target.name} is not run yet")
