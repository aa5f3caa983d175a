"""Reads from an API with nothing but the standard library, and once more with another token after a 401.

Needs XILNEX_CLIENT_ID and XILNEX_CLIENT_SECRET, and the address of the API in API_URL.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request

import xilnex_auth


def get(url: str, token: str) -> object:
    request = urllib.request.Request(url)
    # A redirect would take any other header along, to whatever machine it leads.
    request.add_unredirected_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def read(url: str) -> object:
    token = xilnex_auth.get_token()
    try:
        return get(url, token)
    except urllib.error.HTTPError as error:
        if error.code != 401:
            raise
        error.close()
        xilnex_auth.invalidate(token)
    return get(url, xilnex_auth.get_token())


if __name__ == "__main__":
    print(read(os.environ["API_URL"] + "/data"))
