"""The network's stand-in: who did what, page by page."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from sharebot.sandbox.bluesky import BlueskyNetwork
from sharebot.sandbox.limits import Limit
from sharebot.sandbox.world import Sandbox
from tests.cast import FixedClock

REFUSED: list[tuple[str, dict[str, Any], int]] = [
    ("com.atproto.identity.resolveHandle", {"handle": "nobody.example"}, 400),
    ("app.bsky.feed.getAuthorFeed", {"actor": "nobody.example"}, 400),
    ("app.bsky.feed.getAuthorFeed", {"actor": "north.example", "limit": "0"}, 400),
    ("app.bsky.feed.getAuthorFeed", {"actor": "north.example", "limit": "101"}, 400),
    ("app.bsky.feed.getAuthorFeed", {"actor": "north.example", "cursor": "x"}, 400),
    ("app.bsky.feed.getAuthorFeed", {"actor": "north.example", "cursor": "-1"}, 400),
    ("app.bsky.feed.getPosts", {"uris": ["at://x/y/z"] * 26}, 400),
    ("app.bsky.feed.getTimeline", {}, 501),
]


@pytest.fixture
def network(sandbox: Sandbox) -> BlueskyNetwork:
    return sandbox.bluesky


async def ask(web: httpx.AsyncClient, method: str, **query: Any) -> dict[str, Any]:
    answer = await web.get(f"/xrpc/{method}", params=query)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert isinstance(found, dict)
    return found


async def test_a_handle_leads_to_its_account(web: httpx.AsyncClient, network: BlueskyNetwork) -> None:
    did = network.account("north.example")
    assert await ask(web, "com.atproto.identity.resolveHandle", handle="north.example") == {"did": did}
    assert network.account("north.example") == did


async def test_what_the_network_refuses(web: httpx.AsyncClient, network: BlueskyNetwork) -> None:
    network.account("north.example")
    for method, query, status in REFUSED:
        answer = await web.get(f"/xrpc/{method}", params=query)
        assert (answer.status_code, answer.json()["error"]) == (status, "InvalidRequest"), (method, query)


async def test_a_feed_is_paged_newest_first_without_gap_or_repeat(
    web: httpx.AsyncClient, network: BlueskyNetwork, clock: FixedClock
) -> None:
    did = network.account("north.example")
    uris = []
    for number in range(7):
        uris.append(network.post(did, f"Post {number}"))
        clock.at += timedelta(minutes=1)
    found, query = [], {"actor": "north.example", "limit": 3}
    for size in (3, 3, 1):
        page = await ask(web, "app.bsky.feed.getAuthorFeed", **query)
        assert len(page["feed"]) == size
        found += [entry["post"]["uri"] for entry in page["feed"]]
        query["cursor"] = page.get("cursor")
    assert found == uris[::-1]
    assert query["cursor"] is None


async def test_a_repost_stands_in_the_feed_with_its_reason(
    web: httpx.AsyncClient, network: BlueskyNetwork, clock: FixedClock
) -> None:
    alliance, north = network.account("alliance.example"), network.account("north.example")
    uri = network.post(alliance, "Ours", link="https://alliance.example/story")
    clock.at += timedelta(hours=1)
    network.repost(north, uri)
    network.repost(north, uri)
    (entry,) = (await ask(web, "app.bsky.feed.getAuthorFeed", actor=north))["feed"]
    assert entry["post"]["author"]["did"] == alliance
    assert entry["reason"]["by"]["handle"] == "north.example"
    assert entry["reason"]["indexedAt"] == "2026-11-23T09:00:00.000Z"
    by = await ask(web, "app.bsky.feed.getRepostedBy", uri=uri)
    assert [actor["did"] for actor in by["repostedBy"]] == [north]


async def test_reposts_and_quotes_are_paged(web: httpx.AsyncClient, network: BlueskyNetwork) -> None:
    uri = network.post(network.account("alliance.example"), "Ours")
    for number in range(5):
        did = network.account(f"party{number}.example")
        network.repost(did, uri)
        network.post(did, "Well said", quotes=uri)
    for method, key in (("getRepostedBy", "repostedBy"), ("getQuotes", "posts")):
        first = await ask(web, f"app.bsky.feed.{method}", uri=uri, limit=4)
        rest = await ask(web, f"app.bsky.feed.{method}", uri=uri, limit=4, cursor=first["cursor"])
        assert (len(first[key]), len(rest[key]), "cursor" in rest) == (4, 1, False)


async def test_a_deleted_post_is_gone_everywhere(web: httpx.AsyncClient, network: BlueskyNetwork) -> None:
    alliance, north = network.account("alliance.example"), network.account("north.example")
    kept, gone = network.post(alliance, "Kept"), network.post(alliance, "Gone")
    network.repost(north, gone)
    network.delete(gone)
    posts = (await ask(web, "app.bsky.feed.getPosts", uris=[kept, gone]))["posts"]
    assert [post["uri"] for post in posts] == [kept]
    assert (await ask(web, "app.bsky.feed.getAuthorFeed", actor=north))["feed"] == []


async def test_accounts_are_renamed_hidden_and_lost(web: httpx.AsyncClient, network: BlueskyNetwork) -> None:
    did, other = network.account("north.example"), network.account("south.example")
    network.rename("north.example", to="new.example")
    assert (await ask(web, "app.bsky.actor.getProfile", actor=did))["handle"] == "new.example"
    network.hidden.add(did)
    network.lost.add(other)
    (shown,) = (await ask(web, "app.bsky.actor.getProfiles", actors=[did, other]))["profiles"]
    assert [label["val"] for label in shown["labels"]] == ["!no-unauthenticated"]
    for method in ("app.bsky.actor.getProfile", "app.bsky.feed.getAuthorFeed"):
        assert (await web.get(f"/xrpc/{method}", params={"actor": other})).status_code == 400


async def test_counts_lag_behind(web: httpx.AsyncClient, network: BlueskyNetwork, clock: FixedClock) -> None:
    network.count_lag = timedelta(minutes=10)
    uri = network.post(network.account("alliance.example"), "Ours")
    network.repost(network.account("north.example"), uri)
    for minutes, count in ((0, 0), (10, 1)):
        clock.at += timedelta(minutes=minutes)
        (post,) = (await ask(web, "app.bsky.feed.getPosts", uris=[uri]))["posts"]
        assert (post["repostCount"], post["quoteCount"]) == (count, 0)
    network.undo_repost(network.account("north.example"), uri)
    assert (await ask(web, "app.bsky.feed.getRepostedBy", uri=uri))["repostedBy"] == []


async def test_search_is_refused_and_too_much_asks_to_wait(
    web: httpx.AsyncClient, network: BlueskyNetwork, clock: FixedClock
) -> None:
    network.limit = Limit(1)
    answers = [await web.get("/xrpc/app.bsky.feed.searchPosts", params={"q": "x"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [403, 429]
    assert int(answers[1].headers["ratelimit-reset"]) == int((clock.at + timedelta(minutes=5)).timestamp())
    assert answers[1].json()["error"] == "RateLimitExceeded"


async def test_the_same_play_gives_the_same_ids(network: BlueskyNetwork, clock: FixedClock) -> None:
    other = BlueskyNetwork(clock)
    for one in (network, other):
        one.post(one.account("north.example"), "x")
    assert network.posts == other.posts
