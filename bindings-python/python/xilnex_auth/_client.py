"""The client: the native one, with what only Python has: async twins and the with statement."""

from __future__ import annotations

from . import _native
from ._native import AccessToken

# As typing.TYPE_CHECKING, without the milliseconds that importing typing takes.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Self


class Client(_native.Client):
    """Gets access tokens and keeps them.

    Options are keyword arguments; what is not given, or None, comes from the XILNEX_* environment:

    base_url, client_id, client_secret, client_secret_file (a path), scope, client_auth ("post" or "basic"),
    timeout and connect_timeout (seconds), ca_file (a path), proxy, store.

    Making a client sends nothing and raises ConfigurationError where an option is missing or wrong. Clients of
    equal configuration share one token, so one for each job costs no request. Thread-safe.
    """

    __slots__ = ("__weakref__",)

    # The arguments are not keyword-only, as those of the others are: CPython looks for the defaults of such in a dict,
    # and that is an eighth of the call.
    async def get_token_async(self, min_ttl: float = 0.0, timeout: float | None = None) -> str:
        """As get_token, without blocking the event loop of asyncio. Name the arguments, as there.

        A task that is cancelled leaves the others, and the request that they wait for, alone.
        """
        if not min_ttl and timeout is None and (text := self._at_hand()) is not None:
            return text
        return self._text(await self.access_token_async(min_ttl=min_ttl, timeout=timeout))

    async def authorization_header_async(self, *, min_ttl: float = 0.0, timeout: float | None = None) -> str:
        """As authorization_header, without blocking the event loop of asyncio."""
        return (await self.access_token_async(min_ttl=min_ttl, timeout=timeout)).authorization_header

    async def access_token_async(self, *, min_ttl: float = 0.0, timeout: float | None = None) -> AccessToken:
        """As access_token, without blocking the event loop of asyncio."""
        answer = self._request(min_ttl, timeout)
        if isinstance(answer, AccessToken):
            return answer
        # Only a program with tasks pays for importing this.
        from ._waiting import landing

        return await landing(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()
