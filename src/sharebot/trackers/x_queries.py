"""What X is asked for: queries of recent search in shards, and the fields of posts."""

from collections.abc import Iterator, Sequence
from typing import Literal

from sharebot.trackers.seam import Watched
from sharebot.trackers.x_views import is_handle

LONGEST = 512  # characters of a query of recent search, self-serve access
_LONGEST_CLAUSE = 350
Vocabulary = Literal["post", "tweet"]
_FIELDS = {
    "post": "created_at,entities,note_post",
    "tweet": "author_id,created_at,entities,note_tweet,referenced_tweets",
}


def post_fields(vocabulary: Vocabulary, *, author: bool) -> dict[str, str]:
    """Return the parameters that bring a post's text, links and, when asked for, author.

    In X's published specification a post's author is an expansion, and whoever is expanded is billed as a user.
    In its older vocabulary, which it still answers, the author is a plain field.
    """
    fields = {f"{vocabulary}.fields": _FIELDS[vocabulary]}
    return fields | ({"expansions": "author_id"} if author and vocabulary == "post" else {})


def repost_fields(vocabulary: Vocabulary) -> dict[str, str]:
    """Return the parameters that bring the author and time of a repost, and nothing else."""
    if vocabulary == "tweet":
        return {"tweet.fields": "author_id,created_at"}
    return {"post.fields": "created_at", "expansions": "author_id"}


def count_fields(vocabulary: Vocabulary) -> dict[str, str]:
    """Return the parameters that bring a post's counts."""
    return {f"{vocabulary}.fields": "public_metrics"}


def ours(hosts: Sequence[str], own: Sequence[Watched]) -> str:
    """Return the clause that matches what links to our hosts or names us; empty when there is neither.

    It leaves room for accounts: what comes after `_LONGEST_CLAUSE` characters is left out.
    """
    told = [f'url:"{host}"' for host in hosts if '"' not in host]
    told += [f"@{one.handle}" for one in own if is_handle(one.handle)]
    clauses = [one for number, one in enumerate(told, start=1) if len(" OR ".join(told[:number])) <= _LONGEST_CLAUSE]
    return f"({' OR '.join(clauses)}) -is:retweet" if clauses else ""


def shards(accounts: Sequence[Watched], clause: str) -> Iterator[tuple[str, list[Watched]]]:
    """Yield queries for posts by `accounts` that match `clause`, and whom each asks for; all fit X's limit.

    Accounts are named by id, so that a handle that changes hands brings nobody else's posts.
    """
    batch: list[Watched] = []
    for account in sorted(accounts, key=lambda one: one.account_id):
        if batch and len(_query([*batch, account], clause)) > LONGEST:
            yield _query(batch, clause), batch
            batch = []
        batch.append(account)
    if batch:
        yield _query(batch, clause), batch


def _query(accounts: Sequence[Watched], clause: str) -> str:
    return f"({' OR '.join(f'from:{one.external_id}' for one in accounts)}) {clause}"
