"""Shows the main job in every language against a sandbox: what was done and how many token requests it cost.

Usage: run.py STAGE, the folder in which the packages are installed as their users would install them.
"""

import json
import os
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATIENCE = 60


class Sandbox:
    """The sandbox as a process of its own, started by the command line of the C package."""

    def __init__(self, program):
        self.process = subprocess.Popen([program, "sandbox"], stdout=subprocess.PIPE, text=True)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("XILNEX_")}
        while "XILNEX_SCOPE" not in self.environment:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit("demo: the sandbox ended before it was ready")
            _, assignment = shlex.split(line)
            name, _, value = assignment.partition("=")
            self.environment[name] = value
        self.url = self.environment["API_URL"] = self.environment["XILNEX_BASE_URL"]

    def token_requests(self):
        with urllib.request.urlopen(self.url + "/sandbox", timeout=PATIENCE) as answer:
            return json.load(answer)["token_requests"]

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)


def run(command, environment):
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    if done.returncode != 0:
        raise SystemExit(f"demo: {Path(command[0]).name} failed:\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def node_service(stage, environment):
    """Starts the service, asks it three times at its own address, and lets it end."""
    service = subprocess.Popen(
        ["node", str(stage / "node" / "service.mjs")],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        port = int(service.stdout.readline())
        for _ in range(3):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/stock", timeout=PATIENCE) as answer:
                rows = json.load(answer)["rows"]
        service.stdin.close()
        if service.wait(PATIENCE) != 0:
            raise SystemExit("demo: the service failed")
    finally:
        service.kill()
        service.wait(PATIENCE)
    return f"answered 3 requests for stock, each with {rows} rows from the API"


def main():
    stage = Path(sys.argv[1]).resolve()
    sandbox = Sandbox(stage / "sdk" / "bin" / "xilnex-auth")
    environment = sandbox.environment
    jobs = {
        "Python": lambda: run([stage / "python/bin/python", HERE / "etl.py", HERE / "sales.csv"], environment),
        "Node": lambda: node_service(stage, environment),
        "C": lambda: run([stage / "demo/till", stage / "demo/plugin-c.so"], environment),
        "C++": lambda: run([stage / "demo/till", stage / "demo/plugin-cpp.so"], environment),
    }
    lines = []
    try:
        print(f"The sandbox authorization server listens at {sandbox.url}.")
        for language, job in jobs.items():
            before = sandbox.token_requests()
            told = job()
            cost = sandbox.token_requests() - before
            print(f"  {language}: {told}; token requests: {cost}", flush=True)
            lines.append((language, cost))
    finally:
        sandbox.stop()
    print()
    for language, cost in lines:
        print(f"{language:<7}{'ok' if cost == 1 else 'FAILED'}: {cost} token request{'' if cost == 1 else 's'}")
    sys.exit(0 if all(cost == 1 for _, cost in lines) else 1)


if __name__ == "__main__":
    main()
