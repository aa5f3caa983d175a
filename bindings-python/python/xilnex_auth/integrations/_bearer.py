"""What the integrations share: where a token may go, and what is done about a 401 (RFC 6750 section 3)."""

from __future__ import annotations

from .._client import Client
from .._errors import ConfigurationError
from .._native import AccessToken, Origins, default_client

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import NoReturn


class Authorization(str):
    """The value of an Authorization header. HTTP libraries show headers in errors and logs, by repr."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'<redacted>'"


def header(token: AccessToken) -> Authorization:
    """The value of the header that carries a token."""
    return Authorization(token.authorization_header)


def origin(scheme: str, host: str | None, port: int | None) -> str:
    """The origin (RFC 6454 section 4) of what a library will connect to."""
    name = f"[{host}]" if host and ":" in host else host
    return f"{scheme}://{name}" if port is None else f"{scheme}://{name}:{port}"


class Bearer:
    """The base of every XilnexAuth."""

    def __init__(self, client: Client | None = None, origins: Iterable[str] = ()) -> None:
        if isinstance(origins, str):
            raise ConfigurationError('origins must be a list, such as ["https://api.example.com"]')
        listed = list(origins)
        self._client = client
        self._origins = Origins(listed)
        self._has_list = bool(listed)

    def admits(self, origin: str) -> bool:
        """Whether a request to this origin may carry a token."""
        return self._origins.admit(origin)

    def token(self) -> AccessToken:
        """A valid token; may block."""
        return self._serving().access_token()

    async def token_async(self) -> AccessToken:
        """As token, without blocking the event loop."""
        return await self._serving().access_token_async()

    def refuse(self, refused: AccessToken) -> None:
        """Tells that a resource server refused a token."""
        self._serving().invalidate(refused)

    def renewed(self, refused: AccessToken) -> AccessToken | None:
        """Another token than the refused one; None where there is no other."""
        return _other(refused, self.token())

    async def renewed_async(self, refused: AccessToken) -> AccessToken | None:
        """As renewed, without blocking the event loop."""
        return _other(refused, await self.token_async())

    def _serving(self) -> Client:
        # Looked up for each call: a test may put another default client in place.
        return default_client() if self._client is None else self._client

    def __repr__(self) -> str:
        client = "the default client" if self._client is None else repr(self._client)
        return f"<{type(self).__module__}.XilnexAuth of {client}>"

    def __reduce_ex__(self, _: object) -> NoReturn:
        raise TypeError("an XilnexAuth is neither copied nor pickled, as its client is not: make one in each process")


def _other(refused: AccessToken, token: AccessToken) -> AccessToken | None:
    return None if token.value == refused.value else token
