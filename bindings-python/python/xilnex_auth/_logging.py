"""What the engine tells, as records of the logger "xilnex_auth". Imported only by a program that imports logging."""

from __future__ import annotations

import logging

_logger = logging.getLogger("xilnex_auth")
# Else warnings would stand on the stderr of a program that configures no logging.
if not _logger.handlers:
    _logger.addHandler(logging.NullHandler())

_MEMBERS = ("xilnex_event", "xilnex_client_id", "xilnex_token", "xilnex_error", "xilnex_clock_skew")


def tell(line: str, is_warning: bool, at: float, members: tuple[str, str, str | None, str | None, int | None]) -> None:
    """Makes a record of an event, with the time at which it happened, in seconds since 1970."""
    level = logging.WARNING if is_warning else logging.DEBUG
    if not _logger.isEnabledFor(level):
        return
    extra: dict[str, object] = dict(zip(_MEMBERS, members))
    record = _logger.makeRecord(_logger.name, level, "xilnex_auth", 0, line, (), None, extra=extra)
    record.relativeCreated += (at - record.created) * 1000
    record.created, record.msecs = at, float(int(at % 1 * 1000))
    _logger.handle(record)
