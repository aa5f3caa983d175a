"""Tokens for httpx: `httpx.Client(auth=XilnexAuth(origins=["https://api.example.com"]))`, and AsyncClient alike."""

from __future__ import annotations

from ._bearer import Bearer, header, origin

try:
    import httpx
except ImportError as _missing:
    raise ImportError("xilnex_auth.integrations.httpx needs httpx: pip install httpx") from _missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from .._native import AccessToken

__all__ = ["XilnexAuth"]


class XilnexAuth(Bearer, httpx.Auth):
    """Gives each request a token, and sends it once more with another token when the first was refused with 401.

    client: where tokens come from; None for the default client, which the environment configures, made at first use.
    origins: where tokens may go, such as ["https://api.example.com"]; where none is listed, to the first origin that a
        request goes to. Requests to other origins go without a token, as do redirects to them, so a client may be
        used for several hosts. Raises ConfigurationError for what is no origin, or plain http to another machine.

    A request with an Authorization header is left as it is. A body is sent again if httpx has it in memory; streams,
    files and multipart forms are not: the caller gets the 401, and the next request another token. Requests raise
    XilnexAuthError where no token can be had. Thread-safe. AsyncClient is for asyncio, whose loop is not blocked.
    """

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """What httpx sends for a request of Client."""
        if not self._may_carry(request):
            yield request
            return
        token = self.token()
        request.headers["Authorization"] = header(token)
        response = yield request
        if self._is_replayable(response, token):
            renewed = self.renewed(token)
            if renewed is not None:
                yield _again(response, renewed)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """What httpx sends for a request of AsyncClient."""
        if not self._may_carry(request):
            yield request
            return
        token = await self.token_async()
        request.headers["Authorization"] = header(token)
        response = yield request
        if self._is_replayable(response, token):
            renewed = await self.renewed_async(token)
            if renewed is not None:
                yield _again(response, renewed)

    def _may_carry(self, request: httpx.Request) -> bool:
        return "Authorization" not in request.headers and self.admits(_origin(request))

    def _is_replayable(self, response: httpx.Response, token: AccessToken) -> bool:
        """Whether another token may help. The token of a 401 is dropped, whatever becomes of the request."""
        # The request that was refused may be one that was redirected, without the header to another origin.
        refused = response.request
        is_ours = refused.headers.get("Authorization") == token.authorization_header and self.admits(_origin(refused))
        if response.status_code != 401 or not is_ours:
            return False
        self.refuse(token)
        return isinstance(refused.stream, httpx.ByteStream)


def _again(response: httpx.Response, renewed: AccessToken) -> httpx.Request:
    # What was refused and not what was redirected there: a form that was accepted is not sent twice.
    response.request.headers["Authorization"] = header(renewed)
    return response.request


def _origin(request: httpx.Request) -> str:
    return origin(request.url.scheme, request.url.raw_host.decode("ascii"), request.url.port)
