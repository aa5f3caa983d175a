"""The exceptions: one for each kind, catchable as what they are, and able to leave a worker process."""

import multiprocessing
import pickle

import pytest

import xilnex_auth
from xilnex_auth import _errors, _native
from xilnex_auth._errors import CLASSES, from_kind


def test_each_kind_of_the_engine_has_its_class():
    assert set(CLASSES) == set(_native.KINDS) and len(CLASSES) == len(_native.KINDS)
    for each in CLASSES.values():
        assert getattr(xilnex_auth, each.__name__) is each and each.__name__ in xilnex_auth.__all__


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("ConfigurationError", ValueError),
        ("TokenTimeoutError", TimeoutError),
        ("DnsError", ConnectionError),
        ("ConnectError", ConnectionError),
        ("ProxyError", ConnectionError),
        ("TlsError", ConnectionError),
        ("RejectedError", xilnex_auth.XilnexAuthError),
    ],
)
def test_the_builtin_that_fits_catches_it(name, builtin):
    with pytest.raises(builtin):
        raise getattr(_errors, name)("told")


def made(kind):
    return from_kind(kind, "told", "a hint", "invalid_client", 401, 2.5, 3, True, True)


def fail(kind):
    raise made(kind)


def same(left, right):
    return type(left) is type(right) and vars(left) == vars(right) and str(left) == str(right)


@pytest.mark.parametrize("kind", _native.KINDS)
def test_it_survives_pickling(kind):
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert same(pickle.loads(pickle.dumps(made(kind), protocol)), made(kind))


def test_it_survives_a_pool_of_processes():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for kind in _native.KINDS:
            with pytest.raises(CLASSES[kind]) as told:
                pool.apply(fail, (kind,))
            assert same(told.value, made(kind))


def test_the_text_has_the_hint():
    assert str(made("rejected")) == "told (a hint)"
    assert str(CLASSES["rejected"]("told")) == "told"
