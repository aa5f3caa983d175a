"""Theme: hits while a refresh is under way, in C: a server that takes its time, and tokens that live a few seconds."""

from rounds import add, numbers_of
from xilnex_auth.testing import Sandbox

LIFE = 6
# Seconds; the refresh begins at 85 % of the life at the latest and has to land before its last tenth.
LATENCY = 0.25
QUICK_TURNS = 3
TURNS = 8


def take(bench, samples, notes):
    turns = QUICK_TURNS if bench.quick else TURNS
    with Sandbox(ttl=LIFE, latency=LATENCY) as sandbox:
        environment = {**bench.endpoint.environment(), **sandbox.environment}
        command = [bench.bin / "refresh", turns, int(LATENCY * 1000)]
        add(samples, "refresh", numbers_of(command, environment, patience=turns * 10 + 20))
