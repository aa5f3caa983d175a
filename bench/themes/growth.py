"""Theme: how the cost of a call grows with configurations, with those who wait, and with the length of the token."""

import statistics

from rounds import numbers_of
from xilnex_auth.testing import Sandbox

# Bytes of tokens; the longest is what the library accepts.
LENGTHS = [1024, 2048, 4096, 8192, 12288, 16383]

PYTHON = """
import json, timeit, xilnex_auth
call = xilnex_auth.Client().get_token
call()
print(json.dumps({"get_token": [taken / 20000 * 1e9 for taken in timeit.repeat(call, number=20000, repeat=9)]}))
"""

NODE = """
const { Client } = require('xilnex-auth');
const client = new Client();
(async () => {
  const found = { get_token: [], get_token_sync: [] };
  for (let round = 0; round < 9; round++) {
    let began = process.hrtime.bigint();
    for (let index = 0; index < 10000; index++) await client.getToken();
    found.get_token.push(Number(process.hrtime.bigint() - began) / 10000);
    began = process.hrtime.bigint();
    for (let index = 0; index < 10000; index++) client.getTokenSync();
    found.get_token_sync.push(Number(process.hrtime.bigint() - began) / 10000);
  }
  console.log(JSON.stringify(found));
})();
"""


def medians(rounds):
    """Of lists that several rounds gave, the median at each place."""
    return [round(statistics.median(places), 3) for places in zip(*rounds)]


def grown(bench, environment, rounds, command):
    """One series by name of what a program prints in several rounds."""
    found = [numbers_of(command, environment, bench.node) for _ in range(rounds)]
    return {
        "x": found[0]["count"],
        **{name: medians(run[name] for run in found) for name in found[0] if name != "count"},
    }


def lengths(bench):
    """The cost of a hit by the length of the token; a server for each, since each program asks for one token."""
    series = {
        "x": LENGTHS,
        "C get_token()": [],
        "Python get_token()": [],
        "Node await getToken()": [],
        "Node getTokenSync()": [],
    }
    for length in LENGTHS:
        answer = {"status": 200, "body": {"access_token": "t" * length, "token_type": "Bearer", "expires_in": 3600}}
        with Sandbox(script=[answer] * 3) as sandbox:
            environment = {**bench.endpoint.environment(), **sandbox.environment}
            of_c = numbers_of([bench.bin / "cached", "time", 15], environment)
            of_python = numbers_of([bench.python, "-c", PYTHON], environment)
            of_node = numbers_of(["node", "-e", NODE], environment, bench.node)
        series["C get_token()"].append(statistics.median(of_c["get_token"]))
        series["Python get_token()"].append(statistics.median(of_python["get_token"]))
        series["Node await getToken()"].append(statistics.median(of_node["get_token"]))
        series["Node getTokenSync()"].append(statistics.median(of_node["get_token_sync"]))
    return series


def take(bench, samples, notes):
    if bench.quick:
        return
    environment = bench.endpoint.environment()
    # Threads and promises have to wait together, so the answer takes a second.
    with Sandbox(latency=1) as sandbox:
        slow = {**environment, **sandbox.environment}
        waiters = grown(bench, slow, 3, [bench.bin / "growing", "waiters"])
        promises = grown(bench, slow, 3, ["node", bench.node / "promises.mjs"])
    configurations = grown(bench, environment, 2, [bench.bin / "growing", "configurations"])
    notes["growth"] = {
        "configurations": configurations,
        "waiters": waiters,
        "promises": promises,
        "lengths": lengths(bench),
    }
