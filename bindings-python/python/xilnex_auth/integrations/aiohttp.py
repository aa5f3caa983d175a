"""Tokens for aiohttp: `aiohttp.ClientSession(middlewares=[XilnexAuth(origins=["https://api.example.com"])])`."""

from __future__ import annotations

from contextlib import suppress

from ._bearer import Bearer, header, origin

try:
    from aiohttp import BytesPayload, ClientError, ClientHandlerType, ClientRequest, ClientResponse
    from yarl import URL
except ImportError as _missing:
    raise ImportError(
        "xilnex_auth.integrations.aiohttp needs aiohttp 3.12 or later: pip install 'aiohttp>=3.12'"
    ) from _missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._client import Client

__all__ = ["XilnexAuth"]

# What aiohttp follows.
REDIRECTS = (301, 302, 303, 307, 308)


class XilnexAuth(Bearer):
    """Gives each request a token, and sends it once more with another token when the first was refused with 401.

    client: where tokens come from; None for the default client, which the environment configures, made at first use.
    origins: where tokens may go, such as ["https://api.example.com"]; where none is listed, to the first origin that a
        request goes to, unless it was redirected there. Requests to other origins go without a token, and a redirect
        is judged as a request of its own, so a session may be used for several hosts. Raises ConfigurationError for
        what is no origin, or plain http to another machine.

    A request with an Authorization header is left as it is. A body is sent again unless it is a stream or a file that
    cannot seek: then the caller gets the 401, and the next request another token. Requests raise XilnexAuthError where
    no token can be had. One may serve many sessions and event loops.
    """

    def __init__(self, client: Client | None = None, origins: Iterable[str] = ()) -> None:
        super().__init__(client, origins)
        # aiohttp asks for the token of each redirect: whoever may redirect must not choose the first origin.
        self._has_first = self._has_list
        self._redirected_to: set[str] = set()

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        if not self._may_carry(request):
            response = await handler(request)
            self._watch(request, response)
            return response
        token = await self.token_async()
        request.headers["Authorization"] = header(token)
        response = await handler(request)
        if response.status != 401:
            return response
        try:
            self.refuse(token)
            renewed = None if _is_consumed(request) else await self.renewed_async(token)
        except BaseException:
            response.close()
            raise
        if renewed is None:
            return response
        # Read to its end, so that the connection is used again, and no body is being written any more.
        with suppress(ClientError):
            await response.read()
        request.headers["Authorization"] = header(renewed)
        return await handler(request)

    def _may_carry(self, request: ClientRequest) -> bool:
        target = _origin(request)
        may = "Authorization" not in request.headers and target not in self._redirected_to and self.admits(target)
        self._has_first = self._has_first or may
        return may

    def _watch(self, request: ClientRequest, response: ClientResponse) -> None:
        if self._has_first or response.status not in REDIRECTS:
            return
        with suppress(ValueError):
            url = request.url.join(URL(response.headers.get("Location") or response.headers.get("URI") or ""))
            if url.origin() != request.url.origin():
                self._redirected_to.add(origin(url.scheme, url.raw_host, url.port))


def _is_consumed(request: ClientRequest) -> bool:
    # The first releases with middlewares do not tell, and then only what is in memory is known to be there still.
    body = request.body
    return not isinstance(body, (bytes, BytesPayload)) and bool(getattr(body, "consumed", True))


def _origin(request: ClientRequest) -> str:
    return origin("https" if request.is_ssl() else "http", request.host, request.port)
