"""Has a program get a token, fail to, and free everything, and looks into its memory from outside.

Usage: run.py PROGRAM CERTIFICATES, PROGRAM being client.c, client.py or client.mjs; CERTIFICATES a folder with ca.pem
and with leaf.pem and key.pem for 127.0.0.1. Prints a line of JSON for each case; the status is 1 when memory of
ours held what it must not hold.
"""

import http.server
import json
import os
import secrets
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import scan

HERE = Path(__file__).resolve().parent
STAGE = HERE.parent.parent / "target/stage"

PROGRAMS = {
    "client.c": ("C", [STAGE / "memory/client"]),
    "client.py": ("Python", [STAGE / "python/bin/python", HERE / "client.py"]),
    "client.mjs": ("Node", ["node", "--expose-gc", HERE / "client.mjs"]),
}

# Seconds: what the law gives after the end of a client, what a flight's thread takes to be gone, and when it hangs.
GRACE = 0.01
REST = 0.2
PATIENCE = 300


@dataclass(frozen=True)
class Case:
    told: str
    mode: str = "object"
    answer: str = "token"
    has_tls: bool = False
    client_auth: str = "post"
    # What the language itself keeps, because the program gave or got it as text.
    kept_by_host: str = ""


CASES = [
    Case("secret in a file, token as an object"),
    Case("the same over TLS", has_tls=True),
    Case("the same by Basic authentication", client_auth="basic", has_tls=True),
    Case("token as text", mode="text", kept_by_host="token"),
    Case("secret as text", mode="literal", kept_by_host="secret"),
    Case("invalid_client", mode="failing", answer="invalid_client"),
    Case("invalid_client over TLS", mode="failing", answer="invalid_client", has_tls=True),
    Case("a torn answer", mode="failing", answer="torn"),
    Case("a torn answer over TLS", mode="failing", answer="torn", has_tls=True),
]


class Server:
    """An authorization server that gives one token, or fails."""

    def __init__(self, case, certificates, token):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                answer_with(self, case.answer, token)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if case.has_tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificates / "leaf.pem", certificates / "key.pem")
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.address = f"{'https' if case.has_tls else 'http'}://127.0.0.1:{self.http.server_port}"

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()


def answer_with(handler, answer, token):
    members = {"access_token": token, "token_type": "Bearer", "expires_in": 3600, "scope": "coreapi"}
    body = json.dumps({"error": "invalid_client"} if answer == "invalid_client" else members).encode()
    handler.send_response(401 if answer == "invalid_client" else 200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) - 20] if answer == "torn" else body)
    handler.close_connection = True


class Program:
    """A running program, which tells how far it is and goes on when it was looked at."""

    def __init__(self, command):
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.upper().startswith("XILNEX_") and not name.upper().endswith("_PROXY")
        }
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, env=environment, cwd=STAGE / "node", **pipes)
        self.limit = threading.Timer(PATIENCE, self.process.kill)
        self.limit.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.limit.cancel()
        self.process.kill()
        self.process.communicate()

    def look(self, word, pause, texts):
        """What lies in its memory this long after it said the word; it stands still meanwhile."""
        line = self.process.stdout.readline().strip()
        if line != word:
            raise SystemExit(f"the program said {line!r} and not {word!r}")
        time.sleep(pause)
        self.process.send_signal(signal.SIGSTOP)
        try:
            return scan.in_process(self.process.pid, texts)
        finally:
            self.process.send_signal(signal.SIGCONT)
            self.process.stdin.write("\n")
            self.process.stdin.flush()


def run(case, language, command, certificates):
    # Of letters and digits, but for two in the middle that URLs escape.
    texts = {"secret": f"canary{secrets.token_hex(12)}/+{secrets.token_hex(12)}", "token": secrets.token_urlsafe(600)}
    with tempfile.TemporaryDirectory() as folder, Server(case, certificates, texts["token"]) as server:
        secret_file = Path(folder, "secret")
        secret_file.write_text(texts["secret"])
        ca_file = certificates / "ca.pem" if case.has_tls else "-"
        arguments = [server.address, secret_file, ca_file, case.client_auth, case.mode]
        with Program([*command, *arguments]) as program:
            held, freed = program.look("held", REST, texts), program.look("freed", GRACE, texts)
    return judge(case, language, held, freed)


def judge(case, language, held, freed):
    """The figure of a case, and what was found where nothing may be."""
    # A C program wipes its own buffers, so nothing is the language's.
    host = "" if language == "C" else case.kept_by_host
    # While the client lives its secret is somewhere, and so is its token: who finds none looks in the wrong place.
    for label in ["secret"] if case.mode == "failing" else ["secret", "token"]:
        if not any(find.label == label for find in held):
            raise SystemExit(f"{case.told}: no {label} was found while the client was alive")
    in_core = [find for find in held if find.mapping.is_dumped]
    figure = {"figure": case.told, "language": language}
    for label in ("secret", "token"):
        figure[f"{label} after"] = 0 if label == host else scan.copies(freed, label)
        figure[f"{label} kept by the language"] = scan.copies(freed, label) if label == host else 0
        figure[f"{label} in core"] = scan.copies(in_core, label)
    return figure, [find for find in freed + in_core if find.label != host]


def main():
    language, command = PROGRAMS[sys.argv[1]]
    if not Path(command[0]).exists() and command[0] != "node":
        raise SystemExit(f"{command[0]} is missing: run `make stage` first")
    is_good = True
    for case in CASES:
        figure, wrong = run(case, language, command, Path(sys.argv[2]))
        print(json.dumps(figure), flush=True)
        for find in wrong:
            print(f"{language}, {case.told}: {find}", file=sys.stderr)
        is_good = is_good and not wrong
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
