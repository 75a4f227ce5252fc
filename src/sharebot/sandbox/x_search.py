"""Recent search of the stand-in for X: the operators that its queries are made of."""

import re
from collections.abc import Callable

from sharebot.sandbox.x import Tweet, XNetwork

Test = Callable[[Tweet], bool]
LONGEST = 512
_TOKEN = re.compile(r'\(|\)|-?[a-z_]+:"[^"]*"|[^\s()]+')


class BadQuery(ValueError):
    """The query is none."""


def compile_query(network: XNetwork, query: str) -> Test:
    """Return what a query matches: `from:`, `url:`, `quotes_of_tweet_id:`, `@`, `-is:retweet`, OR and parentheses.

    Raises BadQuery. Reposts are never found: they left search in May 2026.
    """
    if not 1 <= len(query) <= LONGEST:
        raise BadQuery(f"Your query must be between 1 and {LONGEST} characters")
    tokens = _TOKEN.findall(query)[::-1]
    test = _any_of(network, tokens)
    if tokens:
        raise BadQuery("unmatched parenthesis")
    return test


def authors_of(network: XNetwork, query: str) -> set[str]:
    """Return the accounts that a query names with `from:`, by id; only their posts can match."""
    named = {name.lower() for name in re.findall(r"\bfrom:(\w+)", query)}
    return {one.id for one in network.accounts.values() if one.id in named or one.handle.lower() in named}


def _any_of(network: XNetwork, tokens: list[str]) -> Test:
    tests = [_all_of(network, tokens)]
    while tokens and tokens[-1] == "OR":
        tokens.pop()
        tests.append(_all_of(network, tokens))
    return lambda post: any(test(post) for test in tests)


def _all_of(network: XNetwork, tokens: list[str]) -> Test:
    tests: list[Test] = []
    while tokens and tokens[-1] not in {")", "OR"}:
        word = tokens.pop()
        if word != "(":
            tests.append(_one(network, word))
            continue
        tests.append(_any_of(network, tokens))
        if not tokens or tokens.pop() != ")":
            raise BadQuery("unmatched parenthesis")
    if not tests:
        raise BadQuery("empty clause")
    return lambda post: all(test(post) for test in tests)


def _one(network: XNetwork, token: str) -> Test:
    operator, _, value = token.partition(":")
    value = value.strip('"').lower()
    match operator:
        case "from":
            return lambda post: value in {post.author, network.accounts[post.author].handle.lower()}
        case "url":
            return lambda post: any(value in link.lower() for link in post.links)
        case "quotes_of_tweet_id":
            return lambda post: post.quotes == value
        case "-is" if value == "retweet":
            return lambda post: post.reposts is None
    if token.startswith("@"):
        named = re.compile(rf"{re.escape(token)}(?!\w)", re.IGNORECASE)
        return lambda post: named.search(post.text) is not None
    raise BadQuery(f"unknown operator {operator}")
