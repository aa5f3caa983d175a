"""What holds for the integration with every HTTP library; each has a class of tests that says how to send."""

import asyncio
import copy
import pickle
import subprocess
import sys

import pytest
from servers import Answer

import xilnex_auth
from xilnex_auth import ConfigurationError, RejectedError
from xilnex_auth._native import replace_default_client
from xilnex_auth.testing import Sandbox


def refusing(header):
    """A resource server that refuses one token."""
    return lambda asked: Answer(401 if asked.authorization == header else 200)


def tasks_share_a_token(XilnexAuth, getting):
    """And the loop goes on while one waits. `getting(auth)` opens a session and gives `get(url)`: the status."""

    async def heartbeat(beats):
        while True:
            beats.append(None)
            await asyncio.sleep(0.01)

    async def job(sandbox):
        async with getting(XilnexAuth(sandbox.client(), origins=[sandbox.base_url])) as get:
            for _ in range(2):
                beats = []
                heart = asyncio.create_task(heartbeat(beats))
                assert await get(sandbox.data_url) == 200
                heart.cancel()
                assert len(beats) > 20
                sandbox.revoke_tokens()
            sandbox.advance(31)
            assert set(await asyncio.gather(*(get(sandbox.data_url) for _ in range(50)))) == {200}

    with Sandbox(latency=1) as sandbox:
        asyncio.run(job(sandbox))
        assert sandbox.token_requests == 3


class Rules:
    """Subclasses have `library`, its XilnexAuth, and a fixture `connect`.

    connect(auth) gives a function send(method, url, headers=None, body=None, proxy=None), which gives status and body.
    Whatever it sends goes through one session.
    """

    # Where a token goes.

    def test_a_listed_origin_gets_the_token_and_another_gets_none(self, connect, client, sandbox, serve):
        api, other = serve(), serve()
        send = connect(self.XilnexAuth(client=client, origins=["https://api.example.com", api.origin]))
        assert [send("GET", f"{server.origin}/data")[0] for server in (other, api, other, api)] == [200] * 4
        assert (api.tokens, other.tokens) == ([client.authorization_header()] * 2, [None] * 2)
        assert sandbox.token_requests == 1

    def test_without_a_list_the_first_origin_is_the_only_one(self, connect, client, serve):
        api, other = serve(), serve()
        send = connect(self.XilnexAuth(client))
        for server in (api, other, api):
            send("GET", f"{server.origin}/data")
        assert (api.tokens, other.tokens) == ([client.authorization_header()] * 2, [None])

    def test_plain_http_to_another_machine_carries_no_token_and_is_not_the_first_origin(self, connect, client, serve):
        proxy, api = serve(), serve()
        send = connect(self.XilnexAuth(client))
        assert send("GET", "http://api.example.com/data", proxy=proxy.origin)[0] == 200
        send("GET", f"{api.origin}/data")
        assert (proxy.tokens, api.tokens) == ([None], [client.authorization_header()])

    @pytest.mark.parametrize(
        "origins",
        [["http://api.example.com"], ["https://api.example.com/v1"], ["*"], [""], "https://api.example.com"],
    )
    def test_a_wrong_list_is_refused_at_once(self, origins):
        with pytest.raises(ConfigurationError, match=r"^origins"):
            self.XilnexAuth(origins=origins)

    def test_a_redirect_to_another_origin_loses_the_token_and_its_401_costs_none(self, connect, client, sandbox, serve):
        other = serve(lambda _: Answer(401))
        api = serve(lambda _: Answer(307, location=f"{other.origin}/elsewhere"))
        send = connect(self.XilnexAuth(client))
        token = client.get_token()
        assert send("GET", f"{api.origin}/data")[0] == 401
        assert (len(api.asked), other.tokens) == (1, [None])
        assert client.get_token() == token and sandbox.token_requests == 1

    def test_whoever_redirects_does_not_choose_the_first_origin(self, connect, client, serve):
        other = serve()
        away = f"{other.origin}/elsewhere"
        api = serve(lambda asked: Answer(302, location=away) if asked.path.endswith("/data") else Answer())
        send = connect(self.XilnexAuth(client))
        # From a server that may have no token, all by way of a proxy, and from one that got a header of the caller's.
        assert send("GET", "http://api.example.com/data", proxy=api.origin)[0] == 200
        assert api.asked[-1].path == away
        assert send("GET", f"{api.origin}/data", headers={"Authorization": "Basic b3du"})[0] == 200
        assert (api.tokens, other.tokens) == ([None, None, "Basic b3du"], [None])

    def test_a_redirect_within_the_origin_keeps_the_token_and_its_401_is_ours(self, connect, client, sandbox, serve):
        refused = client.authorization_header()

        def answer(asked):
            return Answer(307, location="/data") if asked.path == "/old" else refusing(refused)(asked)

        api = serve(answer)
        assert connect(self.XilnexAuth(client))("POST", f"{api.origin}/old", body=b"rows")[0] == 200
        assert [asked.path for asked in api.asked if asked.authorization == refused] == ["/old", "/data"]
        assert api.asked[-1].path == "/data" and api.asked[-1].body == b"rows"
        assert api.tokens[-1] == client.authorization_header() != refused and sandbox.token_requests == 2

    def test_a_header_of_the_caller_s_stays_and_so_does_its_401(self, connect, client, sandbox, serve):
        api = serve(lambda _: Answer(401))
        send = connect(self.XilnexAuth(client))
        assert send("GET", f"{api.origin}/data", headers={"authorization": "Bearer own"})[0] == 401
        assert (api.tokens, sandbox.token_requests) == (["Bearer own"], 0)

    # What is done about a 401.

    def test_a_refused_token_is_replaced_and_the_request_sent_once_more(self, connect, client, sandbox):
        send = connect(self.XilnexAuth(client=client, origins=[sandbox.base_url]))
        assert send("POST", sandbox.data_url, body=b'[{"sku": "1"}, {"sku": "2"}]')[0] == 201
        sandbox.revoke_tokens()
        status, body = send("POST", sandbox.data_url, body=b'[{"sku": "3"}]')
        assert status == 201 and b'"accepted":1' in body
        assert sandbox.token_requests == 2
        posted = [each for each in sandbox.requests if each.path == "/data"]
        assert [each.body for each in posted[1:]] == [b'[{"sku": "3"}]'] * 2

    def test_a_resource_that_refuses_every_token_is_asked_twice_and_then_once(self, connect, client, sandbox, serve):
        api = serve(lambda _: Answer(401, b"no"))
        send = connect(self.XilnexAuth(client))
        assert [send("GET", f"{api.origin}/data") for _ in range(3)] == [(401, b"no")] * 3
        assert len(api.asked) == 2 + 1 + 1 and sandbox.token_requests == 2
        sandbox.advance(31)
        send("GET", f"{api.origin}/data")
        assert len(api.asked) == 4 + 2 and sandbox.token_requests == 3

    def test_the_connection_is_used_again(self, connect, client, serve):
        api = serve(lambda asked: Answer(401 if asked.authorization == refused else 200, b"x" * 200_000))
        refused = client.authorization_header()
        send = connect(self.XilnexAuth(client))
        assert [send("GET", f"{api.origin}/data")[0] for _ in range(2)] == [200, 200]
        assert len(api.asked) == 3 and len({asked.connection for asked in api.asked}) == 1

    def test_a_stream_is_not_sent_again_and_the_next_request_has_another_token(self, connect, client, serve):
        refused = client.authorization_header()
        api = serve(refusing(refused))
        send = connect(self.XilnexAuth(client))
        assert send("POST", f"{api.origin}/data", body=self.stream(b"a", b"b"))[0] == 401
        assert [asked.body for asked in api.asked] == [b"ab"]
        assert send("POST", f"{api.origin}/data", body=self.stream(b"c"))[0] == 200
        assert api.tokens == [refused, client.authorization_header()]

    def test_a_failure_to_get_another_token_is_told_as_what_it_is(self, connect, serve):
        refusal = {"status": 400, "body": {"error": "invalid_client"}}
        with Sandbox(script=["normal", refusal]) as sandbox:
            client = sandbox.client()
            send = connect(self.XilnexAuth(client))
            assert send("GET", sandbox.data_url)[0] == 200
            sandbox.revoke_tokens()
            with pytest.raises(RejectedError) as told:
                send("GET", sandbox.data_url)
            assert told.value.oauth_error == "invalid_client"

    # Whose tokens they are.

    def test_without_a_client_it_is_the_default_one_made_at_first_use(self, connect, xilnex_sandbox):
        send = connect(self.XilnexAuth())
        assert send("GET", xilnex_sandbox.data_url)[0] == 200
        xilnex_auth.get_token()
        assert xilnex_sandbox.token_requests == 1

    def test_what_is_missing_is_told_at_the_first_request(self, connect, serve):
        replace_default_client(None)
        send = connect(self.XilnexAuth())
        with pytest.raises(ConfigurationError, match="XILNEX_CLIENT_ID"):
            send("GET", serve().origin)

    def test_a_client_that_was_closed_is_told(self, connect, client, serve):
        client.close()
        with pytest.raises(xilnex_auth.ClosedError):
            connect(self.XilnexAuth(client))("GET", serve().origin)

    def test_it_shows_no_secret_and_is_not_copied(self, client, sandbox):
        auth = self.XilnexAuth(client, origins=["https://api.example.com"])
        token = client.get_token()
        for shown in (repr(auth), str(vars(auth)), repr(self.XilnexAuth())):
            assert "XilnexAuth" in shown or "_client" in shown
            assert token not in shown and sandbox.client_secret not in shown
        for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="make one in each process"):
                attempt(auth)

    def test_a_library_that_is_missing_is_named(self):
        script = f"import sys; sys.modules[{self.library!r}] = None; import xilnex_auth.integrations.{self.library}"
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30)
        assert f"ImportError: xilnex_auth.integrations.{self.library} needs {self.library}" in done.stderr
        assert "pip install" in done.stderr
