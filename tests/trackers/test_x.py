"""X: what is its own beside what holds for all trackers: money, floods, refusals, and odd answers."""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from sharebot.config.settings import Settings, X
from sharebot.errors import RateLimited, Spent, TemporaryError
from sharebot.sandbox.x_search import BadQuery, compile_query
from sharebot.trackers.seam import Watched
from sharebot.trackers.x import open_tracker
from sharebot.trackers.x_cadence import Money, Pace, Purpose, is_count_due, share_of_month
from sharebot.trackers.x_queries import LONGEST, ours, shards
from sharebot.trackers.x_state import Followed, read_followed, write_followed
from sharebot.trackers.x_views import id_at, instant_of, read_counts, read_post, read_unseen
from sharebot.values.posts import PastedLink
from sharebot.values.status import Network, PostKind
from sharebot.values.tracking import Unobservable
from tests.trackers.contract import ALLIANCE, MEMBERS, look_at
from tests.trackers.stage_x import NoHttp, XStage
from tests.trackers.x_purse import Ledger

NOV = datetime(2026, 11, 16, tzinfo=UTC)


@pytest.fixture
async def stage() -> AsyncIterator[XStage]:
    async with XStage() as opened:
        yield opened


def test_without_a_token_nobody_looks() -> None:
    assert open_tracker(Settings(), NoHttp(), Ledger(0)) is None  # type: ignore[arg-type]


async def test_only_what_is_new_is_paid_for(stage: XStage) -> None:
    subject = stage.publish()
    stage.crowd(subject, 30)
    seen = await look_at(stage.tracker(), stage.look())
    before = dict(stage.purse.counted)
    stage.repost_as(MEMBERS[0], subject)
    await look_at(stage.tracker(), stage.look(seen.cursors))
    new = {name: n - before[name] for name, n in stage.purse.counted.items()}
    assert new == {"post": 1 + 2, "user": 2}  # the counts; the new repost and the one that was known
    assert stage.x.bill <= sum(stage.purse.spent.values())


async def test_no_repost_is_asked_for_while_the_count_stays(stage: XStage) -> None:
    subject = stage.publish()
    stage.crowd(subject, 3)
    seen = await look_at(stage.tracker(), stage.look())
    before = stage.server.paths().count(f"/2/tweets/{subject}/retweets")
    await look_at(stage.tracker(), stage.look(seen.cursors))
    assert stage.server.paths().count(f"/2/tweets/{subject}/retweets") == before == 1


async def test_a_quote_is_found_by_the_count_and_only_members_are_paid_for(stage: XStage) -> None:
    subject = stage.publish()
    stage.x.post(stage.x.account("stranger"), "Look", quotes=subject)
    quote = stage.x.post(stage.ids[MEMBERS[0]], "We agree", quotes=subject)
    seen = await look_at(stage.tracker(), stage.look())
    found = {post.external_id: post for post in seen.posts}
    assert (found[quote].kind, found[quote].subject_id) == (PostKind.QUOTE, subject)
    assert {post.author_id for post in seen.posts} <= set(stage.ids.values())


async def test_of_a_flood_only_the_newest_are_read(stage: XStage) -> None:
    subject = stage.publish()
    stage.crowd(subject, 1000)
    late = stage.repost_as(MEMBERS[0], subject)
    seen = await look_at(stage.tracker(), stage.look())
    assert late in seen.ids
    assert stage.purse.counted["user"] <= 20


async def test_a_post_that_becomes_searchable_late_is_not_lost(stage: XStage) -> None:
    stage.x.lag = timedelta(0)
    first = stage.post_as(MEMBERS[0])
    tracker, look = stage.tracker(), stage.look()
    late = stage.post_as(MEMBERS[1])
    newest = stage.post_as(MEMBERS[2])
    hidden = stage.x.posts.pop(late)
    now = stage.clock.now()
    seen = await look_at(tracker, replace(look, now=now))
    assert {first, newest} <= seen.ids
    stage.x.posts[late] = hidden
    assert late in (await look_at(tracker, stage.look(seen.cursors))).ids


async def test_a_new_account_makes_nobody_else_be_read_again(stage: XStage) -> None:
    stage.post_as(MEMBERS[0])
    seen = await look_at(stage.tracker(), stage.look())
    fifth = stage.ids[5] = stage.x.account("fifth")
    posted = stage.x.post(fifth, "Hello", link="https://alliance.example/a")
    again = await look_at(stage.tracker(), stage.look(seen.cursors))
    assert again.ids == {posted}


async def test_nothing_is_asked_when_nothing_is_left(stage: XStage) -> None:
    stage.purse.budget = 100_000
    with pytest.raises(Spent):
        await look_at(stage.tracker(), stage.look())
    assert stage.asked == 0


async def test_a_request_that_was_refused_costs_nothing_and_one_without_answer_stays_paid(stage: XStage) -> None:
    stage.break_with(503, body="<html>")
    with pytest.raises(TemporaryError):
        await look_at(stage.tracker(), stage.look())
    assert sum(stage.purse.spent.values()) == 0
    stage.break_with(200, body="<html>")
    with pytest.raises(TemporaryError):
        await look_at(stage.tracker(), stage.look())
    assert sum(stage.purse.spent.values()) > 0


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (402, {"title": "CreditsDepleted", "detail": "no credits", "type": "https://api.x.com/2/problems/credits"}),
        (403, {"title": "SpendCapReached", "detail": "until 2026-12-01"}),
        (429, {"title": "UsageCapExceeded", "type": "https://api.x.com/2/problems/usage-capped"}),
    ],
)
async def test_a_cap_of_x_itself_is_no_rate_limit(stage: XStage, status: int, problem: dict[str, str]) -> None:
    stage.break_with(status, body=json.dumps(problem))
    with pytest.raises(Spent, match=problem["title"]):
        await look_at(stage.tracker(), stage.look())


@pytest.mark.parametrize("reset", ["soon", "-1", "9" * 30, ""])
async def test_an_odd_reset_is_none(stage: XStage, reset: str) -> None:
    stage.break_with(429, headers={"x-rate-limit-reset": reset})
    with pytest.raises(RateLimited) as caught:
        await look_at(stage.tracker(), stage.look())
    assert caught.value.retry_after is None


async def test_its_own_limit_is_kept_by_the_stand_in(stage: XStage) -> None:
    stage.x.limits["/2/tweets/search/recent"] = 0
    with pytest.raises(RateLimited) as caught:
        await look_at(stage.tracker(), stage.look())
    assert caught.value.retry_after == timedelta(minutes=15)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope",
        b"HTTP/1.1 302 Found\r\nlocation: https://elsewhere.example/\r\ncontent-length: 0\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ],
)
async def test_an_answer_that_breaks_off_is_none(stage: XStage, said: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    part = X(bearer_token=SecretStr(stage.x.token), base_url=base_url)
    tracker = open_tracker(Settings(x=part), NoHttp(), Ledger(20_000_000))  # type: ignore[arg-type]
    assert tracker is not None
    with pytest.raises(TemporaryError):
        await look_at(tracker, stage.look())
    server.close()


async def test_a_worker_without_x_loads_nothing_of_it() -> None:
    code = "import sys, sharebot.trackers; sys.exit('tweepy' in sys.modules or 'requests' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    assert await process.wait() == 0


async def test_a_wrong_token_is_told_and_stays_secret(stage: XStage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    part = X(bearer_token=SecretStr("canary-token"), base_url=stage.server.base_url)
    tracker = open_tracker(Settings(x=part), NoHttp(), stage.purse)  # type: ignore[arg-type]
    assert tracker is not None
    with pytest.raises(TemporaryError, match="bearer token") as caught:
        await look_at(tracker, stage.look())
    assert "canary" not in caplog.text + repr(caught.value)


async def test_a_page_without_authors_is_not_taken_for_nobody(stage: XStage) -> None:
    stage.post_as(MEMBERS[0])
    stage.break_with(200, body=json.dumps({"data": [{"id": "123", "text": "x"}], "meta": {}}))
    seen = await look_at(stage.tracker(), stage.look())
    assert "vocabulary" in " ".join(seen.missed.values())
    assert not any(key.startswith("from:") for key in seen.cursors)


async def test_partial_errors_are_read_and_the_rest_is_used(stage: XStage) -> None:
    there, gone = stage.publish(), stage.publish()
    stage.delete(gone)
    seen = await look_at(stage.tracker(), stage.look())
    assert (seen.gone, set(seen.counts)) == ([gone], {there})


async def test_names_that_are_none_are_not_asked_for(stage: XStage) -> None:
    odd = [Watched(7, "no name"), Watched(8, "@" + "a" * 16), Watched(9, "@North")]
    found = await stage.tracker().identify(odd)
    assert {row: one.reason for row, one in found.items()} == {
        7: Unobservable.NOT_FOUND,
        8: Unobservable.NOT_FOUND,
        9: None,
    }
    assert [query.get("usernames") for _, query in stage.server.asked] == ["north"]


async def test_who_is_who_leaves_money_for_looking(stage: XStage) -> None:
    part = X(bearer_token=SecretStr(stage.x.token), base_url=stage.server.base_url, monthly_usd=1)
    tracker = open_tracker(Settings(x=part), NoHttp(), purse := Ledger(1_000_000))  # type: ignore[arg-type]
    assert tracker is not None
    found = await tracker.identify([Watched(row, f"party{row}") for row in range(130)])
    assert len(found) == 40
    assert purse.left() >= 600_000


async def test_a_link_that_names_no_post_is_not_asked_for(stage: XStage) -> None:
    assert await stage.tracker().look_up(PastedLink(Network.X, "https://x.com/a", "a", None), []) is None
    assert stage.asked == 0


async def test_an_own_account_that_is_hidden_is_told(stage: XStage) -> None:
    stage.protect_account(ALLIANCE)
    seen = await look_at(stage.tracker(), stage.look())
    assert seen.failed == {ALLIANCE: Unobservable.PROTECTED}


@pytest.mark.parametrize("size", [1, 40, 130])
def test_every_query_fits_and_every_account_is_asked_for_once(size: int) -> None:
    accounts = [Watched(row, f"party{row}", str(10**18 + row)) for row in range(size)]
    clause = ours(["alliance.example", "go.alliance.example"], [Watched(0, "the_alliance_15", "1", True)])
    made = list(shards(accounts, clause))
    assert [one for _, batch in made for one in batch] == accounts
    assert all(len(query) <= LONGEST for query, _ in made)


def test_many_hosts_and_odd_names_leave_room_for_accounts() -> None:
    hosts = [f"host{number}.alliance.example" for number in range(40)] + ['a" OR url:"b']
    clause = ours(hosts, [Watched(1, "no handle", "1", True)])
    assert "no handle" not in clause
    assert all(len(query) <= LONGEST for query, _ in shards([Watched(2, "north", str(10**18))], clause))
    assert ours([], []) == ""


def test_what_is_remembered_comes_back() -> None:
    state = Followed(NOV, 7, 6, 2, 1, NOV, 6, ("12", "11"))
    assert read_followed(write_followed("1", state), "1") == state


@pytest.mark.parametrize("value", ["", "x", "1;2;3", "1;2;3;4;5;6;-7;", "1;2;3;4;5;6;7", ";" * 7])
def test_a_cursor_that_cannot_be_read_is_none(value: str) -> None:
    assert read_followed({"post:1": value}, "1") == Followed()


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"id": 5, "author_id": "1"},
        {"id": "5"},
        {"id": "5", "author_id": "../1"},
        {"id": "0x5", "author_id": "1"},
    ],
)
def test_what_is_no_post_is_none(raw: dict[str, object]) -> None:
    assert read_post(raw) is None


def test_odd_fields_are_left_out() -> None:
    entities = {"urls": [3, {"expanded_url": 4}, {"expanded_url": "javascript:x"}, {"expanded_url": "https://a.org/"}]}
    raw = {"id": "5", "author_id": "6", "created_at": "long ago", "text": 7, "entities": entities}
    post = read_post(raw | {"referenced_tweets": [None, {"type": "quoted", "id": "x"}], "note_tweet": "y"})
    assert post is not None
    assert (post.links, post.text, post.kind, post.at) == (("https://a.org/",), "", PostKind.POST, instant_of("5"))


def test_a_long_post_is_read_whole() -> None:
    note = {"text": "long", "entities": {"urls": [{"expanded_url": "https://a.org/end"}]}}
    post = read_post({"id": "5", "author_id": "6", "text": "lo…", "note_post": note})
    assert post is not None
    assert (post.text, post.links) == ("long", ("https://a.org/end",))


def test_both_vocabularies_are_read() -> None:
    new = read_counts({"public_metrics": {"repost_count": 1, "quote_count": 2}})
    old = read_counts({"public_metrics": {"retweet_count": 1, "quote_count": 2}})
    assert new == old is not None
    assert read_counts({"public_metrics": []}) is None
    assert read_unseen({"errors": [1, {"type": 2}, {"type": "x/resource-not-found", "value": "A"}]}) == {
        "a": Unobservable.GONE
    }


def test_ids_tell_their_time() -> None:
    assert instant_of(str(id_at(NOV))) == NOV


def test_the_pace_slows_before_it_stops() -> None:
    half = share_of_month(NOV)
    assert half == 0.5
    left = {pace: int(20e6 * (1 - half - ahead)) for pace, ahead in ((1, 0), (3, 0.2), (12, 0.3))}
    assert [Money(20_000_000, one, NOV).pace for one in left.values()] == [Pace.USUAL, Pace.SLOW, Pace.ESSENTIAL]
    ahead = Money(20_000_000, left[3], NOV)
    assert (ahead.allows(Purpose.REPOSTS), ahead.allows(Purpose.COUNTS)) == (0, 0)
    assert ahead.allows(Purpose.SEARCH) == ahead.left
    assert Money(0, 0, NOV).pace is Pace.ESSENTIAL


def test_counts_are_read_less_often_as_a_post_grows_old() -> None:
    hours = [1, 3, 13, 49, 24 * 6]
    waits = []
    for age in hours:
        wait = 0
        while not is_count_due(timedelta(hours=age), NOV, NOV + timedelta(hours=wait), Pace.USUAL):
            wait += 1
        waits.append(wait)
    assert waits == [3, 3, 12, 48, 48]
    assert not is_count_due(timedelta(days=7), None, NOV, Pace.USUAL)


@pytest.mark.parametrize("query", ["", "(from:a", "a" * 513, "has:links", "()"])
def test_the_stand_in_refuses_what_is_no_query(stage_of_nobody: XStage, query: str) -> None:
    with pytest.raises(BadQuery):
        compile_query(stage_of_nobody.x, query)


@pytest.fixture
def stage_of_nobody() -> XStage:
    return XStage()
