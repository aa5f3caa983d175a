"""Tokens for requests: `session.auth = XilnexAuth(origins=["https://api.example.com"])`."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

from ._bearer import Bearer, header, origin

try:
    from requests import PreparedRequest, RequestException, Response
    from requests.auth import AuthBase
except ImportError as _missing:
    raise ImportError("xilnex_auth.integrations.requests needs requests: pip install requests") from _missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .._native import AccessToken

__all__ = ["XilnexAuth"]


class XilnexAuth(Bearer, AuthBase):
    """Gives each request a token, and sends it once more with another token when the first was refused with 401.

    client: where tokens come from; None for the default client, which the environment configures, made at first use.
    origins: where tokens may go, such as ["https://api.example.com"]; where none is listed, to the first origin that a
        request goes to. Requests to other origins go without a token, as do redirects to them, so a session may be
        used for several hosts. Raises ConfigurationError for what is no origin, or plain http to another machine.

    A request with an Authorization header is left as it is. A body is sent again if it is text, bytes, or a file that
    can seek; else the caller gets the 401, and the next request another token. Requests raise XilnexAuthError where no
    token can be had. Thread-safe, as far as requests is.
    """

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        if "Authorization" not in r.headers and self.admits(_origin(r)):
            token = self.token()
            r.headers["Authorization"] = header(token)
            r.register_hook("response", _Answered(self, token, _position(r.body)))
        return r


class _Answered:
    """What is done when a request with a token has its answer; one for each request and the redirects of it."""

    __slots__ = ("_auth", "_position", "_token")

    def __init__(self, auth: XilnexAuth, token: AccessToken, position: int | None) -> None:
        self._auth = auth
        self._token = token
        self._position = position

    def __call__(self, response: Response, **options: Any) -> Response:
        if not self._is_refused(response):
            return response
        self._auth.refuse(self._token)
        if not _rewind(response.request.body, self._position):
            return response
        try:
            renewed = self._auth.renewed(self._token)
        except BaseException:
            response.close()
            raise
        return response if renewed is None else self._send_again(response, renewed, options)

    def _is_refused(self, response: Response) -> bool:
        # A redirect to another origin takes the header away, and ~/.netrc may put another one in its place.
        return (
            response.status_code == 401
            and response.request.headers.get("Authorization") == self._token.authorization_header
            and self._auth.admits(_origin(response.request))
        )

    def _send_again(self, response: Response, renewed: AccessToken, options: dict[str, Any]) -> Response:
        # Read to its end, so that the connection is used again.
        with suppress(RequestException):
            _ = response.content
        response.close()
        # The request itself and not a copy: redirects that follow are made from it.
        response.request.headers["Authorization"] = header(renewed)
        self._token = renewed
        again = response.connection.send(response.request, **options)
        again.history.append(response)
        return again

    def __reduce__(self) -> tuple[Callable[[], Callable[..., Response]], tuple[()]]:
        # A response is pickled with its request and what is hooked to it.
        return _unpickled, ()


def _unpickled() -> Callable[..., Response]:
    return _leave


def _leave(response: Response, **_: Any) -> Response:
    return response


def _origin(request: PreparedRequest) -> str:
    # As requests parses it to connect; what it cannot parse it does not send.
    try:
        url = urlsplit(str(request.url))
        return origin(url.scheme, url.hostname, url.port)
    except ValueError:
        return ""


def _position(body: Any) -> int | None:
    """Where a file is to be read from when it is sent again; None for what is no file, or cannot seek."""
    try:
        position = body.tell()
    except (AttributeError, OSError, ValueError):
        return None
    return position if isinstance(position, int) and hasattr(body, "seek") else None


def _rewind(body: Any, position: int | None) -> bool:
    """Whether a body can be sent again; a file is then where it was."""
    if body is None or isinstance(body, (str, bytes)):
        return True
    if position is None:
        return False
    try:
        body.seek(position)
    except (OSError, ValueError):
        return False
    return True
