"""Draws the plots of the report as SVG, from the results alone."""

import statistics

import matplotlib

matplotlib.use("svg")
# The same results give the same files: names inside them are by content, and no date is in them.
matplotlib.rcParams["svg.hashsalt"] = "xilnex-auth"

from matplotlib import pyplot  # noqa: E402

from report import GROWTH, SERIES  # noqa: E402

HITS = {
    "Python get_token()": "py.get_token",
    "Python lru_cache": "py.lru_cache",
    "Authlib ensure_active_token()": "py.authlib",
    "msal": "py.msal",
    "azure-identity": "py.azure",
    "Python await get_token_async()": "py.await_get_token",
    "Node await getToken()": "node.get_token",
    "Node getTokenSync()": "node.get_token_sync",
    "Node await of a string": "node.async_string",
    "msal-node": "node.msal",
    "C get_token()": "c.get_token",
    "C copy and clocks": "c.copy_and_clocks",
    "Rust access_token()": "rust.access_token",
}

STARTS = {
    "C": "c",
    "curl": "curl",
    "libcurl in C": "libcurl",
    "liboauth2 in C": "liboauth2",
    "Python": "python",
    "msal": "msal",
    "azure-identity": "azure",
    "Authlib": "authlib",
    "requests-oauthlib": "requests_oauthlib",
    "Node": "node",
    "msal-node": "msal-node",
    "openid-client": "openid-client",
    "simple-oauth2": "simple-oauth2",
}


def save(figure, folder, name):
    figure.tight_layout()
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    pyplot.close(figure)


def bars(names, prefix, samples, title, unit, folder, file):
    """Medians with their quartiles, the longest last."""
    found = {label: samples[prefix + name] for label, name in names.items() if prefix + name in samples}
    labels = sorted(found, key=lambda label: -statistics.median(found[label]))
    middles = [statistics.median(found[label]) for label in labels]
    quartiles = [statistics.quantiles(found[label], n=4, method="inclusive") for label in labels]
    errors = [[q[1] - q[0] for q in quartiles], [q[2] - q[1] for q in quartiles]]
    figure, axes = pyplot.subplots(figsize=(8, 0.35 * len(labels) + 1.2))
    axes.barh(labels, middles, xerr=errors, color="#4477aa", ecolor="#333333")
    axes.set_xscale("log")
    axes.set_xlabel(unit)
    axes.set_title(title)
    save(figure, folder, file)


def curves(series, title, told, folder, name):
    figure, axes = pyplot.subplots(figsize=(8, 4))
    for column, values in series.items():
        if column != "x":
            # One alone has no way from the first to the last, and a logarithm has no zero.
            points = [(x, value) for x, value in zip(series["x"], values) if value > 0]
            axes.plot(*zip(*points), marker="o", label=SERIES.get(column, column))
    axes.set_xscale("log", base=2 if name == "lengths" else 10)
    axes.set_yscale("log")
    axes.set_title(title)
    axes.set_ylabel("ns")
    axes.set_xlabel(told)
    axes.legend()
    save(figure, folder, name)


def draw(results, folder):
    """All plots of the report into a folder."""
    folder.mkdir(exist_ok=True)
    samples = results["samples"]
    bars(HITS, "", samples, "A call for a token at hand", "ns, logarithmic", folder, "hits")
    bars(STARTS, "https.", samples, "Process start to first token over https", "ms, logarithmic", folder, "start")
    for name, (title, told) in GROWTH.items():
        curves(results["notes"]["growth"][name], title, told, folder, name)
