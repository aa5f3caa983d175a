"""Reads and writes through a session of requests that has a token for each request, and renews it after a 401.

Needs XILNEX_CLIENT_ID and XILNEX_CLIENT_SECRET, and the address of the API in API_URL.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import requests

from xilnex_auth.integrations.requests import XilnexAuth

API = os.environ["API_URL"]


def main() -> None:
    address = urlsplit(API)
    with requests.Session() as session:
        session.auth = XilnexAuth(origins=[f"{address.scheme}://{address.netloc}"])
        posted = session.post(f"{API}/data", json=[{"sku": "1", "sold": 3}], timeout=30)
        posted.raise_for_status()
        rows = session.get(f"{API}/data", timeout=30).json()["rows"]
    print(f"posted {posted.json()['accepted']}, read {len(rows)}")


if __name__ == "__main__":
    main()
