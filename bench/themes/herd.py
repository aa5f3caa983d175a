"""Theme: how many requests reach the server when 32 callers ask at a cold cache, all at once."""

from endpoint import Endpoint
from rounds import MeasurementFailed, output_of
from themes import rivals

CALLERS = 32
# Seconds that the server takes: the slowest client has to have asked for all of its callers before one is answered.
LATENCY = 3

# Each is made once and asked by all threads, as a program with one object for all of its threads does it.
PYTHON_CALLS = {"xilnex-auth": "import xilnex_auth\ncall = xilnex_auth.Client().get_token"} | rivals.PYTHON
NODE_CALLS = {
    "xilnex-auth": "const client = new (require('xilnex-auth').Client)(); call = () => client.getToken();"
} | rivals.NODE

# As their packages are called, where samples are called otherwise.
NAMES = {"azure": "azure-identity", "authlib": "Authlib", "requests_oauthlib": "requests-oauthlib"}

PYTHON = """
import os, threading
from concurrent.futures import ThreadPoolExecutor
{made}
start = threading.Barrier({count})
def ask(_):
    start.wait()
    return call()
with ThreadPoolExecutor({count}) as pool:
    assert all(pool.map(ask, range({count})))
"""

NODE = """
(async () => {{
  let call;
  {made}
  await Promise.all(Array.from({{ length: {count} }}, call));
}})();
"""


def commands(bench):
    """Name of the rival, language, command."""
    for name, made in PYTHON_CALLS.items():
        yield NAMES.get(name, name), "Python", [bench.python, "-c", PYTHON.format(made=made, count=CALLERS)]
    for name, made in NODE_CALLS.items():
        yield name, "Node", ["node", "-e", NODE.format(made=made, count=CALLERS)]


def take(bench, samples, notes):
    if bench.quick:
        return
    notes["herd"] = []
    with Endpoint(latency=LATENCY) as endpoint:
        for name, language, command in commands(bench):
            before = endpoint.requests
            output_of(command, endpoint.environment(), bench.node)
            sent = endpoint.requests - before
            if sent == 0:
                raise MeasurementFailed(f"{name} sent no request")
            notes["herd"].append({"name": name, "language": language, "requests": sent})
