"""A kept token in Python against a method of a built-in type that returns its own text. Prints both in nanoseconds."""

import timeit

import xilnex_auth


def nanoseconds(call, count=200_000):
    return min(timeit.repeat(call, number=count, repeat=7)) / count * 1e9


client = xilnex_auth.Client()
text = client.get_token()
print(nanoseconds(client.get_token), nanoseconds(text.__str__))
