"""What is built on the machine of its user by cargo alone, and the main package of npm."""

from toolchain import Failure


def build(target, kind):
    raise Failure(f"{kind} for {target.name} is not made yet")


def run(target, kind, artefact):
    raise Failure(f"{kind} for {target.name} is not run yet")
