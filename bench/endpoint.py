"""The token endpoints that all rivals ask, on loopback: the sandbox over http and https, and what discovery wants.

msal, azure-identity and msal-node accept https alone, and an address with a path whose metadata they read first. A
fixture serves that metadata and nothing else; the token request that follows goes to the sandbox, as everybody's does.
"""

import http.server
import json
import os
import ssl
import subprocess
import tempfile
import threading
from pathlib import Path

from xilnex_auth.testing import Sandbox


class Metadata(http.server.BaseHTTPRequestHandler):
    """Answers each request with the metadata of an issuer at the address that was asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        origin = f"https://127.0.0.1:{self.server.server_port}"
        path = self.path.partition("?")[0].partition("/.well-known/")[0].removesuffix("/v2.0")
        metadata = {
            "issuer": f"{origin}{path}/v2.0",
            "authorization_endpoint": f"{self.server.token_origin}/connect/authorize",
            "token_endpoint": f"{self.server.token_origin}/connect/token",
            "jwks_uri": f"{self.server.token_origin}/.well-known/jwks.json",
            "grant_types_supported": ["client_credentials"],
        }
        body = json.dumps(metadata).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """A benchmark prints its figures only."""


def certificate(folder):
    """A certificate of this machine for the fixture, and its key."""
    names = folder / "fixture.pem", folder / "fixture.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subprocess.run([*command, "-out", names[0], "-keyout", names[1]], check=True, capture_output=True)
    return names


class Endpoint:
    """Both sandboxes and the fixture, from entering to leaving a with statement."""

    def __init__(self, **options):
        self._folder = tempfile.TemporaryDirectory()
        self.plain = Sandbox(**options)
        self.tls = Sandbox(tls=True, **options)

    def __enter__(self):
        self.plain.start()
        self.tls.start()
        folder = Path(self._folder.name)
        chain, key = certificate(folder)
        self.fixture = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Metadata)
        self.fixture.daemon_threads = True
        self.fixture.token_origin = self.tls.base_url
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        self.fixture.socket = context.wrap_socket(self.fixture.socket, server_side=True)
        threading.Thread(target=self.fixture.serve_forever, daemon=True).start()
        self.trusted = folder / "trusted.pem"
        self.trusted.write_text(Path(self.tls.ca_file).read_text() + chain.read_text())
        return self

    def __exit__(self, *_):
        self.fixture.shutdown()
        self.plain.stop()
        self.tls.stop()
        self._folder.cleanup()

    @property
    def requests(self):
        """How many token requests both have received."""
        return self.plain.token_requests + self.tls.token_requests

    def environment(self, *, tls=False):
        """The variables of a program that asks here: ours, and the addresses and certificates of the rivals."""
        # Neither options of another server nor a proxy: everything stays on loopback.
        foreign = ("xilnex_", "http_proxy", "https_proxy", "all_proxy")
        inherited = {name: value for name, value in os.environ.items() if not name.lower().startswith(foreign)}
        sandbox = self.tls if tls else self.plain
        return {
            **inherited,
            **sandbox.environment,
            "BENCH_TLS_BASE_URL": self.tls.base_url,
            "BENCH_TLS_SECRET": self.tls.client_secret,
            "BENCH_DISCOVERY": f"https://127.0.0.1:{self.fixture.server_port}",
            "BENCH_TRUSTED": str(self.trusted),
            "NODE_EXTRA_CA_CERTS": str(self.trusted),
            "REQUESTS_CA_BUNDLE": str(self.trusted),
        }
