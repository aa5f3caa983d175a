"""What each integration is tested with: a sandbox in the process, its client, and a server that refuses the token."""

import pytest
from rules import refusing

from xilnex_auth.testing import Sandbox


@pytest.fixture
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox):
    return sandbox.client()


@pytest.fixture
def api(serve, client):
    """A resource server that refuses the client's first token."""
    return serve(refusing(client.authorization_header()))
