"""What holds for every tracker, played on each network's own stage over real HTTP."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import pytest

from sharebot.errors import RateLimited, TemporaryError
from sharebot.trackers import TRACKERS
from sharebot.trackers.seam import Watched
from sharebot.values.status import Network
from sharebot.values.tracking import Unobservable
from tests.trackers.contract import MEMBERS, Seen, Stage, Trait, ids_of, look_at
from tests.trackers.stage_bluesky import BlueskyStage
from tests.trackers.stage_linkedin import LinkedInStage
from tests.trackers.stage_mastodon import MastodonStage
from tests.trackers.stage_websites import WebsitesStage
from tests.trackers.stage_x import XStage
from tests.trackers.stage_youtube import YouTubeStage

STAGES: Mapping[Network, Callable[[], Stage]] = {
    Network.BLUESKY: BlueskyStage,
    Network.MASTODON: MastodonStage,
    Network.YOUTUBE: YouTubeStage,
    Network.WEBSITE: WebsitesStage,
    Network.LINKEDIN: LinkedInStage,
    Network.X: XStage,
}

Test = TypeVar("Test", bound=Callable[..., object])
_BROKEN = (
    (500, "<html>Internal Server Error</html>"),
    (502, "<html>Bad Gateway</html>"),
    (503, ""),
    (200, "<html>Be right back</html>"),
    (200, '{"feed": ['),
    (200, '"text"'),
    (200, "[" * 50_000),
    (200, '{"data": 7, "feed": 7, "posts": "x", "items": null}'),
    (200, "\x00\x01"),
    (200, ""),
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "stage" in metafunc.fixturenames:
        needed: frozenset[Trait] = getattr(metafunc.function, "needs", frozenset())
        able = [network for network in STAGES if needed <= STAGES[network]().has]
        metafunc.parametrize("stage", able, indirect=True, ids=[network.value for network in able])


@pytest.fixture
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with STAGES[request.param]() as opened:
        yield opened


def needs(*traits: Trait) -> Callable[[Test], Test]:
    def mark(test: Test) -> Test:
        test.needs = frozenset(traits)  # type: ignore[attr-defined]
        return test

    return mark


def test_every_tracker_has_its_stage() -> None:
    assert set(STAGES) == set(TRACKERS)


@needs(Trait.FEEDS)
async def test_each_members_post_is_seen_once_with_its_author(stage: Stage) -> None:
    written = {stage.post_as(member) for member in MEMBERS}
    seen = await look_at(stage.tracker(), stage.look())
    assert seen.ids >= written
    assert len(seen.posts) == len(seen.ids)
    assert set(MEMBERS) <= seen.seen
    assert (seen.failed, seen.missed) == ({}, {})
    assert {post.network for post in seen.posts} == {stage.network}


@needs(Trait.FEEDS)
async def test_a_feed_is_paged_to_what_is_known(stage: Stage) -> None:
    first = {stage.post_as(MEMBERS[0], f"Number {number}") for number in range(2 * stage.page + 1)}
    before = stage.asked
    seen = await look_at(stage.tracker(), stage.look())
    for_all = stage.asked - before
    assert seen.ids >= first
    fresh = {stage.post_as(MEMBERS[0], "Fresh"), stage.post_as(MEMBERS[1], "Also fresh")}
    before = stage.asked
    again = await look_at(stage.tracker(), stage.look(seen.cursors))
    assert again.ids >= fresh
    assert stage.asked - before <= for_all


@needs(Trait.REPOSTS)
async def test_reposts_are_paged_through_a_crowd_and_only_members_are_told(stage: Stage) -> None:
    subject = stage.publish()
    early = stage.repost_as(MEMBERS[0], subject)
    stage.crowd(subject, 2 * stage.page)
    late = stage.repost_as(MEMBERS[1], subject)
    seen = await look_at(stage.tracker(), stage.look())
    reposts = [post for post in seen.posts if post.subject_id == subject]
    assert {early, late} == {post.external_id for post in reposts}
    again = await look_at(stage.tracker(), stage.look(seen.cursors))
    assert {post.external_id for post in again.posts if post.subject_id == subject} <= {early, late}


@needs(Trait.REPOSTS)
async def test_a_repost_that_comes_later_is_found(stage: Stage) -> None:
    subject = stage.publish()
    seen = await look_at(stage.tracker(), stage.look())
    stage.crowd(subject, 3)
    seen = await look_at(stage.tracker(), stage.look(seen.cursors))
    late = stage.repost_as(MEMBERS[2], subject)
    seen = await look_at(stage.tracker(), stage.look(seen.cursors))
    assert late in seen.ids


async def test_a_crash_after_any_part_loses_nothing(stage: Stage) -> None:
    wanted = _busy_day(stage)
    whole = await look_at(stage.tracker(), stage.look())
    assert whole.ids >= wanted
    for parts in range(whole.parts):
        first = await look_at(stage.tracker(), stage.look(), parts=parts)
        second = await look_at(stage.tracker(), stage.look(first.cursors))
        assert first.ids | second.ids == whole.ids, parts
        assert not first.twice | second.twice, parts


@needs(Trait.WHOLE)
async def test_a_429_is_raised_with_its_wait_or_without(stage: Stage) -> None:
    _busy_day(stage)
    stage.break_with(429)
    with pytest.raises(RateLimited) as caught:
        await look_at(stage.tracker(), stage.look())
    assert caught.value.retry_after is None
    if Trait.RESET in stage.has:
        stage.break_with(429, headers=stage.reset_headers(120))
        with pytest.raises(RateLimited) as caught:
            await look_at(stage.tracker(), stage.look())
        assert caught.value.retry_after is not None
        assert timedelta(seconds=118) <= caught.value.retry_after <= timedelta(seconds=122)


@pytest.mark.parametrize(("status", "body"), _BROKEN)
async def test_servers_in_trouble_are_nobodys_fault_and_lose_nothing(stage: Stage, status: int, body: str) -> None:
    wanted = _busy_day(stage)
    stage.break_with(status, body=body)
    seen = Seen()
    with _allowed(TemporaryError, is_due=Trait.WHOLE in stage.has):
        await look_at(stage.tracker(), stage.look(), seen=seen)
    assert seen.failed == {}
    stage.mend()
    after = await look_at(stage.tracker(), stage.look(seen.cursors))
    assert seen.ids | after.ids >= wanted


async def test_one_bad_answer_stops_no_other_account(stage: Stage) -> None:
    wanted = _busy_day(stage)
    stage.break_with(502, body="<html>Bad Gateway</html>", times=1)
    first = Seen()
    with _allowed(TemporaryError):
        await look_at(stage.tracker(), stage.look(), seen=first)
    assert first.failed == {}
    assert len(first.missed) <= 1
    second = await look_at(stage.tracker(), stage.look(first.cursors))
    assert first.ids | second.ids >= wanted


@needs(Trait.FEEDS, Trait.GONE)
async def test_an_account_that_is_gone_fails_alone(stage: Stage) -> None:
    written = {member: stage.post_as(member) for member in MEMBERS}
    stage.lose_account(MEMBERS[0])
    tracker, look = stage.tracker(), stage.look()
    seen = await look_at(tracker, look)
    found = await tracker.identify([one for one in look.accounts if one.account_id == MEMBERS[0]])
    told = {row: one.reason for row, one in found.items() if one.reason} | seen.failed
    assert told == {MEMBERS[0]: told[MEMBERS[0]]}
    assert told[MEMBERS[0]] in {Unobservable.GONE, Unobservable.NOT_FOUND}
    assert {written[member] for member in MEMBERS[1:]} <= seen.ids


@needs(Trait.FEEDS, Trait.PROTECTED)
async def test_an_account_that_is_protected_fails_alone_and_is_not_read(stage: Stage) -> None:
    written = {member: stage.post_as(member) for member in MEMBERS}
    stage.protect_account(MEMBERS[1])
    tracker, look = stage.tracker(), stage.look()
    seen = await look_at(tracker, look)
    found = await tracker.identify([one for one in look.accounts if one.account_id == MEMBERS[1]])
    told = {row: one.reason for row, one in found.items() if one.reason} | seen.failed
    assert told == {MEMBERS[1]: Unobservable.PROTECTED}
    assert written[MEMBERS[1]] not in seen.ids
    assert {written[MEMBERS[0]], written[MEMBERS[2]]} <= seen.ids


@needs(Trait.IDENTIFY)
async def test_handles_become_ids_and_strangers_are_not_found(stage: Stage) -> None:
    known = {one.account_id: one for one in stage.look().accounts}
    fresh = [Watched(row, one.handle, None, one.is_own) for row, one in known.items()]
    nobody = Watched(99, fresh[-1].handle.replace(fresh[-1].handle[:3], "nobody", 1))
    found = await stage.tracker().identify([*fresh, nobody])
    assert {row: ids_of(found)[row] for row in known} == {row: one.external_id for row, one in known.items()}
    assert found[99].external_id is None
    assert found[99].reason is Unobservable.NOT_FOUND


@needs(Trait.IDENTIFY, Trait.RENAME)
async def test_a_renamed_account_keeps_its_id(stage: Stage) -> None:
    before = {one.account_id: one for one in stage.look().accounts}[MEMBERS[0]]
    now_called = stage.rename(MEMBERS[0])
    found = (await stage.tracker().identify([before]))[MEMBERS[0]]
    assert (found.external_id, found.handle, found.reason) == (before.external_id, now_called, None)


@needs(Trait.LOOK_UP, Trait.FEEDS)
async def test_a_pasted_post_is_looked_up_with_its_author(stage: Stage) -> None:
    there, gone = stage.post_as(MEMBERS[0], "There"), stage.post_as(MEMBERS[0], "Gone")
    accounts = [one for one in stage.look().accounts if one.account_id == MEMBERS[0]]
    there_link, gone_link = stage.link(there), stage.link(gone)
    stage.delete(gone)
    found = await stage.tracker().look_up(there_link, accounts)
    assert found is not None
    assert (found.external_id, found.author_id) == (there, accounts[0].external_id)
    assert await stage.tracker().look_up(gone_link, accounts) is None


@needs(Trait.RECHECK, Trait.FEEDS)
async def test_a_deleted_post_is_found_out(stage: Stage) -> None:
    there, gone = stage.post_as(MEMBERS[0]), stage.post_as(MEMBERS[1])
    known = [stage.known(there), stage.known(gone)]
    stage.delete(gone)
    assert await stage.tracker().recheck(known) == {there: True, gone: False}


@needs(Trait.RECHECK, Trait.REPOSTS, Trait.UNDO)
async def test_an_undone_repost_is_found_out(stage: Stage) -> None:
    subject = stage.publish()
    there, gone = stage.repost_as(MEMBERS[0], subject), stage.repost_as(MEMBERS[1], subject)
    known = [stage.known(there), stage.known(gone)]
    stage.delete(gone)
    assert await stage.tracker().recheck(known) == {there: True, gone: False}


@needs(Trait.RECHECK, Trait.FEEDS)
async def test_nothing_counts_as_deleted_while_servers_are_in_trouble(stage: Stage) -> None:
    known = [stage.known(stage.post_as(MEMBERS[0]))]
    for status, body in _BROKEN:
        stage.break_with(status, body=body)
        with _allowed(TemporaryError):
            assert False not in (await stage.tracker().recheck(known)).values()
        with _allowed(TemporaryError):
            found = await stage.tracker().identify(list(stage.look().accounts))
            assert {identity.reason for identity in found.values()} <= {None}


@needs(Trait.COUNTS)
async def test_counts_of_an_own_post_are_told(stage: Stage) -> None:
    subject = stage.publish()
    if Trait.REPOSTS in stage.has:
        stage.crowd(subject, 3)
    seen = await look_at(stage.tracker(), stage.look())
    assert subject in seen.counts
    if Trait.REPOSTS in stage.has:
        assert seen.counts[subject].reposts == 3


def _busy_day(stage: Stage) -> set[str]:
    wanted = set()
    if Trait.FEEDS in stage.has:
        wanted |= {stage.post_as(member, f"Number {number}") for member in MEMBERS for number in range(2)}
    if Trait.REPOSTS in stage.has or Trait.COUNTS in stage.has:
        subjects = [stage.publish(), stage.publish()]
        if Trait.REPOSTS in stage.has:
            wanted |= {stage.repost_as(member, subject) for member in MEMBERS[:2] for subject in subjects}
    return wanted


@contextmanager
def _allowed(kind: type[Exception], *, is_due: bool = False) -> Iterator[None]:
    """Let an error of that kind pass; demand it when `is_due`."""
    try:
        yield
    except kind:
        return
    assert not is_due, "the look should have ended in an error"
