"""Fixtures for pytest: xilnex_sandbox and xilnex_client. Imported by every run of pytest, so it imports little."""

from __future__ import annotations

import os

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ._client import Client
    from .testing import Sandbox

MARKER = "xilnex_sandbox"


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker known to `pytest --markers` and `--strict-markers`."""
    config.addinivalue_line("markers", f"{MARKER}(**options): options of xilnex_auth.testing.Sandbox, such as ttl=5")


@pytest.fixture
def xilnex_sandbox(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox for one test, which the XILNEX_* environment and the default client then are of.

    Options come from @pytest.mark.xilnex_sandbox(ttl=5). `advance` puts the time of xilnex_auth.get_token() forward,
    too; clients that the test makes itself go by the machine's clock. Afterwards everything is as it was.
    """
    from ._native import replace_default_client
    from .testing import Sandbox

    with Sandbox(**_options(request)) as sandbox:
        for name in [name for name in os.environ if name.startswith("XILNEX_")]:
            monkeypatch.delenv(name)
        for name, value in sandbox.environment.items():
            monkeypatch.setenv(name, value)
        before = replace_default_client(sandbox.client())
        yield sandbox
        replace_default_client(before)


@pytest.fixture
def xilnex_client(xilnex_sandbox: Sandbox) -> Iterator[Client]:
    """A client of the test's sandbox, which goes by its time."""
    with xilnex_sandbox.client() as client:
        yield client


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    options: dict[str, Any] = {}
    # The one closest to the test comes first, and has the last word.
    for marker in reversed(list(request.node.iter_markers(MARKER))):
        if marker.args:
            raise pytest.UsageError(f"the marker {MARKER} takes its options by name, such as ttl=5")
        options.update(marker.kwargs)
    return options
