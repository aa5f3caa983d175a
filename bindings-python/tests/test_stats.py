"""The figures of a client, and what it does in the pause after a failure."""

import time

import pytest

import xilnex_auth
from xilnex_auth import Client, ConnectError


def test_a_new_client_has_done_nothing(sandbox):
    stats = Client(**sandbox.options).stats()
    assert type(stats) is xilnex_auth.Stats
    counts = ["requests", "successes", "hits", "refreshes_ahead", "served_while_failing"]
    counts += ["refused_in_cool_down", "refused_by_budget"]
    assert {name: getattr(stats, name) for name in counts} == dict.fromkeys(counts, 0)
    assert (stats.failures, stats.last_refresh, stats.expires_in, stats.clock_skew) == ({}, None, None, None)
    assert repr(stats).startswith("<xilnex_auth.Stats requests=0 successes=0 failures={} hits=0 ")
    assert {name for name in dir(stats) if not name.startswith("_")} == {
        word.partition("=")[0] for word in repr(stats)[1:-1].split()[1:]
    }
    with pytest.raises(AttributeError):
        stats.requests = 7


def test_what_was_done_is_counted(sandbox):
    client = Client(**sandbox.options)
    for _ in range(5):
        client.get_token()
    # A flight tells how long it took after its callers have the token.
    end = time.monotonic() + 10
    while (stats := client.stats()).last_refresh is None and time.monotonic() < end:
        time.sleep(0.01)
    assert (stats.requests, stats.successes, stats.hits, stats.failures) == (1, 1, 4, {})
    assert 0 < stats.last_refresh < 10 and 3500 < stats.expires_in <= 3595
    # A picture of one moment; clients of equal configuration have one.
    Client(**sandbox.options).get_token()
    assert stats.hits == 4 and client.stats().hits == 5


def test_a_failure_is_told_again_in_the_pause_after_it(sandbox):
    sandbox.stop()
    client = Client(**sandbox.options)
    with pytest.raises(ConnectError) as first:
        client.get_token()
    assert (first.value.is_repeated, first.value.attempts, first.value.retry_after) == (False, 3, None)
    for get_token in (client.get_token, client.access_token):
        with pytest.raises(ConnectError) as again:
            get_token()
        assert again.value.is_repeated and 0 < again.value.retry_after <= 1
    stats = client.stats()
    assert (stats.requests, stats.failures, stats.refused_in_cool_down) == (3, {"connect": 3}, 2)
    time.sleep(again.value.retry_after)
    with pytest.raises(ConnectError) as later:
        client.get_token()
    assert not later.value.is_repeated and client.stats().requests == 4


def test_a_resource_server_that_refuses_every_token_costs_one_request(sandbox):
    client = Client(**sandbox.options)
    assert [client.invalidate(client.get_token()) for _ in range(5)] == [True, False, False, False, False]
    assert sandbox.token_requests == 2
