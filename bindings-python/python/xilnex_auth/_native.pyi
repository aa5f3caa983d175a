"""The engine as a Python extension. Private: import from xilnex_auth."""

import os
from datetime import datetime
from typing import Literal, final

from typing_extensions import disjoint_base

from ._client import Client as _PublicClient

__all__ = [
    "KINDS",
    "AccessToken",
    "Bell",
    "Client",
    "Origins",
    "Pending",
    "Sandbox",
    "Stats",
    "__version__",
    "at_hand",
    "default_client",
    "get_token",
    "replace_default_client",
    "run",
]

__version__: str
KINDS: tuple[str, ...]

_Path = str | os.PathLike[str]

@final
class AccessToken:
    """An access token with what is known of it. Immutable, thread-safe; its repr does not show the value."""

    @property
    def value(self) -> str:
        """The token text, to be sent to resource servers only."""
    @property
    def token_type(self) -> str:
        """How the token is used: always "Bearer"."""
    @property
    def scope(self) -> str | None:
        """The granted scope, separated by spaces; None where none is known."""
    @property
    def expires_at(self) -> datetime:
        """When the token expires, as an aware datetime in UTC."""
    @property
    def authorization_header(self) -> str:
        """The value of an Authorization header: "Bearer ", then the token."""

@final
class Stats:
    """What the clients of one configuration have done in this process: a picture of one moment."""

    @property
    def requests(self) -> int:
        """Token requests, arrived or not: as many as successes and failures together, but for one under way."""
    @property
    def successes(self) -> int:
        """Requests that brought a token."""
    @property
    def failures(self) -> dict[str, int]:
        """Requests that failed, by the kind of the error; kinds that did not occur are left out."""
    @property
    def hits(self) -> int:
        """Calls that were answered from memory."""
    @property
    def refreshes_ahead(self) -> int:
        """Refreshes that were begun ahead of expiry."""
    @property
    def served_while_failing(self) -> int:
        """Calls that were answered from memory although the last refresh had failed."""
    @property
    def refused_in_cool_down(self) -> int:
        """Calls that were given the last error again, without a request."""
    @property
    def refused_by_budget(self) -> int:
        """Calls that were refused because of too many requests a minute."""
    @property
    def last_refresh(self) -> float | None:
        """Seconds that the last successful refresh took, its pauses included; None before the first."""
    @property
    def expires_in(self) -> float | None:
        """Seconds that the token at hand may still be handed out, 0.0 when it has expired; None where there is none."""
    @property
    def clock_skew(self) -> int | None:
        """Seconds that this machine's clock is ahead of the server's, negative when it is behind.

        The least that explains the Date of the last answer that had one; None where none had.
        """

@disjoint_base
class Client:
    """The base of xilnex_auth.Client."""

    def __init__(
        self,
        *,
        client_id: str | None = None,
        client_secret: str | None = None,
        client_secret_file: _Path | None = None,
        base_url: str | None = None,
        scope: str | None = None,
        client_auth: Literal["post", "basic"] | None = None,
        timeout: float | str | None = None,
        connect_timeout: float | str | None = None,
        ca_file: _Path | None = None,
        proxy: str | None = None,
        store: Literal["memory"] | None = None,
    ) -> None: ...
    @property
    def client_id(self) -> str:
        """The client identifier."""
    @property
    def base_url(self) -> str:
        """The base address of the authorization server."""
    @property
    def scope(self) -> str | None:
        """The scope that is asked for; None where none is."""
    def get_token(self, *, min_ttl: float = 0.0, timeout: float | None = None) -> str:
        """The text of a valid access token; from memory where possible, else blocks.

        min_ttl: seconds that the token must still live; one that was fetched less than 30 s ago, or a quarter of its
        life, is the best that the server has and is handed out all the same. timeout: seconds that this call may take,
        in place of the client's. Raises XilnexAuthError. Thread-safe; the GIL is released while it waits.
        """
    def access_token(self, *, min_ttl: float = 0.0, timeout: float | None = None) -> AccessToken:
        """A valid access token with what is known of it. Arguments and errors as get_token."""
    def authorization_header(self, *, min_ttl: float = 0.0, timeout: float | None = None) -> str:
        """The value of an Authorization header: "Bearer ", then a valid token. Arguments and errors as get_token."""
    def invalidate(self, token: str | AccessToken) -> bool:
        """Drops a token that a resource server refused, so that the next call fetches another; a newer one stays.

        True when it was dropped. That costs a request, so it happens at most once in 30 s, however many tokens are
        refused: else the token stays and the answer is False.
        """
    def stats(self) -> Stats:
        """What all clients of this configuration have done in this process."""
    def close(self) -> None:
        """Ends this client: later calls raise ClosedError, and so do those that wait, at once.

        Others of equal configuration go on.
        """
    def _open_at(self, sandbox: Sandbox, options: dict[str, object]) -> None:
        """In place of __init__: a client of this sandbox, which goes by its time. Raises as __init__."""
    def _at_hand(self) -> str | None: ...
    def _request(self, min_ttl: float, timeout: float | None) -> AccessToken | Pending: ...
    def _text(self, token: AccessToken) -> str: ...

@final
class Pending:
    """A token request under way."""

    def poll(self) -> AccessToken | None:
        """The token if the request has ended, None if not; raises what it ended with, or that the time is over."""
    def left(self) -> float:
        """Seconds until there is something to decide, if the request does not end before."""
    def ring(self, bell: Bell) -> None:
        """Rings the bell when the request ends; at once if it has."""

@final
class Bell:
    """Rung when a token request ends. A ring is kept until somebody has heard it."""

    def __new__(cls) -> Bell: ...
    def wait(self, seconds: float) -> None:
        """Waits until the bell rings, at most this many seconds, with the GIL released."""
    def ring(self) -> None:
        """Wakes who waits."""

@final
class Origins:
    """The origins that a token may be sent to; where none is listed, the first one that is asked about."""

    def __new__(cls, listed: list[str]) -> Origins:
        """Raises ConfigurationError, which names the place in the list of what is no origin."""
    def admit(self, origin: str) -> bool:
        """Whether a request to this origin may carry a token."""

@final
class Sandbox:
    """A running authorization server for tests. All but stop raise RuntimeError when it was stopped."""

    def __new__(cls, options: str) -> Sandbox:
        """Starts it, with options as JSON. Raises ConfigurationError, or ConnectError where it cannot listen."""
    def environment(self) -> list[tuple[str, str]]:
        """The variables that configure a program for it."""
    def token_requests(self) -> int:
        """How many requests reached the token endpoint."""
    def requests(self) -> list[tuple[str, str, list[tuple[str, str]], bytes]]:
        """The latest requests, at most a thousand: method, path, headers and body."""
    def advance(self, seconds: float) -> None:
        """Puts its time and that of its clients forward."""
    def revoke_tokens(self) -> None:
        """Makes its resource refuse every token that was issued before."""
    def stop(self) -> None:
        """Ends it, once or more often."""

def get_token(*, min_ttl: float = 0.0, timeout: float | None = None) -> str:
    """The text of a valid access token, by the client that the environment configures.

    Arguments and errors are those of Client.get_token. The environment is read at the first call that succeeds.
    """

def at_hand() -> str | None:
    """The text of a token at hand, or None where get_token would have to wait."""

def default_client() -> _PublicClient:
    """The client of the process. A failure to make it is not remembered: the next call reads the environment again."""

def replace_default_client(client: _PublicClient | None) -> _PublicClient | None:
    """Puts another one in its place, or none, and gives what was there."""

def run(arguments: list[str]) -> int:
    """Runs the command line with these arguments and gives the exit status."""
