"""Deleted posts and undone reposts count no more, and come back under their old number when they are seen again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from sharebot.models import Delivery, LostReshare, ObservedPost, PostCount, Reshare, WebhookCall
from sharebot.store import confirming, erasure, reshares
from sharebot.store.answers import record_answer
from sharebot.store.database import Database
from sharebot.store.findings import add_finding, finding_of
from sharebot.store.lost import find_again, lose_posts
from sharebot.store.rechecks import MOST, PAUSE, list_due, match_again, record
from sharebot.store.webhooks import add_webhook
from sharebot.values.api import WebhookEvent
from sharebot.values.posts import Post
from sharebot.values.status import AnswerKind, Evidence, PostKind
from tests.cast import NOW
from tests.store.test_reshares import HOUR, PAGE, SHORT, SKY, observe, post, shares, watched

__all__ = ["watched"]

DAY = timedelta(days=1)
SEEN_AT = NOW + HOUR


def lose(database: Database, *posts: Post, now: Any = NOW + DAY) -> int:
    with database.write() as session:
        return lose_posts(session, SKY, [one.external_id for one in posts], now=now)


def rows(database: Database, model: type[SQLModel]) -> list[Any]:
    with database.read() as session:
        return list(session.exec(select(model)).all())


def test_a_deleted_post_loses_its_count_and_keeps_its_history(watched: Database) -> None:
    observe(watched, post())
    (share,) = shares(watched)
    assert lose(watched, post()) == 1
    assert shares(watched) == []
    (lost,) = rows(watched, LostReshare)
    assert (lost.reshare_id, lost.gone_at) == (share.id, NOW + DAY)
    assert {**lost.model_dump(), "id": lost.reshare_id}.items() >= share.model_dump().items()
    (seen,) = rows(watched, ObservedPost)
    assert (seen.gone_at, seen.links) == (NOW + DAY, ""), "of what its author took back little is kept"
    assert lose(watched, post()) == 0, "it is lost once"


def test_seen_again_it_counts_under_its_old_number_though_others_came_meanwhile(watched: Database) -> None:
    observe(watched, post(number=1))
    (before,) = shares(watched)
    lose(watched, post(number=1))
    observe(watched, post(number=2))
    assert [one.id for one in shares(watched)] != [before.id], "SQLite would give the number out again"
    assert observe(watched, post(number=1)) == reshares.Added(0, 1)
    assert before.model_dump() in [one.model_dump() for one in shares(watched)]
    assert (len(shares(watched)), rows(watched, LostReshare)) == (2, [])
    assert lose(watched, post(number=1)) == 1, "and is lost again"
    assert lose(watched, post(number=1)) == 0


def test_it_is_told_of_once(watched: Database) -> None:
    with watched.write() as session:
        add_webhook(session, "https://hooks.example/", [WebhookEvent.RESHARE_FOUND], now=NOW)
    for _ in range(2):
        observe(watched, post(number=1), post(number=2))
        lose(watched, post(number=1))
    assert len(rows(watched, WebhookCall)) == 2


def test_another_post_of_the_same_item_counts_on(watched: Database) -> None:
    observe(watched, post(number=1), post(number=2))
    lose(watched, post(number=1))
    assert [one.key.rpartition("/")[2] for one in shares(watched)] == ["2"]


def test_the_officers_word_stays_until_the_post_is_there_again(watched: Database) -> None:
    with watched.write() as session:
        record_answer(session, session.get_one(Delivery, 1), AnswerKind.SHARED, now=NOW)
    observe(watched, post())
    (before,) = shares(watched)
    assert before.evidence is Evidence.OBSERVED
    lose(watched, post())
    assert [(one.evidence, one.delivery_id, one.url) for one in shares(watched)] == [(Evidence.CLAIMED, 1, None)]
    with watched.write() as session:
        assert find_again(session, SKY, [post().external_id], now=NOW + DAY) == 1
    assert [one.model_dump() for one in shares(watched)] == [before.model_dump()]


def test_a_repost_that_went_with_our_own_post_was_not_undone(watched: Database) -> None:
    own = post("alliance", 7)
    kept = post("north", 8, links=(), kind=PostKind.REPOST, subject_id=own.external_id)
    undone = post("south", 9, links=(), kind=PostKind.REPOST, subject_id=own.external_id)
    quote = post("south", 10, links=(), kind=PostKind.QUOTE, subject_id=own.external_id)
    observe(watched, own, kept, undone, quote)
    assert lose(watched, undone) == 1
    assert lose(watched, own, kept, quote) == 1, "a quote stands without what it quotes: its author deleted it"
    assert [one.member_id for one in shares(watched)] == [1]
    assert [one.gone_at is None for one in rows(watched, ObservedPost)] == [False] * 4


def test_a_post_found_again_never_takes_a_number_or_a_key_that_counts(watched: Database) -> None:
    observe(watched, post())
    (share,) = shares(watched)
    lose(watched, post())
    with watched.write() as session:
        again = finding_of(share)
        assert add_finding(session, again, now=NOW + DAY)
        assert find_again(session, SKY, [post().external_id], now=NOW + DAY) == 0
    assert [one.id for one in shares(watched)] == [share.id]
    assert rows(watched, LostReshare) == []


def test_posts_are_looked_for_after_a_day_and_a_week_and_then_never(watched: Database) -> None:
    observe(watched, post(), post("alliance", 7), post("alliance", 8, links=("https://else.example/",)))
    assert [len(due(watched, SEEN_AT + after)) for after in (23 * HOUR, DAY, 7 * DAY)] == [0, 2, 2]
    look_for(watched, {post().external_id: True}, now=SEEN_AT + DAY)
    assert due(watched, SEEN_AT + DAY) == []
    found = {one.external_id: one for one in rows(watched, ObservedPost)}
    mine, own, other = (found[one.external_id] for one in (post(), post("alliance", 7), post("alliance", 8)))
    assert (mine.checks, mine.check_at) == (1, SEEN_AT + 7 * DAY)
    assert (own.checks, own.check_at, own.gone_at) == (0, SEEN_AT + DAY + PAUSE, None), "it could not be asked for"
    assert other.check_at is None, "it presents nothing"
    look_for(watched, {post().external_id: True}, now=SEEN_AT + 7 * DAY)
    look_for(watched, {}, now=SEEN_AT + 14 * DAY)
    assert due(watched, SEEN_AT + 99 * DAY) == []
    assert len(shares(watched)) == 1


def due(database: Database, now: Any) -> list[str]:
    with database.read() as session:
        return [one.post.external_id for one in list_due(session, SKY, now=now)]


def look_for(database: Database, found: dict[str, bool], *, now: Any) -> tuple[int, int]:
    with database.write() as session:
        return record(session, SKY, list_due(session, SKY, now=now), found, now=now)


def test_what_was_gone_for_a_day_is_found_in_the_week(watched: Database) -> None:
    observe(watched, post())
    assert look_for(watched, {post().external_id: False}, now=SEEN_AT + DAY) == (1, 0)
    assert shares(watched) == []
    assert look_for(watched, {post().external_id: True}, now=SEEN_AT + 7 * DAY) == (0, 1)
    assert len(shares(watched)) == 1


def test_our_own_post_is_asked_for_beside_its_reposts(watched: Database) -> None:
    own = post("alliance", 7)
    repost = post("south", 8, links=(), kind=PostKind.REPOST, subject_id=own.external_id)
    observe(watched, own)
    with watched.write() as session:
        reshares.add_posts(session, [repost], short_base=SHORT, now=SEEN_AT + 3 * HOUR)
        session.exec(select(ObservedPost).where(ObservedPost.external_id == own.external_id)).one().check_at = None
    assert due(watched, SEEN_AT + DAY + 3 * HOUR) == [own.external_id, repost.external_id]
    gone = {own.external_id: False, repost.external_id: False}
    assert look_for(watched, gone, now=SEEN_AT + DAY + 3 * HOUR) == (0, 0)
    assert len(shares(watched)) == 1


def test_a_hundred_are_asked_for_at_a_time(watched: Database) -> None:
    observe(watched, *(post(number=number) for number in range(MOST + 20)))
    assert len(due(watched, SEEN_AT + DAY)) == MOST


def test_our_own_post_that_came_before_its_item_presents_it_later(watched: Database) -> None:
    own = post("alliance", 7, links=("https://alliance.example/later",))
    repost = post("south", 8, links=(), kind=PostKind.REPOST, subject_id=own.external_id)
    observe(watched, own)
    with watched.write() as session:
        assert match_again(session, SKY, short_base=SHORT, now=SEEN_AT) == 0
        session.exec(select(ObservedPost)).one().links = PAGE
    with watched.write() as session:
        assert match_again(session, SKY, short_base=SHORT, now=SEEN_AT) == 1
    assert observe(watched, repost).reshares == 1


def test_forgetting_an_account_or_an_officer_minds_what_was_lost(watched: Database) -> None:
    with watched.write() as session:
        record_answer(session, session.get_one(Delivery, 1), AnswerKind.SHARED, now=NOW)
    observe(watched, post())
    lose(watched, post())
    with watched.write() as session:
        seen = session.exec(select(ObservedPost)).one()
        session.add(PostCount(post_id=seen.id or 0, on_date=NOW.date(), likes=3))
    with watched.write() as session:
        confirming.forget_posts(session, seen.account_id)
        erasure.erase(session, 1, now=NOW)
    assert [one.delivery_id for one in rows(watched, LostReshare) + rows(watched, Reshare)] == [None, None]


@pytest.mark.parametrize("post_id", ["", "x" * 501, "a\0b"])
def test_what_no_column_holds_is_left_out(watched: Database, post_id: str) -> None:
    assert observe(watched, Post(SKY, post_id, "did:plc:north", links=(PAGE,), at=NOW + HOUR)).posts == 0
    odd = Post(SKY, "fine", "did:plc:north", links=(PAGE, "a\0b"), at=NOW + HOUR, url="h" * 9999, subject_id="\0")
    assert observe(watched, odd) == reshares.Added(1, 1)
