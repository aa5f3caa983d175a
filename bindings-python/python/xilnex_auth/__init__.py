"""Access tokens from Xilnex Auth: fetched once, kept, and shared by every thread and task.

    import xilnex_auth
    token = xilnex_auth.get_token()          # configured by XILNEX_CLIENT_ID, XILNEX_CLIENT_SECRET ...

A program that wants to say more makes a client:

    with xilnex_auth.Client(client_id="etl", client_secret_file="/run/secrets/xilnex") as client:
        header = client.authorization_header()

Everything here is thread-safe. Every failure is an XilnexAuthError; none holds a secret or a token.
"""

from __future__ import annotations

try:
    from ._native import AccessToken, Stats, __version__, at_hand, default_client, get_token
except ImportError as _cause:
    from ._platform import failure

    raise failure(_cause) from _cause

from ._client import Client
from ._errors import (
    BadResponseError,
    ClosedError,
    ConfigurationError,
    ConnectError,
    DnsError,
    InternalError,
    ProxyError,
    RejectedError,
    TlsError,
    TokenTimeoutError,
    UnavailableError,
    XilnexAuthError,
)

__all__ = [
    "AccessToken",
    "BadResponseError",
    "Client",
    "ClosedError",
    "ConfigurationError",
    "ConnectError",
    "DnsError",
    "InternalError",
    "ProxyError",
    "RejectedError",
    "Stats",
    "TlsError",
    "TokenTimeoutError",
    "UnavailableError",
    "XilnexAuthError",
    "__version__",
    "access_token",
    "access_token_async",
    "authorization_header",
    "authorization_header_async",
    "get_token",
    "get_token_async",
    "invalidate",
]


# Where users find them, and what a pickled exception names.
for _each in (Client, XilnexAuthError, *XilnexAuthError.__subclasses__()):
    _each.__module__ = __name__


async def get_token_async(min_ttl: float = 0.0, timeout: float | None = None) -> str:
    """As get_token, without blocking the event loop of asyncio. Name the arguments, as there."""
    if not min_ttl and timeout is None and (text := at_hand()) is not None:
        return text
    return await default_client().get_token_async(min_ttl=min_ttl, timeout=timeout)


def authorization_header(*, min_ttl: float = 0.0, timeout: float | None = None) -> str:
    """The value of an Authorization header: "Bearer ", then a valid token. Arguments and errors as get_token."""
    return default_client().authorization_header(min_ttl=min_ttl, timeout=timeout)


async def authorization_header_async(*, min_ttl: float = 0.0, timeout: float | None = None) -> str:
    """As authorization_header, without blocking the event loop of asyncio."""
    return await default_client().authorization_header_async(min_ttl=min_ttl, timeout=timeout)


def access_token(*, min_ttl: float = 0.0, timeout: float | None = None) -> AccessToken:
    """A valid access token with what is known of it. Arguments and errors as get_token."""
    return default_client().access_token(min_ttl=min_ttl, timeout=timeout)


async def access_token_async(*, min_ttl: float = 0.0, timeout: float | None = None) -> AccessToken:
    """As access_token, without blocking the event loop of asyncio."""
    return await default_client().access_token_async(min_ttl=min_ttl, timeout=timeout)


def invalidate(token: str | AccessToken) -> bool:
    """Drops a token that a resource server refused, as Client.invalidate."""
    return default_client().invalidate(token)
