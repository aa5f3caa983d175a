"""Posts the rows of a CSV file to an API, in batches and by several processes.

Usage: etl.py FILE. Needs XILNEX_CLIENT_ID and XILNEX_CLIENT_SECRET, and the address of the API in API_URL.
"""

from __future__ import annotations

import csv
import multiprocessing
import os
import sys

import requests

import xilnex_auth
from xilnex_auth.integrations.requests import XilnexAuth

BATCH = 100
PROCESSES = 4

Row = dict[str, str]


def upload(rows: list[Row]) -> int:
    answer = requests.post(f"{os.environ['API_URL']}/data", json=rows, auth=XilnexAuth(), timeout=30)
    answer.raise_for_status()
    return len(rows)


def batches(path: str) -> list[list[Row]]:
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    return [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]


def main() -> None:
    parts = batches(sys.argv[1])
    # Where processes are forked, they take this token with them, and none of them asks for one of its own.
    xilnex_auth.get_token()
    with multiprocessing.Pool(PROCESSES) as pool:
        print(f"posted {sum(pool.map(upload, parts))} rows in {len(parts)} batches")


if __name__ == "__main__":
    main()
