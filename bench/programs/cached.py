"""What a call for a token at hand costs in Python, ours and the rivals': one benchmark of pyperf each."""

import asyncio
import functools
import os
from itertools import repeat

import pyperf

# Calls of one value: a few milliseconds of each.
FAST, SLOW = 100_000, 1_000


def timed(call, count):
    """Seconds of one call; ten stand in each turn of the loop, so that the loop is not what is measured."""
    began = pyperf.perf_counter()
    for _ in repeat(None, count // 10):
        call(), call(), call(), call(), call(), call(), call(), call(), call(), call()
    return (pyperf.perf_counter() - began) / count


async def timed_awaiting(call, count):
    began = pyperf.perf_counter()
    for _ in repeat(None, count // 5):
        await call()
        await call()
        await call()
        await call()
        await call()
    return (pyperf.perf_counter() - began) / count


def get_token():
    import xilnex_auth

    return xilnex_auth.Client().get_token


def module_get_token():
    import xilnex_auth

    return xilnex_auth.get_token


def lru_cache():
    text = get_token()()

    @functools.lru_cache
    def token():
        return text

    return token


def floor():
    """A method of a class in C, called as those that pyo3 makes, which gives out a text that it keeps."""
    import bench_floor

    return bench_floor.Keeper(get_token()()).get_token


def authlib():
    from authlib.integrations.requests_client import OAuth2Session

    session = OAuth2Session(os.environ["XILNEX_CLIENT_ID"], os.environ["XILNEX_CLIENT_SECRET"])
    session.fetch_token(os.environ["XILNEX_BASE_URL"] + "/connect/token", grant_type="client_credentials")
    # What it does with the token before each request.
    return session.ensure_active_token


def oauthlib():
    """What requests-oauthlib does with the token for each request; it looks at the expiry as well."""
    from oauthlib.oauth2 import BackendApplicationClient

    client = BackendApplicationClient(os.environ["XILNEX_CLIENT_ID"])
    client.parse_request_body_response(
        f'{{"access_token": "{get_token()()}", "token_type": "Bearer", "expires_in": 3600}}'
    )
    return lambda: client.add_token("https://api.example.com/data")


def msal():
    from msal import ConfidentialClientApplication

    app = ConfidentialClientApplication(
        os.environ["XILNEX_CLIENT_ID"],
        client_credential=os.environ["BENCH_TLS_SECRET"],
        oidc_authority=os.environ["BENCH_DISCOVERY"] + "/bench",
    )
    return lambda: app.acquire_token_for_client(["coreapi"])["access_token"]


def azure():
    from azure.identity import ClientSecretCredential

    credential = ClientSecretCredential(
        "bench",
        os.environ["XILNEX_CLIENT_ID"],
        os.environ["BENCH_TLS_SECRET"],
        authority=os.environ["BENCH_DISCOVERY"],
        disable_instance_discovery=True,
    )
    return lambda: credential.get_token("coreapi").token


def await_get_token():
    import xilnex_auth

    return xilnex_auth.Client().get_token_async


def await_empty():
    async def empty():
        pass

    return empty


def await_floor():
    keep = floor()

    async def token():
        return keep()

    return token


# Neighbours in time are those that are compared most.
CASES = {
    get_token: FAST,
    lru_cache: FAST,
    floor: FAST,
    module_get_token: FAST,
    authlib: FAST,
    oauthlib: SLOW,
    msal: SLOW,
    azure: SLOW,
}
CASES_AWAITED = (await_get_token, await_empty, await_floor)


def measured(make, count):
    """A time function for pyperf. What is measured is made when it is first needed, in the worker that measures it."""
    made = functools.lru_cache(make)
    made_once = functools.lru_cache(lambda: made()())
    return lambda loops: (made_once(), sum(timed(made(), count) for _ in range(loops)))[1]


def measured_awaiting(make, count):
    made = functools.lru_cache(make)

    async def run(loops):
        await made()()
        return sum([await timed_awaiting(made(), count) for _ in range(loops)])

    return lambda loops: asyncio.run(run(loops))


def main():
    runner = pyperf.Runner()
    for make, count in CASES.items():
        runner.bench_time_func(make.__name__, measured(make, count))
    for make in CASES_AWAITED:
        runner.bench_time_func(make.__name__, measured_awaiting(make, FAST))


if __name__ == "__main__":
    main()
