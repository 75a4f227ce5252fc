"""Notifications of the Alliance's page: organisations are kept, persons never."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pydantic import SecretStr

from sharebot.config.settings import LinkedIn, Settings
from sharebot.errors import TemporaryError
from sharebot.trackers.linkedin import open_tracker, read_notification
from sharebot.trackers.seam import Watched
from sharebot.values.posts import PastedLink
from sharebot.values.status import Network, PostKind
from sharebot.values.tracking import Unobservable
from tests.trackers.contract import look_at
from tests.trackers.purses import Ledger
from tests.trackers.stage_linkedin import TOKEN, LinkedInStage, urn


@pytest.fixture
async def stage() -> AsyncIterator[LinkedInStage]:
    async with LinkedInStage() as opened:
        yield opened


async def test_shares_by_parties_are_reposts_and_with_words_quotes(stage: LinkedInStage) -> None:
    subject = stage.publish()
    bare = stage.repost_as(2, subject)
    spoken = stage.notify(urn(3), subject, text="Read https://alliance.example/story #Climate")
    mention = stage.notify(urn(4), "", text="With the Alliance", action="SHARE_MENTION")
    seen = {post.external_id: post for post in (await look_at(stage.tracker(), stage.look())).posts}
    assert (seen[bare].kind, seen[bare].author_id, seen[bare].subject_id) == (PostKind.REPOST, urn(2), subject)
    assert (seen[spoken].kind, seen[spoken].links) == (PostKind.QUOTE, ("https://alliance.example/story",))
    assert (seen[mention].kind, seen[mention].subject_id) == (PostKind.POST, None)
    assert seen[bare].at == stage.now


async def test_nothing_of_persons_or_strangers_is_kept(stage: LinkedInStage) -> None:
    subject = stage.publish()
    stage.crowd(subject, 60)
    stage.notify(urn(999), subject)
    stage.notify("urn:li:person:*", subject)
    seen = await look_at(stage.tracker(), stage.look())
    assert seen.posts == []
    assert "person" not in repr(seen)


async def test_the_request_has_the_documented_form(stage: LinkedInStage) -> None:
    await look_at(stage.tracker(), stage.look())
    (asked,) = stage.queries
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert (asked.headers["linkedin-version"], asked.headers["x-restli-protocol-version"]) == ("202610", "2.0.0")
    assert asked.query_params["actions"] == "List(SHARE,SHARE_MENTION)"
    assert asked.query_params["organizationalEntity"] == "urn:li:organization:1"
    start = int((stage.now - timedelta(days=60)).timestamp() * 1000)
    assert asked.query_params["timeRange"] == f"(start:{start},end:{int(stage.now.timestamp() * 1000)})"


async def test_the_next_look_begins_a_little_before_the_last_ended(stage: LinkedInStage) -> None:
    first = await look_at(stage.tracker(), stage.look())
    before = stage.now
    stage.publish()
    await look_at(stage.tracker(), stage.look(first.cursors))
    start = int((before - timedelta(hours=6)).timestamp() * 1000)
    assert stage.queries[-1].query_params["timeRange"].startswith(f"(start:{start},")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (
            426,
            '{"status": 426, "code": "NONEXISTENT_VERSION", "message": "Requested version is not active"}',
            "newer month",
        ),
        (400, '{"message": "Invalid version 202401"}', "newer month"),
        (401, "{}", "set linkedin.token"),
        (403, '{"message": "Not enough permissions"}', "rw_organization_admin"),
        (404, "<html>", "answered 404"),
        (400, '{"message": 7}', "answered 400"),
    ],
)
async def test_refusals_say_what_staff_can_do(stage: LinkedInStage, status: int, body: str, words: str) -> None:
    stage.break_with(status, body=body)
    with pytest.raises(TemporaryError, match=words) as caught:
        await look_at(stage.tracker(), stage.look())
    assert TOKEN not in f"{caught.value!r} {caught.value.__cause__!r}"


async def test_a_page_is_registered_by_number_urn_name_or_address(stage: LinkedInStage) -> None:
    handles = ["2", urn(2), "party2", "https://www.linkedin.com/company/party2/", "nobody", "a b"]
    found = await stage.tracker().identify([Watched(row, handle) for row, handle in enumerate(handles)])
    assert [found[row].external_id for row in range(6)] == [urn(2)] * 4 + [None, None]
    assert found[4].reason is found[5].reason is Unobservable.NOT_FOUND


async def test_what_cannot_be_asked_is_never_called_gone(stage: LinkedInStage) -> None:
    with pytest.raises(TemporaryError):
        await stage.tracker().look_up(PastedLink(Network.LINKEDIN, "https://www.linkedin.com/posts/x"), [])
    assert await stage.tracker().recheck([]) == {}


@pytest.mark.parametrize("part", [LinkedIn(), LinkedIn(token=SecretStr("t")), LinkedIn(organization="1")])
async def test_without_token_and_page_there_is_no_tracker(stage: LinkedInStage, part: LinkedIn) -> None:
    assert open_tracker(Settings(linkedin=part), stage.fetcher, Ledger()) is None


@pytest.mark.parametrize(
    "element",
    [
        None,
        [],
        {"action": "SHARE"},
        {"decoratedGeneratedActivity": {"share": {"owner": urn(2), "entity": "javascript:alert(1)"}}},
        {"decoratedGeneratedActivity": {"share": {"owner": [urn(2)], "entity": "urn:li:share:1"}}},
        {"decoratedGeneratedActivity": "x", "generatedActivity": "urn:li:share:1"},
    ],
)
def test_a_damaged_notification_is_none(element: object) -> None:
    assert read_notification(element, watched=frozenset({urn(2)})) is None
