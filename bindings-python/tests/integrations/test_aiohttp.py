"""The integration with aiohttp."""

import asyncio
import io
import os
from contextlib import asynccontextmanager

import aiohttp
import pytest
from rules import Rules, tasks_share_a_token
from servers import Answer

from xilnex_auth import RejectedError
from xilnex_auth.integrations.aiohttp import XilnexAuth
from xilnex_auth.testing import Sandbox

SHORT = aiohttp.ClientTimeout(10)


class TestRules(Rules):
    library = "aiohttp"
    XilnexAuth = XilnexAuth

    @pytest.fixture
    def connect(self):
        loop = asyncio.new_event_loop()
        sessions = []

        async def opened(auth):
            return aiohttp.ClientSession(middlewares=[auth], timeout=aiohttp.ClientTimeout(30))

        def connect(auth):
            session = loop.run_until_complete(opened(auth))
            sessions.append(session)

            async def exchange(method, url, headers, body, proxy):
                async with session.request(method, url, headers=headers, data=body, proxy=proxy) as answer:
                    return answer.status, await answer.read()

            return lambda method, url, headers=None, body=None, proxy=None: loop.run_until_complete(
                exchange(method, url, headers, body, proxy)
            )

        yield connect
        for each in sessions:
            loop.run_until_complete(each.close())
        loop.close()

    async def stream(self, *chunks):
        for chunk in chunks:
            yield chunk


def status(auth, url, method="POST", **options):
    async def job():
        async with (
            aiohttp.ClientSession(middlewares=[auth]) as session,
            session.request(method, url, **options) as answer,
        ):
            return answer.status

    return asyncio.run(job())


def upload():
    form = aiohttp.FormData()
    form.add_field("rows", io.BytesIO(b"a,b"), filename="rows.csv")
    return form


@pytest.mark.parametrize(
    "content",
    [
        lambda: {"data": {"a": "b"}},
        lambda: {"json": [1]},
        lambda: {"data": "é"},
        lambda: {"data": io.BytesIO(b"rows")},
        lambda: {"data": upload()},
    ],
)
def test_forms_json_files_and_uploads_are_sent_again(api, client, content):
    assert status(XilnexAuth(client), api.origin, **content()) == 200
    first, second = (asked.body for asked in api.asked)
    assert first == second != b""


def test_a_file_is_sent_again_from_where_it_was(api, client, tmp_path):
    path = tmp_path / "rows"
    path.write_bytes(b"head,tail")
    with open(path, "rb") as file:
        file.read(5)
        assert status(XilnexAuth(client), api.origin, data=file) == 200
    assert [asked.body for asked in api.asked] == [b"tail"] * 2


def test_a_pipe_is_not_sent_again(api, client):
    reading, writing = os.pipe()
    os.write(writing, b"rows")
    os.close(writing)
    with open(reading, "rb") as pipe:
        assert status(XilnexAuth(client), api.origin, data=pipe) == 401
    assert [asked.body for asked in api.asked] == [b"rows"]


def test_a_redirect_within_a_list_goes_with_a_token(serve, client):
    other = serve()
    api = serve(lambda _: Answer(307, location=f"{other.origin}/elsewhere"))
    assert status(XilnexAuth(client, [api.origin, other.origin]), api.origin, "GET") == 200
    assert other.tokens == [client.authorization_header()]


def test_an_origin_that_was_redirected_to_is_no_first_one_even_when_asked_for(serve, client):
    other = serve()
    api = serve(lambda _: Answer(307, location=f"{other.origin}/elsewhere"))
    auth = XilnexAuth(client)
    status(auth, api.origin, "GET", headers={"Authorization": "Basic b3du"})
    status(auth, other.origin, "GET")
    assert other.tokens == [None, None]
    status(auth, f"{api.origin}/", "GET")
    assert api.tokens[-1] == client.authorization_header()


def test_a_web_socket_is_opened_with_a_token(serve, client):
    api = serve(lambda _: Answer(404))

    async def job():
        async with aiohttp.ClientSession(middlewares=[XilnexAuth(client)]) as session:
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(api.origin.replace("http", "ws"))

    asyncio.run(job())
    assert api.tokens == [client.authorization_header()]


def test_an_answer_is_streamed_and_a_refusal_can_be_read_by_the_caller(serve, client):
    refused = client.authorization_header()
    api = serve(lambda asked: Answer(401 if asked.authorization == refused else 200, b"x" * 100_000))
    never = serve(lambda _: Answer(401, b"no"))

    async def job():
        async with aiohttp.ClientSession() as session:
            async with session.get(api.origin, middlewares=[XilnexAuth(client)]) as answer:
                assert answer.status == 200
                assert sum([len(chunk) async for chunk in answer.content.iter_chunked(1000)]) == 100_000
            async with session.get(never.origin, middlewares=[XilnexAuth(client)]) as answer:
                assert (answer.status, await answer.text()) == (401, "no")

    asyncio.run(job())


def test_the_loop_goes_on_while_a_task_waits_and_tasks_share_a_token():
    @asynccontextmanager
    async def getting(auth):
        async with aiohttp.ClientSession(middlewares=[auth]) as session:

            async def get(url):
                async with session.get(url) as answer:
                    return answer.status

            yield get

    tasks_share_a_token(XilnexAuth, getting)


def test_a_refusal_is_closed_when_no_other_token_can_be_had(serve):
    async def job(auth, url):
        connector = aiohttp.TCPConnector(limit=1)
        async with aiohttp.ClientSession(connector=connector, middlewares=[auth], timeout=SHORT) as session:
            with pytest.raises(RejectedError) as told:
                await session.get(url)
            # The only connection is free again, although the traceback holds whatever it came by.
            assert told.value.__traceback__
            async with session.get(url, middlewares=[]) as answer:
                assert answer.status == 401

    # More than is read ahead of what is asked for.
    api = serve(lambda _: Answer(401, b"x" * 5_000_000))
    with Sandbox(script=["normal", {"status": 400, "body": {"error": "invalid_client"}}]) as sandbox:
        asyncio.run(job(XilnexAuth(sandbox.client()), api.origin))


def test_errors_of_aiohttp_are_shown_without_the_token(serve, client):
    api = serve(lambda _: Answer(500))

    async def job():
        async with aiohttp.ClientSession(middlewares=[XilnexAuth(client)], raise_for_status=True) as session:
            with pytest.raises(aiohttp.ClientResponseError) as told:
                await session.get(api.origin)
            return told.value

    error = asyncio.run(job())
    shown = f"{error} {error!r} {error.request_info!r}"
    assert api.tokens == [client.authorization_header()]
    assert "Authorization" in shown and client.get_token() not in shown
