"""An authorization server for tests, in the process: no account, no network, and a time that goes as tests want it.

    with Sandbox(ttl=600) as sandbox:
        client = sandbox.client()
        client.get_token()
        sandbox.advance(600)
        client.get_token()
        assert sandbox.token_requests == 2

For pytest there is the fixture xilnex_sandbox, which comes with the package.
"""

from __future__ import annotations

import ctypes
import json
import os
import weakref
from dataclasses import dataclass, field

from . import _native
from ._client import Client

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typing_extensions import Self

__all__ = ["RecordedRequest", "Sandbox"]


@dataclass(frozen=True)
class RecordedRequest:
    """A request as the sandbox received it. Its repr does not show headers and body, where secrets and tokens are.

    method, path (without its query), headers (pairs of name and value, in order) and body.
    """

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)


class Sandbox:
    """An authorization server on this machine, and behind it /data, a resource that asks for a token.

    It runs from start to stop, or in a with statement, on threads of its own, so programs of asyncio may use it. It is
    known by its client_id and client_secret; what is not given is made up. Thread-safe. A child made by fork can use
    what was started before, by its address and its clients, but can neither ask what it saw nor stop it.

    port: where it listens; a free one if not given. client_id, client_secret, scope: the client that it knows, and the
    scopes that this may ask for, separated by spaces. ttl: seconds that its tokens live, 3600 if not given. latency:
    seconds that it takes for a token request. tls: whether it speaks TLS; ca_file is then to be trusted.

    script: what the first token requests are answered with, in order; each is {"status": 503, "headers": {}, "body":
    text or what becomes JSON, "delay": seconds}, {"raw": text}, {"fault": name}, "close", "silent" or "normal".
    fault: what goes wrong, by a name that `xilnex-auth sandbox --faults` lists, such as "refuse"; after so many
    requests that go well (fault_after), and so many times (fault_times; for ever if not given).
    """

    __slots__ = ("__weakref__", "_environment", "_native", "_options", "_process")

    def __init__(
        self,
        *,
        port: int | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        scope: str | None = None,
        ttl: float | None = None,
        latency: float | None = None,
        tls: bool | None = None,
        script: Sequence[str | Mapping[str, object]] | None = None,
        fault: str | None = None,
        fault_after: int | None = None,
        fault_times: int | None = None,
    ) -> None:
        self._options = json.dumps(
            {
                "port": port,
                "client_id": client_id,
                "client_secret": client_secret,
                "scope": scope,
                "ttl": ttl,
                "latency": latency,
                "tls": tls,
                "script": None if script is None else list(script),
                "fault": fault,
                "fault_after": fault_after,
                "fault_times": fault_times,
            }
        )
        self._native: _native.Sandbox | None = None
        self._environment: dict[str, str] = {}
        self._process = 0

    def start(self) -> Self:
        """Starts it, unless it runs, and gives itself.

        Raises ConfigurationError for an option that is wrong, and ConnectError where the port cannot be had.
        """
        if self._native is None:
            native = _native.Sandbox(self._options)
            self._environment = dict(native.environment())
            self._process = os.getpid()
            self._native = native
            _running.add(self)
        return self

    def stop(self) -> None:
        """Ends it, once or more often; in a child made by fork this does nothing."""
        if self._native is not None and self._process == os.getpid():
            self._native.stop()
            self._native = None

    @property
    def base_url(self) -> str:
        """The base address of the authorization server."""
        return self.environment["XILNEX_BASE_URL"]

    @property
    def data_url(self) -> str:
        """The address of a resource that answers 401 without a valid token; rows in JSON may be posted to it."""
        return f"{self.base_url}/data"

    @property
    def client_id(self) -> str:
        """The identifier of the client that it knows."""
        return self.environment["XILNEX_CLIENT_ID"]

    @property
    def client_secret(self) -> str:
        """The secret of the client that it knows."""
        return self.environment["XILNEX_CLIENT_SECRET"]

    @property
    def ca_file(self) -> str | None:
        """The file of the certificate to trust, where it speaks TLS."""
        return self.environment.get("XILNEX_CA_FILE")

    @property
    def environment(self) -> dict[str, str]:
        """The variables that configure a program for it, the secret among them."""
        self._running()
        return dict(self._environment)

    @property
    def token_requests(self) -> int:
        """How many requests reached the token endpoint."""
        return self._own().token_requests()

    @property
    def requests(self) -> list[RecordedRequest]:
        """The latest requests, at most a thousand, those to the resource as well."""
        return [
            RecordedRequest(method, path, tuple(headers), body)
            for method, path, headers, body in self._own().requests()
        ]

    def client(self, **options: object) -> Client:
        """A client of this sandbox, which goes by its time and shares its token with nobody.

        Options are those of Client, in place of what the sandbox says; the environment is not looked at.
        """
        client = Client.__new__(Client)
        client._open_at(self._own(), options)
        return client

    def advance(self, seconds: float) -> None:
        """Puts the time of the server and of its clients forward. Other clients go by the machine's clock."""
        self._own().advance(seconds)

    def revoke_tokens(self) -> None:
        """Makes /data refuse every token that was issued before."""
        self._own().revoke_tokens()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        if self._native is None:
            return "<xilnex_auth.testing.Sandbox, not running>"
        base_url, client_id = self.base_url, self.client_id
        return f"<xilnex_auth.testing.Sandbox {base_url=} {client_id=} client_secret=<redacted>>"

    def _running(self) -> _native.Sandbox:
        if self._native is None:
            raise RuntimeError("the sandbox is not running: use it in a with statement, or call start()")
        return self._native

    def _own(self) -> _native.Sandbox:
        native = self._running()
        if self._process != os.getpid():
            raise RuntimeError(f"the sandbox belongs to process {self._process}, which alone can ask it and change it")
        return native


_running: weakref.WeakSet[Sandbox] = weakref.WeakSet()


def _keep() -> None:
    """Keeps what a forked child has inherited for ever: dropping it would wait for threads and cut connections."""
    for sandbox in _running:
        if sandbox._native is not None:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(sandbox._native))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_keep)
