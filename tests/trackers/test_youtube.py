"""The Alliance's own videos: what is new, what is counted, and the day's quota."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sharebot.config.settings import Settings
from sharebot.errors import RateLimited, Spent, TemporaryError
from sharebot.trackers.seam import Watched
from sharebot.trackers.youtube import open_tracker
from sharebot.trackers.youtube_views import read_counts, read_upload, read_video
from sharebot.values.posts import Counts, PastedLink
from sharebot.values.status import Network
from sharebot.values.tracking import Unobservable
from tests.trackers.contract import ALLIANCE, MEMBERS, look_at
from tests.trackers.purses import Ledger
from tests.trackers.stage_youtube import YouTubeStage

CANARY = "AIza-canary-of-no-value"


@pytest.fixture
async def stage() -> AsyncIterator[YouTubeStage]:
    async with YouTubeStage() as opened:
        yield opened


def refused(reason: str) -> str:
    return f'{{"error": {{"code": 403, "message": "no", "errors": [{{"reason": "{reason}"}}]}}}}'


async def test_own_uploads_become_posts_with_their_links_and_members_are_not_asked(stage: YouTubeStage) -> None:
    stage.post_as(MEMBERS[0])
    published = [stage.publish() for _ in range(2 * stage.page + 1)]
    seen = await look_at(stage.tracker(), stage.look())
    assert {post.external_id for post in seen.posts} == set(published)
    assert {post.author_id for post in seen.posts} == {stage.channels[ALLIANCE]}
    assert {post.links for post in seen.posts} == {("https://alliance.example/story",)}
    assert seen.posts[0].url == f"https://www.youtube.com/watch?v={published[-1]}"
    assert seen.seen == {ALLIANCE}


async def test_uploads_are_read_no_further_back_than_asked(stage: YouTubeStage) -> None:
    for _ in range(20):
        stage.publish()
    late = stage.clock.now() + timedelta(days=2)
    stage.clock.move_to(late)
    fresh = stage.publish()
    stage.subjects.clear()
    before = stage.asked
    seen = await look_at(stage.tracker(), replace(stage.look(), since=late - timedelta(days=1)))
    assert (seen.ids, stage.asked - before) == ({fresh}, 1)


async def test_fifty_videos_are_counted_for_one_unit_and_deleted_ones_are_told(stage: YouTubeStage) -> None:
    videos = [stage.publish() for _ in range(50)]
    stage.delete(videos[7])
    stage.clock.move_to(stage.clock.now() + timedelta(hours=20))
    stage.purse.spent.clear()
    seen = await look_at(stage.tracker(), replace(stage.look(), accounts=[]))
    assert dict(stage.purse.spent) == {"unit": 1}
    assert (len(seen.counts), seen.gone) == (49, [videos[7]])
    assert seen.counts[videos[0]] == Counts(replies=1, likes=7, views=140)


async def test_the_days_units_are_kept_over_a_restart_and_free_again_at_pacific_midnight(stage: YouTubeStage) -> None:
    stage.publish()
    seen = await look_at(stage.tracker(daily_units=2), stage.look())
    assert seen.cursors["units"] == "2026-11-23 2"
    with pytest.raises(Spent, match="2 units"):
        await look_at(stage.tracker(daily_units=2), stage.look(seen.cursors))
    # Half past eleven there, then half past twelve.
    stage.clock.move_to(datetime(2026, 11, 24, 7, 30, tzinfo=UTC))
    with pytest.raises(Spent):
        await look_at(stage.tracker(daily_units=2), stage.look(seen.cursors))
    stage.clock.move_to(datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    after = await look_at(stage.tracker(daily_units=2), stage.look(seen.cursors))
    assert after.cursors["units"] == "2026-11-24 2"


async def test_a_quota_that_others_used_up_ends_the_look(stage: YouTubeStage) -> None:
    stage.world.quota = 1
    stage.publish()
    with pytest.raises(Spent, match="YouTube says"):
        await look_at(stage.tracker(), stage.look())


@pytest.mark.parametrize(
    ("status", "reason", "kind", "words"),
    [
        (403, "dailyLimitExceeded", Spent, "quota"),
        (403, "rateLimitExceeded", RateLimited, "too many"),
        (403, "accessNotConfigured", TemporaryError, "youtube.api_key"),
        (400, "keyInvalid", TemporaryError, "youtube.api_key"),
        (403, "forbidden", TemporaryError, "answered 403"),
        (400, "API_KEY_INVALID", TemporaryError, "youtube.api_key"),
    ],
)
async def test_refusals_are_told_apart(
    stage: YouTubeStage, status: int, reason: str, kind: type[TemporaryError], words: str
) -> None:
    stage.publish()
    stage.break_with(status, body=refused(reason))
    with pytest.raises(kind, match=words):
        await look_at(stage.tracker(), stage.look())


async def test_the_key_is_in_no_address_error_or_log(stage: YouTubeStage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    stage.publish()
    asked: list[str] = []
    get = stage.fetcher.get

    async def keep(url: str, **more: object) -> object:
        asked.append(url)
        return await get(url, **more)  # type: ignore[arg-type]

    stage.fetcher.get = keep  # type: ignore[method-assign, assignment]
    with pytest.raises(TemporaryError) as caught:
        await look_at(stage.tracker(key=CANARY), stage.look())
    assert asked
    assert CANARY not in f"{asked} {caught.value!r} {caught.value.__cause__!r} {caplog.text}"


async def test_a_channel_without_uploads_is_seen_and_a_closed_one_is_gone(stage: YouTubeStage) -> None:
    assert (await look_at(stage.tracker(), stage.look())).seen == {ALLIANCE}
    stage.lose_account(ALLIANCE)
    seen = await look_at(stage.tracker(), stage.look())
    assert seen.failed == {ALLIANCE: Unobservable.GONE}


async def test_channels_are_known_by_id_or_handle(stage: YouTubeStage) -> None:
    channel = stage.channels[MEMBERS[0]]
    asked = [
        Watched(1, "@Party3"),
        Watched(2, channel),
        Watched(3, "no handle at all"),
        Watched(4, "x", "UC" + "x" * 22),
    ]
    found = await stage.tracker().identify(asked)
    assert (found[1].external_id, found[1].handle) == (stage.channels[3], "party3")
    assert (found[2].external_id, found[2].handle) == (channel, channel)
    assert (found[3].external_id, found[3].reason) == (None, Unobservable.NOT_FOUND)
    assert found[4].reason is Unobservable.GONE


async def test_a_pasted_video_is_looked_up_with_its_channel(stage: YouTubeStage) -> None:
    there, gone = stage.post_as(MEMBERS[0], "See https://alliance.example/story #Climate"), stage.post_as(MEMBERS[0])
    link, lost = stage.link(there), stage.link(gone)
    stage.delete(gone)
    known = [Watched(2, "party2", stage.channels[2])]
    found = await stage.tracker().look_up(link, known)
    assert found is not None
    assert (found.author_id, found.links) == (stage.channels[2], ("https://alliance.example/story",))
    assert found.hashtags == ("Climate",)
    assert await stage.tracker().look_up(lost, known) is None
    assert await stage.tracker().look_up(PastedLink(Network.YOUTUBE, "https://www.youtube.com/@x", "x"), known) is None


async def test_deleted_videos_are_found_out(stage: YouTubeStage) -> None:
    there, gone = stage.publish(), stage.publish()
    known = [stage.known(there), stage.known(gone)]
    stage.delete(gone)
    assert await stage.tracker().recheck(known) == {there: True, gone: False}


async def test_without_a_key_there_is_no_tracker(stage: YouTubeStage) -> None:
    assert open_tracker(Settings(), stage.fetcher, Ledger()) is None


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"contentDetails": None, "snippet": []},
        {"contentDetails": {"videoId": "../../etc/p"}},
        {"contentDetails": {"videoId": 7}},
        {"contentDetails": {"videoId": "a" * 11}, "snippet": {"videoOwnerChannelId": "UC" + "z" * 22}},
    ],
)
def test_a_damaged_or_foreign_upload_is_none(item: dict[str, object]) -> None:
    assert read_upload(item, "UC" + "a" * 22) is None
    assert read_video(item) is None


@pytest.mark.parametrize("value", ["-1", "1e9", "", "9" * 30, None, True, 1.5, [], "٣"])
def test_a_count_that_is_none_is_left_out(value: object) -> None:
    assert read_counts({"statistics": {"viewCount": value}}) == Counts()
