"""Asks an API twenty times at once with httpx.AsyncClient, at the cost of one token request.

Needs XILNEX_CLIENT_ID and XILNEX_CLIENT_SECRET, and the address of the API in API_URL.
"""

from __future__ import annotations

import asyncio
import os

import httpx

from xilnex_auth.integrations.httpx import XilnexAuth

API = os.environ["API_URL"]


async def main() -> None:
    async with httpx.AsyncClient(base_url=API, auth=XilnexAuth(), timeout=30) as http:
        answers = await asyncio.gather(*(http.get("/data", params={"page": page}) for page in range(20)))
    print(f"{sum(answer.is_success for answer in answers)} pages")


if __name__ == "__main__":
    asyncio.run(main())
