"""Entries: approved as seen, released whole, void after an edit, withdrawn for good."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import select

from sharebot.config.settings import Settings
from sharebot.errors import NotFound, Refused
from sharebot.models import Chat, Content, Delivery, Member, Officer, TrackedLink
from sharebot.rules.audience import Audience
from sharebot.rules.planning import Terms
from sharebot.rules.timing import Timing
from sharebot.store import contents, queue
from sharebot.store.database import Database
from sharebot.values.status import ChatKind, ContentStatus, DeliveryStatus, EntryStatus
from tests.cast import NOW, add_cast, add_member, add_officer
from tests.store.props import ITEM, approval_of, approved, delivery, release_now, released, statuses, take_in

TERMS = Terms(Audience(), Timing(send_at=NOW), NOW + timedelta(days=3))


def entry_status(database: Database, number: int = 1) -> EntryStatus:
    with database.read() as session:
        return queue.get_entry(session, number).status


def drafted(database: Database) -> None:
    add_cast(database)
    take_in(database, ITEM)


def test_a_release_reaches_every_active_officer_once_with_their_partys_link(either):
    released(either)
    with either.read() as session:
        links = session.exec(select(TrackedLink).order_by(TrackedLink.member_id)).all()  # type: ignore[arg-type]
        rows = session.exec(select(Delivery)).all()
        content = contents.get_content(session, 1)
    assert [(row.officer_id, row.variant_id, row.status) for row in rows] == [
        (1, 1, DeliveryStatus.QUEUED),
        (2, 1, DeliveryStatus.QUEUED),
    ]
    assert [link.member_id for link in links] == [1, 2]
    assert ["north" in link.target_url for link in links] == [True, False]
    assert (entry_status(either), content.released_at) == (EntryStatus.RELEASED, NOW)


@pytest.mark.parametrize("limit", range(1, 6))
def test_a_release_that_dies_on_the_way_leaves_nothing(either, limit: int):
    """The machine dies at any of the short links; then the same release goes through."""
    drafted(either)
    with either.write() as session:
        for number in range(3):
            add_officer(session, add_member(session, f"m{number}"), "Seat", chat_id=5000 + number)
    entry = approved(either)
    codes = iter(f"code{number}" for number in range(limit - 1))

    def dying_code() -> str:
        try:
            return next(codes)
        except StopIteration:
            raise MemoryError from None

    with pytest.raises(MemoryError), either.write() as session:
        queue.release(session, entry, settings=Settings(), new_code=dying_code, now=NOW)
    assert statuses(either) == []
    assert entry_status(either) is EntryStatus.APPROVED
    with either.read() as session:
        assert session.exec(select(TrackedLink)).all() == []
    with either.write() as session:
        done = release_now(session, entry)
    assert done is not None
    assert done.deliveries == len(statuses(either)) == 5


def test_two_workers_release_an_entry_once(either):
    drafted(either)
    entry = approved(either)

    def run(_worker: int) -> bool:
        with either.write() as session:
            return release_now(session, entry) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(run, range(4))) == [False, False, False, True]
    assert len(statuses(either)) == 2


def test_an_edit_between_approval_and_release_voids_the_approval(either):
    drafted(either)
    approved(either)
    assert take_in(either, replace(ITEM, title="Another title")).changed == 1
    assert entry_status(either) is EntryStatus.PROPOSED
    with either.write() as session:
        assert release_now(session, 1) is None
        content = contents.get_content(session, 1)
    assert statuses(either) == []
    assert (content.status, content.quarantine) == (ContentStatus.DRAFT, "edited after approval")


def test_a_change_that_came_by_no_edit_voids_it_at_the_release(either):
    """The hash is compared when it matters, not only where edits are known to happen."""
    drafted(either)
    approved(either)
    with either.write() as session:
        session.connection().exec_driver_sql("UPDATE variant SET text = 'changed in the database'")
    with either.write() as session:
        assert release_now(session, 1) is None
    assert (statuses(either), entry_status(either)) == ([], EntryStatus.PROPOSED)


def test_what_was_edited_since_it_was_seen_cannot_be_approved(either):
    drafted(either)
    with either.read() as session:
        seen = approval_of(session)
    take_in(either, replace(ITEM, text="Other words"))
    with pytest.raises(Refused, match="has been edited since you looked at it"), either.write() as session:
        queue.approve(session, seen, now=NOW)


@pytest.mark.parametrize(
    ("timing", "message"),
    [
        (Timing(send_at=NOW - timedelta(minutes=2)), "lies in the past"),
        (Timing(send_on=date(2026, 11, 22), send_local=time(9)), "lies in the past"),
        (Timing(send_at=NOW + timedelta(days=3)), "expire before it is sent"),
    ],
)
def test_a_time_that_cannot_be_kept_is_refused(either, timing: Timing, message: str):
    drafted(either)
    with either.write() as session, pytest.raises(Refused, match=message):
        queue.approve(session, approval_of(session, timing=timing), now=NOW)


def test_what_has_no_link_or_was_put_away_cannot_be_approved(either):
    add_cast(either)
    take_in(either, replace(ITEM, url=None), replace(ITEM, external_id="b"))
    with either.write() as session:
        for content in session.exec(select(Content)).all():
            if content.quarantine.startswith("no link"):
                with pytest.raises(Refused, match="no link to share"):
                    queue.approve(session, approval_of(session, content.id or 0), now=NOW)
            contents.archive(session, content.id or 0, now=NOW)
            with pytest.raises(Refused, match="is archived"):
                queue.approve(session, approval_of(session, content.id or 0), now=NOW)


def test_a_local_day_is_released_when_it_begins_anywhere(either):
    drafted(either)
    approved(either, timing=Timing(send_on=date(2026, 11, 25), send_local=time(9)))
    begins = NOW.replace(day=24, hour=19)  # nine o'clock on Kiritimati, UTC+14
    with either.read() as session:
        assert queue.list_due_entries(session, now=begins - timedelta(seconds=1)) == []
        assert queue.list_due_entries(session, now=begins) == [1]
    with either.write() as session:
        release_now(session, 1, now=begins)
    assert delivery(either).due_at == NOW.replace(day=25)  # nine o'clock in Brussels


def test_a_withdrawal_cancels_what_is_not_sent_and_only_once(either):
    released(either)
    with either.write() as session:
        session.connection().exec_driver_sql("UPDATE delivery SET status = 'sent' WHERE id = 1")
    with either.write() as session:
        assert queue.withdraw(session, 1, by="someone", now=NOW) == 1
    assert statuses(either) == [DeliveryStatus.SENT, DeliveryStatus.CANCELLED]
    with either.write() as session, pytest.raises(Refused, match="over already"):
        queue.withdraw(session, 1, by="someone", now=NOW)
    with either.write() as session, pytest.raises(NotFound):
        queue.withdraw(session, 99, by="someone", now=NOW)


def test_a_withdrawn_entry_is_never_released(either):
    drafted(either)
    approved(either)
    with either.write() as session:
        queue.withdraw(session, 1, by="someone", now=NOW)
        assert queue.list_due_entries(session, now=NOW) == []
        assert release_now(session, 1) is None
    assert statuses(either) == []


def test_an_entry_whose_time_is_over_expires_unreleased(either):
    drafted(either)
    approved(either)
    over = NOW + timedelta(days=3)
    with either.write() as session:
        assert queue.list_due_entries(session, now=over) == []
        assert queue.expire_entries(session, now=over - timedelta(seconds=1)) == 0
        assert queue.expire_entries(session, now=over) == 1
    assert entry_status(either) is EntryStatus.EXPIRED


def test_a_second_wave_reaches_them_again_with_the_same_links(either):
    released(either)
    second = approved(either)
    with either.write() as session:
        assert queue.get_entry(session, second).wave == 2
        done = release_now(session, second)
    assert done is not None
    assert done.deliveries == 2
    with either.read() as session:
        assert len(session.exec(select(TrackedLink)).all()) == 2


def test_a_plan_says_who_is_left_out_and_writes_nothing(either):
    drafted(either)
    with either.write() as session:
        add_member(session, "empty")
    with either.read() as session:
        plan = queue.plan(session, 1, TERMS, settings=Settings(), now=NOW)
    assert [one.member_code for one in plan.recipients] == ["north", "south"]
    assert [(one.member_code, one.reason) for one in plan.left_out] == [("empty", "officer")]
    assert statuses(either) == []


def test_nobody_gets_anything_without_having_agreed_and_a_group_gets_one_message(either):
    drafted(either)
    with either.write() as session:
        north = session.get_one(Member, 1)
        add_officer(session, north, "Ada", chat_id=1009)
        group = add_officer(session, north, "Group", chat_id=-1010)
        session.get_one(Chat, group.chat_id).kind = ChatKind.GROUP
        session.get_one(Officer, 2).consented_at = None  # Ben
    with either.read() as session:
        plan = queue.plan(session, 1, TERMS, settings=Settings(), now=NOW)
    assert [one.officer_id for one in plan.recipients] == [4]
    assert [(one.member_code, one.reason) for one in plan.left_out] == [("south", "officer")]


def test_hours_zone_and_holidays_are_those_of_the_officer(either):
    drafted(either)
    christmas = datetime(2026, 12, 25, 10, tzinfo=UTC)
    with either.write() as session:
        ana = session.get_one(Officer, 1)
        ana.zone, ana.opens, ana.closes = "America/Lima", time(10), time(16)
        session.get_one(Member, 2).country = "XX"  # nobody knows its holidays
    terms = replace(TERMS, timing=Timing(send_at=christmas))
    with either.read() as session:
        plan = queue.plan(session, 1, terms, settings=Settings(), now=christmas)
        off = Settings.model_validate({"sending": {"holidays": False}})
        without = queue.plan(session, 1, terms, settings=off, now=christmas)
    assert [one.due_at for one in plan.recipients] == [datetime(2026, 12, 28, 15, tzinfo=UTC), christmas]
    assert [one.due_at for one in without.recipients] == [datetime(2026, 12, 25, 15, tzinfo=UTC), christmas]
