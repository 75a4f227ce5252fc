"""What we ask of X, and what our stand-in answers, is what X's own specification says."""

from collections.abc import AsyncIterator

import pytest

from sharebot.trackers.x_queries import LONGEST
from tests.trackers.contract import ALLIANCE, MEMBERS, look_at
from tests.trackers.stage_x import XStage
from tests.trackers.x_spec import faults_of, faults_of_answer, needs_spec


@pytest.fixture
async def stage() -> AsyncIterator[XStage]:
    async with XStage() as opened:
        yield opened


async def live(stage: XStage) -> None:
    """Let every kind of request be made, with second pages, known ids and partial errors."""
    tracker, subject = stage.tracker(), stage.publish()
    stage.repost_as(MEMBERS[0], subject)
    stage.crowd(subject, 110)
    stage.x.post(stage.ids[MEMBERS[1]], "We agree, @alliance", quotes=subject)
    for number in range(60):
        stage.post_as(MEMBERS[2], f"Number {number} #now")
    seen = await look_at(tracker, stage.look())
    stage.repost_as(MEMBERS[1], subject)
    stage.publish()
    seen = await look_at(tracker, stage.look(seen.cursors))
    stage.protect_account(MEMBERS[1])
    known = [stage.known(post.external_id) for post in seen.posts if post.author_id != stage.ids[ALLIANCE]]
    gone = stage.known(stage.post_as(MEMBERS[2]))
    stage.delete(gone.external_id)
    await stage.tracker().recheck([*known, gone])
    accounts = list(stage.look().accounts)
    await tracker.identify(accounts)
    await tracker.identify([type(one)(one.account_id, one.handle) for one in accounts])
    await tracker.look_up(stage.link(subject), [])


@needs_spec
async def test_every_request_is_valid(stage: XStage) -> None:
    await live(stage)
    asked = stage.server.asked
    assert {path.rsplit("/", 1)[1] for path, _ in asked} == {"tweets", "retweets", "recent", "users", "by"}
    assert [fault for path, query in asked for fault in faults_of(path, query)] == []
    assert all(len(query.get("query", "")) <= LONGEST for _, query in asked)
    assert any("next_token" in query for _, query in asked)
    assert any("pagination_token" in query for _, query in asked)
    assert any("since_id" in query for _, query in asked)


@needs_spec
async def test_every_answer_of_the_stand_in_has_the_specified_shape(stage: XStage) -> None:
    await live(stage)
    partial = 0
    for path, said in stage.server.said:
        partial += "errors" in said
        assert list(faults_of_answer(path, said)) == [], path
    assert partial


@needs_spec
@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/2/tweets", {}),
        ("/2/tweets", {"ids": "abc"}),
        ("/2/tweets", {"ids": ",".join(str(number) for number in range(1, 102))}),
        ("/2/tweets", {"ids": "1", "tweet.fields": "author_id"}),
        ("/2/tweets", {"ids": "1", "post.fields": "author_id"}),
        ("/2/tweets/1/retweets", {"max_results": "101"}),
        ("/2/tweets/search/recent", {"query": "a", "max_results": "9"}),
        ("/2/tweets/search/recent", {"query": "a", "since_id": "1", "start_time": "2026-11-20T08:00:00Z"}),
        ("/2/tweets/search/recent", {"query": "a", "start_time": "yesterday"}),
        ("/2/nothing", {}),
    ],
)
def test_a_wrong_request_is_found_out(path: str, query: dict[str, str]) -> None:
    assert list(faults_of(path, query))
