"""The integration with requests."""

import concurrent.futures
import io
import os
import pickle

import pytest
import requests
from rules import Rules
from servers import Answer

from xilnex_auth.integrations.requests import XilnexAuth


@pytest.fixture
def session():
    with requests.Session() as session:
        yield session


class TestRules(Rules):
    library = "requests"
    XilnexAuth = XilnexAuth

    @pytest.fixture
    def connect(self, session):
        def connect(auth):
            session.auth = auth
            return send

        def send(method, url, headers=None, body=None, proxy=None):
            proxies = proxy and {"http": proxy}
            answer = session.request(method, url, headers=headers, data=body, proxies=proxies, timeout=30)
            return answer.status_code, answer.content

        return connect

    def stream(self, *chunks):
        return iter(chunks)


def test_a_file_is_sent_again_from_where_it_was(api, client, tmp_path):
    path = tmp_path / "rows"
    path.write_bytes(b"head,tail")
    with open(path, "rb") as file:
        file.read(5)
        answer = requests.post(api.origin, data=file, auth=XilnexAuth(client), timeout=30)
    assert answer.status_code == 200 and [asked.body for asked in api.asked] == [b"tail"] * 2


@pytest.mark.parametrize("content", [{"data": {"a": "b"}}, {"json": [1]}, {"files": {"rows": b"a,b"}}, {"data": "é"}])
def test_forms_json_and_uploads_are_sent_again(api, client, content):
    assert requests.put(api.origin, auth=XilnexAuth(client), timeout=30, **content).status_code == 200
    first, second = (asked.body for asked in api.asked)
    assert first == second != b""


def test_a_pipe_is_not_sent_again(api, client):
    reading, writing = os.pipe()
    os.write(writing, b"rows")
    os.close(writing)
    with open(reading, "rb") as pipe:
        assert requests.post(api.origin, data=pipe, auth=XilnexAuth(client), timeout=30).status_code == 401
    assert [asked.body for asked in api.asked] == [b"rows"]


def test_a_file_that_cannot_go_back_after_all_gives_back_the_401(api, client):
    class Once(io.BytesIO):
        def __len__(self):
            return 4

        def seek(self, *_):
            raise OSError("gone")

    body = Once(b"rows")
    assert requests.post(api.origin, data=body, auth=XilnexAuth(client), timeout=30).status_code == 401
    assert len(api.asked) == 1


def test_the_history_shows_the_refusal(api, client, session):
    session.auth = XilnexAuth(client)
    answer = session.get(api.origin, timeout=30)
    assert [each.status_code for each in answer.history] == [401]
    assert not session.get(api.origin, timeout=30).history


def test_an_answer_is_streamed_and_a_refusal_can_be_read_by_the_caller(serve, client, session):
    refused = client.authorization_header()
    api = serve(lambda asked: Answer(401 if asked.authorization == refused else 200, b"x" * 100_000))
    session.auth = XilnexAuth(client)
    with session.get(api.origin, stream=True, timeout=30) as answer:
        assert answer.status_code == 200 and sum(map(len, answer.iter_content(1000))) == 100_000
    never = serve(lambda _: Answer(401, b"no"))
    with requests.get(never.origin, stream=True, auth=XilnexAuth(client), timeout=30) as answer:
        assert (answer.status_code, answer.raw.read()) == (401, b"no")


def test_hooks_of_the_caller_see_the_last_answer(api, client):
    seen = []
    hooks = {"response": lambda answer, **_: seen.append(answer.status_code)}
    requests.get(api.origin, auth=XilnexAuth(client), hooks=hooks, timeout=30)
    assert seen == [200]


def test_a_redirect_after_the_second_try_goes_with_the_second_token(serve, client):
    refused = client.authorization_header()

    def answer(asked):
        return Answer(307, location="/b") if asked.path == "/a" and asked.authorization != refused else Answer()

    api = serve(lambda asked: Answer(401) if asked.authorization == refused else answer(asked))
    assert requests.get(f"{api.origin}/a", auth=XilnexAuth(client), timeout=30).status_code == 200
    fresh = client.authorization_header()
    assert [(asked.path, asked.authorization) for asked in api.asked] == [("/a", refused), ("/a", fresh), ("/b", fresh)]


def test_a_redirect_within_a_list_loses_the_token_too_and_its_401_costs_none(serve, client, sandbox):
    other = serve(lambda _: Answer(401))
    api = serve(lambda _: Answer(307, location=f"{other.origin}/elsewhere"))
    auth = XilnexAuth(client, [api.origin, other.origin])
    token = client.get_token()
    assert requests.get(api.origin, auth=auth, timeout=30).status_code == 401
    assert (other.tokens, client.get_token(), sandbox.token_requests) == ([None], token, 1)


def test_a_prepared_request_may_be_sent_again_and_again(sandbox, client, session):
    session.auth = XilnexAuth(client)
    prepared = session.prepare_request(requests.Request("GET", sandbox.data_url))
    for _ in range(3):
        assert session.send(prepared, timeout=30).status_code == 200
        sandbox.revoke_tokens()
        sandbox.advance(31)
    assert sandbox.token_requests == 3


def test_credentials_that_netrc_has_for_the_target_of_a_redirect_are_not_ours(
    serve, client, sandbox, tmp_path, monkeypatch
):
    other = serve(lambda _: Answer(401))
    api = serve(lambda _: Answer(307, location=other.origin.replace("127.0.0.1", "localhost")))
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login a password b\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert requests.get(api.origin, auth=XilnexAuth(client), timeout=30).status_code == 401
    assert other.tokens == ["Basic YTpi"] and sandbox.token_requests == 1


def test_threads_share_one_and_a_refusal_costs_them_one_token(sandbox, client):
    auth = XilnexAuth(client, origins=[sandbox.base_url])

    def get(_):
        return requests.get(sandbox.data_url, auth=auth, timeout=30).status_code

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert set(pool.map(get, range(32))) == {200}
        sandbox.revoke_tokens()
        assert set(pool.map(get, range(64))) == {200}
    assert sandbox.token_requests == 2


def test_a_session_with_it_is_not_pickled_but_its_answers_are(api, client, session):
    session.auth = XilnexAuth(client)
    with pytest.raises(TypeError, match="make one in each process"):
        pickle.dumps(session)
    answer = pickle.loads(pickle.dumps(session.get(api.origin, timeout=30)))
    assert answer.status_code == 200
    # Its request may be sent by whoever has it, and is then nothing to us.
    with requests.Session() as plain:
        assert plain.send(answer.request, timeout=30).status_code == 200


def test_headers_are_shown_without_the_token(api, client):
    answer = requests.get(api.origin, auth=XilnexAuth(client), timeout=30)
    assert answer.request.headers["Authorization"] == client.authorization_header()
    shown = f"{answer.request.headers} {answer.request.hooks} {answer.request.headers!r}"
    assert "redacted" in shown and client.get_token() not in shown
