"""A task for Airflow: it reads what an API has, and is tried again only where that may help.

In Airflow, put @task from airflow.sdk above read_sales, take AirflowFailException from airflow.exceptions, and keep
the secret in a file that the workers can read (XILNEX_CLIENT_SECRET_FILE), not in a connection or a variable.
Needs XILNEX_CLIENT_ID, and the address of the API in API_URL.
"""

from __future__ import annotations

import os
from typing import Any

import requests

import xilnex_auth
from xilnex_auth.integrations.requests import XilnexAuth


class AirflowFailException(Exception):
    """Stands for the one of airflow.exceptions, after which a task is not tried again."""


def read_sales(api: str) -> list[dict[str, Any]]:
    """Gives the rows and never the token: what a task returns is kept in Airflow's database."""
    try:
        answer = requests.get(f"{api}/data", auth=XilnexAuth(), timeout=30)
    except xilnex_auth.XilnexAuthError as error:
        if error.is_retryable:
            raise
        raise AirflowFailException(str(error)) from error
    answer.raise_for_status()
    rows: list[dict[str, Any]] = answer.json()["rows"]
    return rows


if __name__ == "__main__":
    print(f"read {len(read_sales(os.environ['API_URL']))} sales")
