"""The exceptions: one class for each kind of the engine's error table.

The attributes are set after the message, so that every exception survives pickling, as worker pools need it.
"""

from __future__ import annotations


class XilnexAuthError(Exception):
    """No token could be given. Holds no secret, no token and no piece of an answer's body.

    kind: the id of the kind, the same in every language, such as "rejected".
    hint: what to look at or to do, or None.
    oauth_error: the error code of RFC 6749 section 5.2, such as "invalid_client", or None.
    http_status: the status of the HTTP answer, or None.
    retry_after: seconds to wait before the next call, or None: what the server asked for, at most 300; of a failure
        that is told again, how long this library will send no request.
    attempts: how many times the library asked for a token before it gave up, whether the request arrived or not.
    is_retryable: whether the same call may succeed later without a change by the caller.
    is_repeated: whether this is the failure of an earlier request, given again in the pause after it.
    """

    kind: str = "internal"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        oauth_error: str | None = None,
        http_status: int | None = None,
        retry_after: float | None = None,
        attempts: int = 0,
        is_retryable: bool = False,
        is_repeated: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.oauth_error = oauth_error
        self.http_status = http_status
        self.retry_after = retry_after
        self.attempts = attempts
        self.is_retryable = is_retryable
        self.is_repeated = is_repeated

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message} ({self.hint})"


class ConfigurationError(XilnexAuthError, ValueError):
    """The caller's mistake: a missing, malformed or contradictory option or argument."""

    kind = "invalid_config"


class DnsError(XilnexAuthError, ConnectionError):
    """The host name could not be resolved."""

    kind = "dns"


class ConnectError(XilnexAuthError, ConnectionError):
    """No connection could be opened."""

    kind = "connect"


class ProxyError(XilnexAuthError, ConnectionError):
    """The proxy could not be reached or refused to open the tunnel."""

    kind = "proxy"


class TlsError(XilnexAuthError, ConnectionError):
    """The TLS handshake or the certificate check failed; nothing secret was sent."""

    kind = "tls"


class TokenTimeoutError(XilnexAuthError, TimeoutError):
    """The caller's deadline passed."""

    kind = "timeout"


class UnavailableError(XilnexAuthError):
    """The server cannot answer now: 408, 429, 5xx or a torn answer."""

    kind = "unavailable"


class RejectedError(XilnexAuthError):
    """The authorization server refused the request (RFC 6749 section 5.2)."""

    kind = "rejected"


class BadResponseError(XilnexAuthError):
    """The answer is not one that RFC 6749 section 5.1 allows."""

    kind = "bad_response"


class ClosedError(XilnexAuthError):
    """The client was closed."""

    kind = "closed"


class InternalError(XilnexAuthError):
    """A bug in this library, caught at the boundary."""

    kind = "internal"


CLASSES: dict[str, type[XilnexAuthError]] = {each.kind: each for each in XilnexAuthError.__subclasses__()}


def from_kind(
    kind: str,
    message: str,
    hint: str | None,
    oauth_error: str | None,
    http_status: int | None,
    retry_after: float | None,
    attempts: int,
    is_retryable: bool,
    is_repeated: bool,
) -> XilnexAuthError:
    """The exception for an error of the engine."""
    return CLASSES[kind](
        message,
        hint=hint,
        oauth_error=oauth_error,
        http_status=http_status,
        retry_after=retry_after,
        attempts=attempts,
        is_retryable=is_retryable,
        is_repeated=is_repeated,
    )
