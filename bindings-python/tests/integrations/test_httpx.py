"""The integration with httpx, in threads and in tasks."""

import asyncio
import concurrent.futures
import io
from contextlib import asynccontextmanager

import httpx
import pytest
from rules import Rules, refusing, tasks_share_a_token
from servers import Answer

from xilnex_auth.integrations.httpx import XilnexAuth
from xilnex_auth.testing import Sandbox

OPTIONS = {"follow_redirects": True, "timeout": 30, "trust_env": False}


class TestRulesInThreads(Rules):
    library = "httpx"
    XilnexAuth = XilnexAuth

    @pytest.fixture
    def connect(self):
        sessions = []

        def session(auth, proxy):
            sessions.append(httpx.Client(auth=auth, proxy=proxy, **OPTIONS))
            return sessions[-1]

        def connect(auth):
            direct = session(auth, None)

            def send(method, url, headers=None, body=None, proxy=None):
                http = session(auth, proxy) if proxy else direct
                answer = http.request(method, url, headers=headers, content=body)
                return answer.status_code, answer.content

            return send

        yield connect
        for each in sessions:
            each.close()

    def stream(self, *chunks):
        return iter(chunks)


class TestRulesInTasks(Rules):
    library = "httpx"
    XilnexAuth = XilnexAuth

    @pytest.fixture
    def connect(self):
        loop = asyncio.new_event_loop()
        sessions = []

        def session(auth, proxy):
            sessions.append(httpx.AsyncClient(auth=auth, proxy=proxy, **OPTIONS))
            return sessions[-1]

        def connect(auth):
            direct = session(auth, None)

            def send(method, url, headers=None, body=None, proxy=None):
                http = session(auth, proxy) if proxy else direct
                answer = loop.run_until_complete(http.request(method, url, headers=headers, content=body))
                return answer.status_code, answer.content

            return send

        yield connect
        for each in sessions:
            loop.run_until_complete(each.aclose())
        loop.close()

    async def stream(self, *chunks):
        for chunk in chunks:
            yield chunk


@pytest.mark.parametrize("content", [{"data": {"a": "b"}}, {"json": [1]}, {"content": "é"}])
def test_what_is_in_memory_is_sent_again(api, client, content):
    assert httpx.put(api.origin, auth=XilnexAuth(client), **content).status_code == 200
    first, second = (asked.body for asked in api.asked)
    assert first == second != b""


@pytest.mark.parametrize("content", [{"files": {"rows": b"a,b"}}, {"content": io.BytesIO(b"rows")}])
def test_forms_with_files_and_files_are_not(api, client, content):
    assert httpx.put(api.origin, auth=XilnexAuth(client), **content).status_code == 401
    assert len(api.asked) == 1


def test_a_redirect_within_a_list_loses_the_token_too_and_its_401_costs_none(serve, client, sandbox):
    other = serve(lambda _: Answer(401))
    api = serve(lambda _: Answer(307, location=f"{other.origin}/elsewhere"))
    auth = XilnexAuth(client, [api.origin, other.origin])
    token = client.get_token()
    assert httpx.get(api.origin, auth=auth, follow_redirects=True).status_code == 401
    assert (other.tokens, client.get_token(), sandbox.token_requests) == ([None], token, 1)


def test_what_was_accepted_before_a_redirect_is_not_sent_twice(serve, client):
    refused = client.authorization_header()

    def answer(asked):
        return Answer(303, location="/made") if asked.method == "POST" else refusing(refused)(asked)

    api = serve(answer)
    with httpx.Client(auth=XilnexAuth(client), **OPTIONS) as http:
        assert http.post(f"{api.origin}/orders", content=b"order").status_code == 200
    assert [(asked.method, asked.path) for asked in api.asked] == [
        ("POST", "/orders"),
        ("GET", "/made"),
        ("GET", "/made"),
    ]


def test_the_history_shows_the_refusal(api, client):
    answer = httpx.get(api.origin, auth=XilnexAuth(client))
    assert [each.status_code for each in answer.history] == [401]


def test_an_answer_is_streamed_and_a_refusal_can_be_read_by_the_caller(serve, client):
    refused = client.authorization_header()
    api = serve(lambda asked: Answer(401 if asked.authorization == refused else 200, b"x" * 100_000))
    auth = XilnexAuth(client)
    with httpx.stream("GET", api.origin, auth=auth) as answer:
        assert answer.status_code == 200 and sum(map(len, answer.iter_bytes())) == 100_000
    never = serve(lambda _: Answer(401, b"no"))
    with httpx.stream("GET", never.origin, auth=XilnexAuth(client)) as answer:
        assert (answer.status_code, answer.read()) == (401, b"no")


def test_threads_share_one_and_a_refusal_costs_them_one_token(sandbox, client):
    with httpx.Client(auth=XilnexAuth(client, origins=[sandbox.base_url]), **OPTIONS) as http:

        def get(_):
            return http.get(sandbox.data_url).status_code

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            assert set(pool.map(get, range(32))) == {200}
            sandbox.revoke_tokens()
            assert set(pool.map(get, range(64))) == {200}
    assert sandbox.token_requests == 2


def test_the_loop_goes_on_while_a_task_waits_and_tasks_share_a_token():
    @asynccontextmanager
    async def getting(auth):
        async with httpx.AsyncClient(auth=auth, **OPTIONS) as http:

            async def get(url):
                return (await http.get(url)).status_code

            yield get

    tasks_share_a_token(XilnexAuth, getting)


def test_one_serves_threads_and_tasks(sandbox, client):
    auth = XilnexAuth(client, origins=[sandbox.base_url])

    async def get():
        async with httpx.AsyncClient(auth=auth, **OPTIONS) as http:
            return (await http.get(sandbox.data_url)).status_code

    assert httpx.get(sandbox.data_url, auth=auth).status_code == asyncio.run(get()) == 200
    assert sandbox.token_requests == 1


def test_a_task_that_is_cancelled_leaves_the_others_alone():
    async def job(sandbox):
        auth = XilnexAuth(sandbox.client())
        async with httpx.AsyncClient(auth=auth, **OPTIONS) as http:
            first, second = (asyncio.create_task(http.get(sandbox.data_url)) for _ in range(2))
            await asyncio.sleep(0.1)
            first.cancel()
            assert (await second).status_code == 200
            with pytest.raises(asyncio.CancelledError):
                await first

    with Sandbox(latency=0.5) as sandbox:
        asyncio.run(job(sandbox))
        assert sandbox.token_requests == 1
