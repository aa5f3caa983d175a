"""Theme: importing, and the way from the start of a process to its first token, in time and memory."""

from rounds import add, numbers_of
from themes import rivals

QUICK_ROUNDS = 5
ROUNDS = 25

IMPORTS = {
    "Python": {
        "xilnex_auth": "import xilnex_auth",
        "msal": "import msal",
        "azure": "import azure.identity",
        "authlib": "import authlib.integrations.requests_client",
        "requests_oauthlib": "import requests_oauthlib",
    },
    "Node": {
        "xilnex-auth": "require('xilnex-auth')",
        "msal-node": "require('@azure/msal-node')",
        "openid-client": "import('openid-client')",
        "simple-oauth2": "require('simple-oauth2')",
    },
}

PYTHON = {"python": "import xilnex_auth\nassert xilnex_auth.get_token()"} | {
    name: f"import os\n{made}\nassert call()" for name, made in rivals.PYTHON.items()
}
NODE = {"node": "require('xilnex-auth').getToken()"} | {
    name: f"(async () => {{ let call; {made} await call(); }})();" for name, made in rivals.NODE.items()
}

# They take https only, and an address of their own.
TLS_ONLY = ("msal", "azure", "msal-node")


def curl(sandbox):
    """The same POST by the curl command; its body comes by a file, so that all of them do the same."""
    form = {
        "grant_type": "client_credentials",
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "scope": "coreapi",
    }
    command = ["curl", "--silent", "--show-error", "--fail", "--output", "/dev/null"]
    if sandbox.ca_file:
        command += ["--cacert", sandbox.ca_file]
    data = "&".join(f"{name}={value}" for name, value in form.items())
    return [*command, "--data", data, f"{sandbox.base_url}/connect/token"]


def commands(bench, scheme):
    """What gets a token over a scheme, by name."""
    sandbox = bench.endpoint.tls if scheme == "https" else bench.endpoint.plain
    found = {"c": [bench.bin / "first"], "curl": curl(sandbox)}
    found |= {name: [bench.bin / name] for name in ("libcurl", "liboauth2") if (bench.bin / name).exists()}
    found |= {name: [bench.python, "-c", code] for name, code in PYTHON.items()}
    found |= {name: ["node", "-e", code] for name, code in NODE.items()}
    return {name: command for name, command in found.items() if scheme == "https" or name not in TLS_ONLY}


def launched(bench, command, environment):
    """Milliseconds and MiB of one run."""
    found = numbers_of([bench.bin / "launch", *command], environment, bench.node)
    return found["ns"] / 1e6, found["kib"] / 1024


def one_round(bench, samples):
    """Everything once: bare interpreters, imports, first tokens."""
    plain = bench.endpoint.environment()
    interpreters = {"Python": [bench.python, "-c"], "Node": ["node", "-e"]}
    for language, interpreter in interpreters.items():
        time, memory = launched(bench, [*interpreter, "0"], plain)
        add(samples, "import", {language: time})
        add(samples, "memory", {language: memory})
        for name, code in IMPORTS[language].items():
            add(samples, "import", {name: launched(bench, [*interpreter, code], plain)[0]})
    for scheme in ("http", "https"):
        environment = bench.endpoint.environment(tls=scheme == "https")
        for name, command in commands(bench, scheme).items():
            time, memory = launched(bench, command, environment)
            add(samples, scheme, {name: time})
            add(samples, f"memory.{scheme}", {name: memory})


def take(bench, samples, notes):
    one_round(bench, {})  # Pages and byte code are read for the first time.
    for _ in range(QUICK_ROUNDS if bench.quick else ROUNDS):
        one_round(bench, samples)
    notes["absent"] = {
        mark.name.removeprefix("absent-"): mark.read_text().strip() for mark in bench.out.glob("absent-*")
    }
