"""Every row of the report: what was measured, against what, and the target."""

from judge import Row

CACHED = "Calls for a token that is at hand"
THREADS = "Threads, and what the path of a hit does"
REFRESH = "While a refresh is under way"
IMPORT = "Importing"
START = "From the start of the process to the first token"
MEMORY = "Memory: import and first token, over the bare interpreter"
SIZE = "Sizes"

PYTHON_HITS = [
    Row(CACHED, "Python get_token() / lru_cache hit", "ratio", "py.get_token", 2, "py.lru_cache", floor="py.floor"),
    Row(CACHED, "Python get_token() / Authlib ensure_active_token()", "faster", "py.get_token", 4, "py.authlib",
        floor="py.floor"),
    Row(CACHED, "Python get_token() / msal", "faster", "py.get_token", 150, "py.msal", floor="py.floor"),
    Row(CACHED, "Python get_token() / azure-identity", "faster", "py.get_token", None, "py.azure"),
    Row(CACHED, "Python get_token() / oauthlib add_token()", "faster", "py.get_token", None, "py.oauthlib"),
    Row(CACHED, "Python module get_token() / the method", "ratio", "py.module_get_token", 1.5, "py.get_token"),
    Row(CACHED, "Python await get_token_async() / await of an empty coroutine", "ratio", "py.await_get_token", 2,
        "py.await_empty", floor="py.await_floor"),
]  # fmt: skip

NODE_HITS = [
    Row(CACHED, "Node await client.getToken() / await of an async string", "ratio", "node.get_token", 2,
        "node.async_string", floor="node.async_floor"),
    Row(CACHED, "Node await getToken() / await of an async string", "ratio", "node.module_get_token", 2,
        "node.async_string", floor="node.async_floor"),
    Row(CACHED, "Node await client.getToken() / msal-node", "faster", "node.get_token", 1000, "node.msal",
        floor="node.async_floor"),
    Row(CACHED, "Node getTokenSync() / closure with Date.now()", "ratio", "node.get_token_sync", 2.5,
        "node.date_closure"),
    Row(CACHED, "Node getTokenSync() / simple-oauth2 expired()", "faster", "node.get_token_sync", None,
        "node.simple_oauth2"),
    Row(CACHED, "Node getTokenSync() / no-op Node-API call", "ratio", "node.get_token_sync", None, "node.napi_noop"),
]  # fmt: skip

C_HITS = [
    Row(CACHED, "C get_token(), instructions by callgrind", "value", "c.instructions", 250, unit="instructions"),
    Row(CACHED, "C get_token() / copy and two coarse clock reads", "ratio", "c.get_token", 3, "c.copy_and_clocks"),
]

RUST_HITS = [
    Row(CACHED, "Rust access_token() / two clock reads and a clone of an Arc", "ratio", "rust.access_token", None,
        "rust.floor"),
]  # fmt: skip

RUST_START = [
    Row(START, "http: Rust, within a process, first get_token() / the crate oauth2", "ratio", "rust.request", None,
        "rust.oauth2_request", "ms"),
]  # fmt: skip

PATH = [
    Row(THREADS, "hits of 2 threads / 1 thread", "value", "threads.scaling", 1.9, unit="×", is_least=True,
        floor="threads.machine", near=1.05),
    Row(THREADS, "C: system calls for a million hits of 2 threads", "value", "path.c_syscalls", 0, unit="calls"),
    Row(THREADS, "C: allocations for a million hits of 2 threads", "value", "path.c_allocations", 0, unit="calls"),
    Row(THREADS, "Python: system calls for a million hits", "value", "path.python_syscalls", None, unit="calls"),
    Row(THREADS, "Python: allocations for a million hits", "value", "path.python_allocations", None, unit="calls"),
    Row(THREADS, "Node: system calls for a million hits", "value", "path.node_syscalls", None, unit="calls"),
    Row(THREADS, "Node: allocations for a million hits", "value", "path.node_allocations", None, unit="calls"),
]  # fmt: skip

REFRESHING = [
    Row(REFRESH, "C get_token(), p99.9 during a refresh / quiet", "ratio", "refresh.during", 2, "refresh.quiet"),
]

IMPORTS = [
    Row(IMPORT, f"{module} over the bare {language}", "over", f"import.{name}", bound, f"import.{language}", "ms")
    for language, name, module, bound in [
        ("Python", "xilnex_auth", "import xilnex_auth", 5),
        ("Python", "msal", "import msal", None),
        ("Python", "azure", "import azure.identity", None),
        ("Python", "authlib", "import authlib's requests client", None),
        ("Python", "requests_oauthlib", "import requests_oauthlib", None),
        ("Node", "xilnex-auth", "require('xilnex-auth')", 5),
        ("Node", "msal-node", "require('@azure/msal-node')", None),
        ("Node", "openid-client", "import('openid-client')", None),
        ("Node", "simple-oauth2", "require('simple-oauth2')", None),
    ]
]


def starts(scheme):
    """The rows of one scheme: ours by target, then the rivals as they are."""
    c, curl = f"{scheme}.c", f"{scheme}.curl"
    yield Row(START, f"{scheme}: C / the curl command", "ratio", c, 1.2, curl, "ms")
    for language, name in (("Python", "python"), ("Node", "node")):
        yield Row(START, f"{scheme}: {language} / (bare {language} + 1.2 × curl)", "within", f"{scheme}.{name}", 1,
                  f"import.{language}", "ms", plus=curl, factor=1.2)  # fmt: skip


RIVALS_AT_START = {
    "http": ["libcurl", "liboauth2", "authlib", "requests_oauthlib", "openid-client", "simple-oauth2"],
    "https": [
        "libcurl",
        "liboauth2",
        "msal",
        "azure",
        "authlib",
        "requests_oauthlib",
        "msal-node",
        "openid-client",
        "simple-oauth2",
    ],
}

STARTS = [row for scheme in ("http", "https") for row in starts(scheme)] + [
    Row(START, f"{scheme}: {rival} / the curl command", "ratio", f"{scheme}.{rival}", None, f"{scheme}.curl", "ms")
    for scheme, rivals in RIVALS_AT_START.items()
    for rival in rivals
]

MEMORIES = [
    Row(MEMORY, f"{scheme}: {name}", "over", f"memory.{scheme}.{name}", bound, f"memory.{language}", "MiB")
    for scheme, language, name, bound in [
        ("http", "Python", "python", 8),
        ("https", "Python", "python", 8),
        ("https", "Python", "msal", None),
        ("https", "Python", "azure", None),
        ("https", "Python", "authlib", None),
        ("http", "Node", "node", 8),
        ("https", "Node", "node", 8),
        ("https", "Node", "msal-node", None),
        ("https", "Node", "openid-client", None),
        ("https", "Node", "simple-oauth2", None),
    ]
]

SIZES = [
    Row(SIZE, what, "value", f"size.{name}", 2.5, unit="MiB")
    for what, name in [("wheel", "wheel"), (".node", "node"), ("shared library", "shared")]
]

# What a run of two minutes can tell, and all.
QUICK = PYTHON_HITS + NODE_HITS + C_HITS + PATH[:3] + REFRESHING + IMPORTS + STARTS + MEMORIES + SIZES
ALL = (
    PYTHON_HITS + NODE_HITS + C_HITS + RUST_HITS + PATH + REFRESHING + IMPORTS + STARTS + RUST_START + MEMORIES + SIZES
)


def rows(samples, *, quick):
    """The rows that must be there, less the rivals that this machine cannot build, which the report names."""
    optional = {f"{scheme}.{rival}" for scheme in RIVALS_AT_START for rival in ("libcurl", "liboauth2")}
    return [row for row in (QUICK if quick else ALL) if row.ours not in optional or row.ours in samples]
