"""What may be looked at, where a look goes on, and what is written down of accounts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import func, select

from sharebot.config.settings import Settings
from sharebot.models import Member, ObservedPost, PostCount, SocialAccount
from sharebot.rules.tracking import FAILING_AT, LONGEST_PAUSE, Outcome
from sharebot.store import tracking
from sharebot.store.database import Database
from sharebot.trackers.seam import Identity, Observation
from sharebot.values.posts import Counts
from sharebot.values.status import (
    AccountStatus,
    MemberKind,
    MemberStatus,
    Network,
)
from sharebot.values.tracking import TrackerStatus, Unobservable
from tests.cast import NOW
from tests.store.test_reshares import HOUR, PAGE, SKY, observe, post, watched

__all__ = ["watched"]

WEEK = timedelta(days=7)
EVERY = timedelta(minutes=30)


def account(database: Database, number: int) -> SocialAccount:
    with database.read() as session:
        return session.get_one(SocialAccount, number)


def change(database: Database, number: int, **values: Any) -> None:
    with database.write() as session:
        row = session.get_one(SocialAccount, number)
        for name, value in values.items():
            setattr(row, name, value)


def watched_ids(database: Database, network: Network = SKY) -> list[int]:
    with database.read() as session:
        return [one.account_id for one in tracking.list_watched(session, network)]


def test_the_alliances_own_come_first_then_those_not_looked_at_for_longest(watched: Database) -> None:
    change(watched, 2, tracked_at=NOW)
    assert watched_ids(watched) == [1, 3, 2]
    change(watched, 3, tracked_at=NOW + HOUR)
    assert watched_ids(watched) == [1, 2, 3]


def test_on_x_and_of_persons_nobody_is_looked_at_who_has_not_said_yes(watched: Database) -> None:
    for number in (1, 2, 3):
        change(watched, number, network=Network.X)
    assert watched_ids(watched, Network.X) == [1]
    change(watched, 2, confirmed_at=NOW, confirmed_by="officer:1")
    assert watched_ids(watched, Network.X) == [1, 2]
    for number in (1, 2, 3):
        change(watched, number, network=SKY, confirmed_at=None)
    with watched.write() as session:
        session.get_one(Member, 1).kind = MemberKind.PERSONALITY
    assert watched_ids(watched) == [1, 3]
    change(watched, 2, confirmed_at=NOW)
    assert watched_ids(watched) == [1, 2, 3]


def test_posts_of_those_are_not_stored_either_whichever_way_they_come(watched: Database) -> None:
    change(watched, 2, status=AccountStatus.UNOBSERVABLE)
    with watched.write() as session:
        session.get_one(Member, 2).status = MemberStatus.LEFT
    assert observe(watched, post("north"), post("south", 2)).posts == 0
    assert watched_ids(watched) == [1]


def test_of_members_only_what_has_to_do_with_us_is_kept(watched: Database) -> None:
    early = post(number=1, at=NOW - HOUR)
    other = post(number=2, links=("https://else.example/",))
    assert observe(watched, early, other, post("alliance", 3, links=())).posts == 2
    with watched.read() as session:
        kept = session.exec(select(ObservedPost).order_by(ObservedPost.id)).all()  # type: ignore[arg-type]
    assert {(one.external_id, one.content_id) for one in kept} == {
        (early.external_id, None),
        (post("alliance", 3).external_id, None),
    }
    assert observe(watched, early, other).posts == 0


def test_an_account_is_looked_up_first_and_once_a_week(watched: Database) -> None:
    assert unidentified(watched) == [1, 2, 3]
    identify(watched, {1: Identity("did:plc:alliance", "alliance.example")})
    assert unidentified(watched) == [2, 3]
    assert unidentified(watched, now=NOW + WEEK + HOUR) == [1, 2, 3]


def unidentified(database: Database, *, now: Any = NOW) -> list[int]:
    with database.read() as session:
        return [one.account_id for one in tracking.list_unidentified(session, SKY, before=now - WEEK)]


def identify(database: Database, found: dict[int, Identity], *, now: Any = NOW) -> list[int]:
    with database.write() as session:
        return list(tracking.record_identities(session, found, now=now))


def test_a_renamed_account_keeps_its_id_and_its_posts(watched: Database) -> None:
    assert identify(watched, {2: Identity("did:plc:north", "north-new.example")}) == [2]
    row = account(watched, 2)
    assert (row.handle, row.renamed_from, row.renamed_at) == ("north-new.example", "north.example", NOW)
    assert (row.status, row.external_id) == (AccountStatus.WATCHED, "did:plc:north")
    assert observe(watched, post()).reshares == 1


def test_a_handle_that_is_anothers_now_gives_them_nothing(watched: Database) -> None:
    assert identify(watched, {2: Identity("did:plc:thief", "north.example")}) == [2]
    row = account(watched, 2)
    assert (row.status, row.reason, row.external_id) == (
        AccountStatus.BROKEN,
        Unobservable.TAKEN_OVER,
        "did:plc:north",
    )
    assert observe(watched, post("thief")).posts == 0
    identify(watched, {2: Identity("did:plc:north", "north2.example")}, now=NOW + WEEK)
    assert (account(watched, 2).status, account(watched, 2).reason) == (AccountStatus.WATCHED, None)


def test_of_two_rows_with_one_id_the_second_is_refused(watched: Database) -> None:
    change(watched, 3, external_id=None)
    assert identify(watched, {3: Identity("did:plc:north", "north.example")}) == [3]
    row = account(watched, 3)
    assert (row.status, row.reason, row.external_id, row.handle) == (
        AccountStatus.BROKEN,
        Unobservable.TAKEN_OVER,
        None,
        "south.example",
    )


def test_nobody_is_renamed_to_what_another_row_is_called(watched: Database) -> None:
    assert identify(watched, {2: Identity("did:plc:north", "SOUTH.example")}) == []
    assert account(watched, 2).handle == "north.example"


@pytest.mark.parametrize("reason", [Unobservable.GONE, Unobservable.NOT_FOUND, Unobservable.PROTECTED])
def test_a_broken_account_is_left_alone_for_a_week_and_comes_back_by_itself(
    watched: Database, reason: Unobservable
) -> None:
    write(watched, Observation(failed={2: reason}))
    assert (account(watched, 2).status, account(watched, 2).reason) == (AccountStatus.BROKEN, reason)
    assert looked_at(watched) == [1, 3]
    assert 2 not in unidentified(watched)
    assert 2 in unidentified(watched, now=NOW + WEEK + HOUR)
    identify(watched, {2: Identity("did:plc:north", "north.example", reason)}, now=NOW + WEEK)
    assert looked_at(watched) == [1, 3]
    identify(watched, {2: Identity("did:plc:north", "north.example")}, now=NOW + 2 * WEEK)
    assert looked_at(watched) == [1, 3, 2]
    assert account(watched, 2).reason is None


def looked_at(database: Database) -> list[int]:
    with database.read() as session:
        look = tracking.build_look(session, SKY, Settings(), now=NOW)
    assert look.watched == {"did:plc:alliance", "did:plc:north", "did:plc:south"}, "their reposts are known anyway"
    return [one.account_id for one in look.accounts]


def write(database: Database, part: Observation, *, now: Any = NOW) -> None:
    with database.write() as session:
        tracking.record_part(session, SKY, part, now=now)


def test_a_part_is_written_with_its_cursors_and_counts(watched: Database) -> None:
    own = post("alliance", 7)
    observe(watched, own)
    counts = {own.external_id: Counts(reposts=3, views=5_000_000_000), "unknown": Counts(likes=1)}
    write(watched, Observation(seen=(2,), missed={3: "answered 503" * 60}, cursors={"2": "a"}, counts=counts))
    write(watched, Observation(cursors={"2": "b", "3": "c"}, counts={own.external_id: Counts(reposts=4)}))
    with watched.read() as session:
        assert tracking.list_cursors(session, SKY) == {"2": "b", "3": "c"}
        assert [(one.reposts, one.views) for one in session.exec(select(PostCount))] == [(4, None)]
    north, south = account(watched, 2), account(watched, 3)
    assert (north.tracked_at, north.error) == (NOW, None)
    assert (south.tracked_at, len(south.error or ""), south.status) == (NOW, 300, AccountStatus.WATCHED)


def test_only_the_alliances_young_posts_are_watched_for_reposts(watched: Database) -> None:
    observe(watched, post("alliance", 7, links=(PAGE,)), post("alliance", 8, links=()))
    with watched.read() as session:
        (subject,) = tracking.list_subjects(session, SKY, since=NOW)
        assert subject.external_id == post("alliance", 7).external_id
        assert tracking.list_subjects(session, SKY, since=NOW + 2 * HOUR) == []


def test_after_each_failure_the_next_look_is_later_and_a_good_one_ends_that(either: Database) -> None:
    bad = Outcome(TrackerStatus.RUNNING, "answered 503")
    assert [next_in(either, bad) for _ in range(6)] == [1 * HOUR, 2 * HOUR, 4 * HOUR, *[LONGEST_PAUSE] * 3]
    assert next_in(either, Outcome()) == EVERY
    assert next_in(either, bad) == HOUR


def next_in(database: Database, outcome: Outcome) -> timedelta | None:
    with database.write() as session:
        tracking.note_look(session, SKY, outcome, every=EVERY, now=NOW)
    with database.read() as session:
        state = tracking.get_state(session, SKY)
        assert not tracking.is_due(session, SKY, now=NOW)
        assert state.status is outcome.status
    return state.next_at - NOW if state.next_at else None


def test_whoever_asks_to_wait_is_left_alone_for_as_long(either: Database) -> None:
    assert next_in(either, Outcome(TrackerStatus.LIMITED, wait=timedelta(hours=9))) == timedelta(hours=9)
    assert next_in(either, Outcome(TrackerStatus.LIMITED, wait=timedelta(seconds=1))) == EVERY
    with either.read() as session:
        assert not tracking.answers(session, SKY)


def test_a_spent_budget_is_no_failure(either: Database) -> None:
    for _ in range(FAILING_AT + 1):
        assert next_in(either, Outcome(TrackerStatus.SPENT, "spent")) == EVERY
    with either.read() as session:
        assert tracking.get_state(session, SKY).failures == 0


def test_a_network_nobody_looks_at_says_so(either: Database) -> None:
    with either.write() as session:
        tracking.note_switched_off(session, [Network.X])
    with either.read() as session:
        assert tracking.get_state(session, Network.X).status is TrackerStatus.OFF


def name_own(database: Database, *handles: str) -> None:
    settings = Settings(bluesky={"accounts": handles})  # type: ignore[arg-type]
    with database.write() as session:
        tracking.watch_own(session, settings)


def test_our_own_account_that_the_settings_name_no_more_is_watched_no_more(watched: Database) -> None:
    name_own(watched, "other.example")
    own = account(watched, 1)
    assert (own.status, own.reason) == (AccountStatus.UNOBSERVABLE, Unobservable.SWITCHED_OFF)
    assert watched_ids(watched) == [4, 2, 3]
    assert observe(watched, post("alliance")).posts == 0
    with watched.read() as session:
        assert [one.handle for one in session.exec(select(SocialAccount).where(SocialAccount.id == 4))] == [
            "other.example"
        ]
    name_own(watched, "other.example", "@Alliance.example")
    assert (account(watched, 1).status, account(watched, 1).reason) == (AccountStatus.WATCHED, None)
    assert watched_ids(watched) == [1, 4, 2, 3]


def test_our_own_account_stays_one_after_it_was_renamed(watched: Database) -> None:
    with watched.write() as session:
        tracking.record_identities(session, {1: Identity("did:plc:alliance", "new.example")}, now=NOW)
    for handle in ("alliance.example", "new.example", "did:plc:alliance"):
        name_own(watched, handle)
        assert watched_ids(watched) == [1, 2, 3]


def test_what_broke_stays_broken_while_the_settings_name_it(watched: Database) -> None:
    change(watched, 1, status=AccountStatus.BROKEN, reason=Unobservable.GONE)
    name_own(watched, "alliance.example")
    assert (account(watched, 1).status, account(watched, 1).reason) == (AccountStatus.BROKEN, Unobservable.GONE)


def test_a_cursor_that_no_look_writes_is_kept_for_sixty_days(either: Database) -> None:
    for key, at in (("old", NOW), ("young", NOW + timedelta(minutes=1))):
        with either.write() as session:
            tracking.record_part(session, SKY, Observation(cursors={key: "7"}), now=at)
    with either.write() as session:
        tracking.forget_cursors(session, now=NOW + timedelta(days=60))
        assert tracking.list_cursors(session, SKY) == {"young": "7"}


def test_a_clock_that_ran_ahead_keeps_no_network_waiting(watched: Database) -> None:
    with watched.write() as session:
        tracking.note_look(session, SKY, Outcome(), every=EVERY, now=NOW + WEEK)
    with watched.read() as session:
        assert tracking.is_due(session, SKY, now=NOW)
        assert not tracking.is_due(session, SKY, now=NOW + WEEK)


def test_several_processes_may_begin_at_once(database: Database):
    settings = Settings.model_validate({"bluesky": {"accounts": ["alliance.example"]}, "x": {"accounts": ["alliance"]}})

    def begin(_: int) -> None:
        with database.write() as session:
            tracking.watch_own(session, settings)
            tracking.note_switched_off(session, [Network.X, Network.MASTODON])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(begin, range(8)))
    with database.read() as session:
        assert tracking.get_state(session, Network.X).status is TrackerStatus.OFF
        assert session.exec(select(func.count()).select_from(SocialAccount)).one() == 2
