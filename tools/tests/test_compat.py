"""What breaks programs of C is found, and what does not is let through."""

import re

import compat
import pytest

HEADER = """
#define XILNEX_AUTH_VERSION "1.2.3"
#define XILNEX_AUTH_VERSION_MAJOR 1
#define XILNEX_AUTH_OK 0
typedef struct xilnex_auth_client xilnex_auth_client;
typedef void (*xilnex_auth_event_callback)(const char *text, void *data);
/* A comment. */
__attribute__((warn_unused_result)) int xilnex_auth_get(const xilnex_auth_client *client);
const char *xilnex_auth_version(void);
"""


def found(change, to):
    assert change in HEADER
    return list(compat.breaks(*(compat.declared({"a.h": text}) for text in (HEADER, HEADER.replace(change, to)))))


@pytest.mark.parametrize(
    "change, to",
    [
        ("A comment.", "Another one."),
        ("__attribute__((warn_unused_result)) ", ""),
        ('"1.2.3"', '"1.2.4"'),
        ("VERSION_MAJOR 1", "VERSION_MAJOR 2"),
        ("#define XILNEX_AUTH_OK 0", "#define XILNEX_AUTH_OK 0\n#define XILNEX_AUTH_NEW 7"),
        ("int xilnex_auth_get", "void xilnex_auth_new(void);\nint xilnex_auth_get"),
        ("(const xilnex_auth_client *client)", "(\n    const xilnex_auth_client *client)"),
    ],
)
def test_what_programs_do_not_see_breaks_none(change, to):
    assert found(change, to) == []


@pytest.mark.parametrize(
    "change, to, name",
    [
        ("XILNEX_AUTH_OK 0", "XILNEX_AUTH_OK 1", "XILNEX_AUTH_OK"),
        ("#define XILNEX_AUTH_OK 0", "", "XILNEX_AUTH_OK"),
        ("const xilnex_auth_client *client", "xilnex_auth_client *client", "xilnex_auth_get"),
        ("int xilnex_auth_get", "long xilnex_auth_get", "xilnex_auth_get"),
        ("const char *xilnex_auth_version(void);", "", "xilnex_auth_version"),
        ("void *data", "int data", "xilnex_auth_event_callback"),
        ("struct xilnex_auth_client xil", "struct other xil", "xilnex_auth_client"),
    ],
)
def test_what_breaks_them_is_named(change, to, name):
    (told,) = found(change, to)
    assert told.startswith(name)


@pytest.mark.parametrize(
    "before, now, may",
    [
        ("0.1.0", "0.1.1", False),
        ("0.1.0", "0.2.0", True),
        ("1.2.3", "1.3.0", False),
        ("1.2.3", "2.0.0", True),
        ("0.9.0", "1.0.0", True),
    ],
)
def test_the_version_tells_whether_programs_may_break(before, now, may):
    assert compat.may_break(before, now) is may


def test_every_function_of_our_headers_is_seen():
    texts = {name: (compat.ROOT / "include" / name).read_text() for name in compat.HEADERS}
    declared = compat.declared(texts)
    functions = {name for text in texts.values() for name in re.findall(r"\b(xilnex_auth_\w+)\(", text)}
    assert len(functions) > 50 and functions <= set(declared)


def test_the_last_release_is_one_before_this_commit(monkeypatch, tmp_path):
    monkeypatch.setattr(compat, "ROOT", tmp_path)
    compat.git("init", "--quiet")
    name = ("-c", "user.name=x", "-c", "user.email=x", "-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false")

    def release(version):
        compat.git(*name, "commit", "--quiet", "--allow-empty", "--message", version)
        compat.git(*name, "tag", f"v{version}")

    release("1.9.0")
    assert compat.last_release() is None
    release("1.10.0")
    assert compat.last_release() == "v1.9.0"
    compat.git(*name, "commit", "--quiet", "--allow-empty", "--message", "more")
    assert compat.last_release() == "v1.10.0"
    # Another line.
    compat.git("checkout", "--quiet", "v1.9.0")
    release("1.9.1")
    assert compat.last_release() == "v1.9.0"
