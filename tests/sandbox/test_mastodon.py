"""The Fediverse's stand-in: each server tells what it knows, page by page."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from sharebot.sandbox.limits import Limit
from sharebot.sandbox.mastodon import Fediverse
from sharebot.sandbox.world import Sandbox
from tests.cast import FixedClock

HOME, NORTH = "alliance@alliance.example", "party@north.example"


@pytest.fixture
def network(sandbox: Sandbox) -> Fediverse:
    return sandbox.mastodon


async def ask(web: httpx.AsyncClient, server: str, path: str, *, token: str = "", **query: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return await web.get(f"/mastodon/{server}/api/v1/{path}", params=query, headers=headers)


async def test_an_account_is_known_by_its_own_server(web: httpx.AsyncClient, network: Fediverse) -> None:
    actor = network.account(NORTH)
    found = (await ask(web, "north.example", "accounts/lookup", acct="party")).json()
    assert (found["id"], found["uri"], found["acct"]) == ("1", actor.uri, "party")
    for server, name in (("north.example", "nobody"), ("alliance.example", "party")):
        answer = await ask(web, server, "accounts/lookup", acct=name)
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})


async def test_statuses_are_paged_by_link_newest_first_without_gap_or_repeat(
    web: httpx.AsyncClient, network: Fediverse, clock: FixedClock
) -> None:
    uris = []
    for number in range(7):
        uris.append(network.post(NORTH, f"Number {number}"))
        clock.at += timedelta(minutes=1)
    answer = await ask(web, "north.example", "accounts/1/statuses", limit=3)
    found = answer.json()
    while link := answer.links.get("next"):
        answer = await web.get(link["url"])
        found += answer.json()
    assert [one["uri"] for one in found] == uris[::-1]
    newer = await ask(web, "north.example", "accounts/1/statuses", since_id=found[2]["id"])
    assert [one["uri"] for one in newer.json()] == uris[:4:-1]


async def test_a_boost_reaches_home_later(web: httpx.AsyncClient, network: Fediverse, clock: FixedClock) -> None:
    network.lag = timedelta(hours=1)
    uri = network.post(HOME, "Ours", link="https://alliance.example/story")
    key = uri.rpartition("/")[2]
    network.boost(NORTH, uri)
    network.boost(NORTH, uri)
    (boost,) = (await ask(web, "north.example", "accounts/2/statuses")).json()
    assert boost["reblog"]["uri"] == uri
    assert (await ask(web, "alliance.example", f"statuses/{key}/reblogged_by")).json() == []
    clock.at += timedelta(hours=2)
    (booster,) = (await ask(web, "alliance.example", f"statuses/{key}/reblogged_by")).json()
    assert booster["acct"] == NORTH
    assert (await ask(web, "alliance.example", f"statuses/{key}")).json()["reblogs_count"] == 1
    network.undo_boost(NORTH, uri)
    assert (await ask(web, "alliance.example", f"statuses/{key}")).json()["reblogs_count"] == 0


async def test_notifications_and_quotes_need_a_token(web: httpx.AsyncClient, network: Fediverse) -> None:
    uri = network.post(HOME, "Ours")
    network.boost(NORTH, uri)
    network.post(NORTH, "Well said", quotes=uri)
    network.post(NORTH, "Hello", mentions=[HOME])
    quotes = f"statuses/{uri.rpartition('/')[2]}/quotes"
    for path in ("notifications", quotes):
        assert (await ask(web, "alliance.example", path)).status_code == 401
    network.tokens[("alliance.example", "secret")] = HOME
    news = (await ask(web, "alliance.example", "notifications", token="secret")).json()
    assert [one["type"] for one in news] == ["mention", "quote", "reblog"]
    assert len((await ask(web, "alliance.example", quotes, token="secret")).json()) == 1


async def test_a_server_may_want_a_login_for_everything(web: httpx.AsyncClient, network: Fediverse) -> None:
    network.post(NORTH, "Hello")
    network.closed.add("north.example")
    answer = await ask(web, "north.example", "accounts/1/statuses")
    assert (answer.status_code, "error" in answer.json()) == (401, True)


async def test_what_is_deleted_hidden_or_lost_is_gone(web: httpx.AsyncClient, network: Fediverse) -> None:
    deleted, hidden = network.post(NORTH, "Deleted"), network.post(NORTH, "Hidden")
    network.delete(deleted)
    network.hide(hidden)
    assert (await ask(web, "north.example", "accounts/1/statuses")).json() == []
    for uri in (deleted, hidden):
        assert (await ask(web, "north.example", f"statuses/{uri.rpartition('/')[2]}")).status_code == 404
    network.lost.add(network.account(NORTH).uri)
    assert (await ask(web, "north.example", "accounts/1/statuses")).status_code == 404


async def test_after_so_many_requests_a_server_asks_to_wait(
    web: httpx.AsyncClient, network: Fediverse, clock: FixedClock
) -> None:
    network.account(NORTH)
    network.limits["north.example"] = Limit(2)
    answers = [await ask(web, "north.example", "accounts/lookup", acct="party") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [one.headers["x-ratelimit-remaining"] for one in answers] == ["1", "0", "0"]
    assert answers[2].headers["x-ratelimit-reset"] == (clock.at + timedelta(minutes=5)).isoformat()
    clock.at += timedelta(minutes=5)
    assert (await ask(web, "north.example", "accounts/lookup", acct="party")).status_code == 200
