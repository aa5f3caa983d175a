"""The programs that users start from run, against the sandbox."""

import asyncio
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import requests
from servers import Answer

import xilnex_auth

EXAMPLES = Path(__file__).parent.parent / "examples"


def run(name, sandbox, *arguments):
    done = subprocess.run(
        [sys.executable, EXAMPLES / name, *arguments],
        env={**os.environ, "API_URL": sandbox.base_url},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def calls(sandbox):
    return [(each.method, each.path) for each in sandbox.requests if each.path == "/data"]


def test_each_example_is_run_here():
    text = Path(__file__).read_text()
    for path in EXAMPLES.glob("*.py"):
        assert f'run("{path.name}"' in text
        assert path.read_text().startswith('"""')


def test_etl(xilnex_sandbox, tmp_path):
    file = tmp_path / "sales.csv"
    file.write_text("sku,sold\n" + "".join(f"{number},1\n" for number in range(450)))
    assert run("etl.py", xilnex_sandbox, file) == "posted 450 rows in 5 batches\n"
    assert calls(xilnex_sandbox) == [("POST", "/data")] * 5
    forked = multiprocessing.get_start_method() == "fork"
    assert xilnex_sandbox.token_requests == 1 if forked else xilnex_sandbox.token_requests <= 5


def test_airflow_task(xilnex_sandbox):
    requests.post(
        xilnex_sandbox.data_url,
        json={"sku": "1"},
        headers={"Authorization": xilnex_auth.authorization_header()},
        timeout=30,
    )
    assert run("airflow_task.py", xilnex_sandbox) == "read 1 sales\n"
    assert xilnex_sandbox.token_requests == 2


@pytest.mark.parametrize(
    ("status", "error", "kind"), [(400, "invalid_client", "AirflowFailException"), (503, "busy", "UnavailableError")]
)
@pytest.mark.xilnex_sandbox(script=[])
def test_airflow_task_fails_for_good_where_trying_again_is_of_no_use(request, monkeypatch, status, error, kind):
    monkeypatch.syspath_prepend(EXAMPLES)
    script = [{"status": status, "body": {"error": error}}] * 3
    request.node.add_marker(pytest.mark.xilnex_sandbox(script=script), append=False)
    sandbox = request.getfixturevalue("xilnex_sandbox")
    import airflow_task

    with pytest.raises(Exception) as told:
        airflow_task.read_sales(sandbox.base_url)
    assert type(told.value).__name__ == kind


def test_httpx_async(xilnex_sandbox):
    assert run("httpx_async.py", xilnex_sandbox) == "20 pages\n"
    assert xilnex_sandbox.token_requests == 1 and len(calls(xilnex_sandbox)) == 20


def test_requests_session(xilnex_sandbox):
    assert run("requests_session.py", xilnex_sandbox) == "posted 1, read 1\n"
    assert xilnex_sandbox.token_requests == 1


def test_stdlib(xilnex_sandbox, monkeypatch):
    assert "'rows': []" in run("stdlib.py", xilnex_sandbox)
    monkeypatch.syspath_prepend(EXAMPLES)
    import stdlib

    stdlib.read(xilnex_sandbox.data_url)
    xilnex_sandbox.revoke_tokens()
    assert stdlib.read(xilnex_sandbox.data_url)["rows"] == []
    assert xilnex_sandbox.token_requests == 3 and len(calls(xilnex_sandbox)) == 4


def test_stdlib_takes_the_token_to_no_other_machine(xilnex_sandbox, serve, monkeypatch):
    other = serve()
    api = serve(lambda _: Answer(302, location=other.origin))
    monkeypatch.syspath_prepend(EXAMPLES)
    import stdlib

    stdlib.read(api.origin)
    assert (api.tokens, other.tokens) == ([xilnex_auth.authorization_header()], [None])


# What users of Python expect to be able to write.


def test_a_header_from_the_environment(xilnex_sandbox):
    url = xilnex_sandbox.data_url
    answer = requests.get(url, headers={"Authorization": f"Bearer {xilnex_auth.get_token()}"}, timeout=30)
    assert answer.status_code == 200


def test_the_functions_of_the_module_are_the_default_client_s(xilnex_sandbox):
    token = xilnex_auth.get_token(min_ttl=600, timeout=10)
    assert xilnex_auth.access_token(min_ttl=600, timeout=10).value == token
    assert xilnex_auth.authorization_header(min_ttl=600, timeout=10) == f"Bearer {token}"

    async def job():
        assert await xilnex_auth.get_token_async(min_ttl=600, timeout=10) == token
        assert (await xilnex_auth.access_token_async(min_ttl=600, timeout=10)).value == token
        assert await xilnex_auth.authorization_header_async(min_ttl=600, timeout=10) == f"Bearer {token}"

    asyncio.run(job())
    assert xilnex_auth.invalidate(token) and xilnex_auth.get_token() != token
    assert xilnex_sandbox.token_requests == 2


def test_httpx_with_a_client(xilnex_sandbox, xilnex_client):
    from xilnex_auth.integrations.httpx import XilnexAuth

    async def job(client, api):
        async with httpx.AsyncClient(auth=XilnexAuth(client=client, origins=[api])) as http:
            return (await http.get(f"{api}/data")).status_code

    assert asyncio.run(job(xilnex_client, xilnex_sandbox.base_url)) == 200


def test_a_client_with_a_secret_file_and_a_token_for_ten_minutes(xilnex_sandbox, tmp_path):
    path = tmp_path / "xilnex"
    path.write_text(xilnex_sandbox.client_secret)
    with xilnex_auth.Client(client_id="sandbox-client", client_secret_file=path, scope="coreapi") as client:
        assert client.get_token(min_ttl=600)


def test_a_pool_of_forked_processes_costs_one_request(xilnex_sandbox):
    script = (
        "import multiprocessing, xilnex_auth\n"
        "def upload(part): return xilnex_auth.get_token()\n"
        "xilnex_auth.get_token()\n"
        'with multiprocessing.get_context("fork").Pool(8) as pool: print(len(set(pool.map(upload, range(100)))))\n'
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout == "1\n" and xilnex_sandbox.token_requests == 1
