"""A program that gets a token, rests, and frees everything: what of secret and token is left in it is looked at from
outside.

Usage: client.py BASE_URL SECRET_FILE CA_FILE|- CLIENT_AUTH MODE
"""

import gc
import sys
from pathlib import Path

import xilnex_auth


def secret(path, mode):
    return {"client_secret": Path(path).read_text()} if mode == "literal" else {"client_secret_file": path}


def ask(client, mode):
    """The token as an object; in one mode its text is asked for too, which makes it Python's."""
    try:
        token = client.access_token()
    except xilnex_auth.XilnexAuthError:
        if mode != "failing":
            raise
        return None
    if mode == "failing":
        raise SystemExit("the server was to fail")
    if mode == "text":
        client.get_token()
    return token


def tell_and_wait(word):
    print(word, flush=True)
    if not sys.stdin.readline():
        raise SystemExit("nobody looked")


def main():
    base_url, secret_file, ca_file, client_auth, mode = sys.argv[1:]
    more = {} if ca_file == "-" else {"ca_file": ca_file}
    client = xilnex_auth.Client(
        client_id="till-7", base_url=base_url, client_auth=client_auth, **secret(secret_file, mode), **more
    )
    token = ask(client, mode)
    tell_and_wait("held")
    client.close()
    del client, token
    gc.collect()
    tell_and_wait("freed")


main()
