"""An ETL job: reads sales from a CSV file and posts them, a batch at a time, with a token for each request."""

import csv
import json
import os
import sys
import urllib.request

import xilnex_auth

BATCH = 2


def post(rows):
    request = urllib.request.Request(
        os.environ["API_URL"] + "/data",
        data=json.dumps(rows).encode(),
        headers={"Authorization": f"Bearer {xilnex_auth.get_token()}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["accepted"]


def main():
    with open(sys.argv[1], newline="") as file:
        rows = list(csv.DictReader(file))
    batches = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
    accepted = sum(post(batch) for batch in batches)
    print(f"posted {accepted} sales from {os.path.basename(sys.argv[1])} in {len(batches)} requests")


if __name__ == "__main__":
    main()
