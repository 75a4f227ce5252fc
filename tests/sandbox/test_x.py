"""X's stand-in: who sees what, what it would charge, and where its limits are."""

from datetime import timedelta

import httpx
import pytest

from sharebot.sandbox.clock import PlayClock
from sharebot.sandbox.world import Sandbox
from sharebot.sandbox.x import XNetwork
from sharebot.sandbox.x_api import Reply, answer
from tests.cast import FixedClock


@pytest.fixture
def network(clock: FixedClock) -> XNetwork:
    return XNetwork(PlayClock(clock.now()), lag=timedelta(0))


def ask(network: XNetwork, path: str, **query: str) -> Reply:
    return answer(network, path, query, authorization=f"Bearer {network.token}")


async def test_it_answers_over_http_to_its_token_only(sandbox: Sandbox, web: httpx.AsyncClient) -> None:
    north = sandbox.x.account("north")
    headers = {"authorization": f"Bearer {sandbox.x.token}"}
    told = await web.get("/x/2/users/by", params={"usernames": "North,nobody"}, headers=headers)
    assert told.json()["data"] == [{"id": north, "name": "north", "username": "north"}]
    assert [error["value"] for error in told.json()["errors"]] == ["nobody"]
    assert (await web.get("/x/2/users/by", params={"usernames": "north"})).status_code == 401
    assert sandbox.x_url == f"{sandbox.base_url}/x"


def test_what_is_returned_is_charged_once_a_day(network: XNetwork) -> None:
    post = network.post(network.account("north"), "Hello")
    for _ in range(2):
        ask(network, "/2/tweets", ids=f"{post},1", expansions="author_id")
    assert network.bill == 15_000
    network.clock.move_to(network.clock.now() + timedelta(days=1))  # type: ignore[attr-defined]
    ask(network, "/2/tweets", ids=post)
    assert network.bill == 20_000


def test_a_field_it_does_not_know_is_left_out_without_a_word(network: XNetwork) -> None:
    post = network.post(network.account("north"), "Hello")
    assert "author_id" not in ask(network, "/2/tweets", ids=post, **{"post.fields": "author_id"}).body["data"][0]
    assert "author_id" in ask(network, "/2/tweets", ids=post, **{"tweet.fields": "author_id"}).body["data"][0]


def test_quotes_are_paged_newest_first(network: XNetwork) -> None:
    post, south = network.post(network.account("north"), "Hello"), network.account("south")
    made = [network.post(south, f"{number}", quotes=post) for number in range(12)]
    first = ask(network, f"/2/tweets/{post}/quote_tweets").body
    rest = ask(network, f"/2/tweets/{post}/quote_tweets", pagination_token=first["meta"]["next_token"]).body
    assert [one["id"] for one in first["data"] + rest["data"]] == made[::-1]


def test_what_is_hidden_deleted_or_too_young_is_not_found(network: XNetwork) -> None:
    north, south = network.account("north"), network.account("south")
    hidden, gone = network.post(north, "@south"), network.post(south, "@south")
    network.protect(north)
    network.delete(gone)
    network.lag = timedelta(minutes=1)
    network.post(south, "@south")
    told = ask(network, "/2/tweets/search/recent", query=f"(from:north OR from:{south}) @south -is:retweet")
    assert told.body["meta"]["result_count"] == 0
    kinds = [error["type"].rpartition("/")[2] for error in ask(network, "/2/tweets", ids=hidden).body["errors"]]
    assert kinds == ["not-authorized-for-resource"]


def test_a_limit_lasts_a_quarter_of_an_hour(network: XNetwork) -> None:
    network.account("north")
    network.limits["/2/users/by"] = 1
    replies = [ask(network, "/2/users/by", usernames="north") for _ in range(2)]
    assert [reply.status for reply in replies] == [200, 429]
    reset = int(replies[1].headers["x-rate-limit-reset"])
    assert reset == int((network.clock.now() + timedelta(minutes=15)).timestamp())
    network.clock.move_to(network.clock.now() + timedelta(minutes=15))  # type: ignore[attr-defined]
    assert ask(network, "/2/users/by", usernames="north").status == 200


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/2/tweets", {}),
        ("/2/tweets/search/recent", {"query": "from:a", "max_results": "9"}),
        ("/2/tweets/search/recent", {"query": "from:a", "start_time": "2020-01-01T00:00:00Z"}),
        ("/2/tweets/search/recent", {"query": "from:a", "start_time": "soon"}),
        ("/2/tweets/search/recent", {"query": "has:links"}),
    ],
)
def test_a_wrong_question_is_refused(network: XNetwork, path: str, query: dict[str, str]) -> None:
    assert ask(network, path, **query).status == 400


def test_what_is_not_there_is_404(network: XNetwork) -> None:
    assert ask(network, "/2/tweets/1/retweets").status == 404
    assert ask(network, "/2/nothing").status == 404
