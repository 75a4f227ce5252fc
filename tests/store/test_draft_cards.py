"""Cards of drafts on both databases: which come, what they are bound to, and when they are drawn anew."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select

from sharebot.config.settings import Settings
from sharebot.models import Content, Delivery, QueueEntry, Variant
from sharebot.store import draft_cards
from sharebot.store.contents import archive
from sharebot.store.database import Database
from sharebot.store.desk_lists import get_morning, list_next, list_on_offer, list_withdrawable
from sharebot.store.draft_marks import find_changes, is_as_seen, mark_content
from sharebot.store.draft_states import list_standings
from sharebot.store.post_texts import list_wordings
from sharebot.store.queue import approve
from sharebot.store.staff import SignedIn
from sharebot.store.strangers import note_stranger
from sharebot.store.wordings import set_wordings
from sharebot.values.desk import Change, DraftState
from sharebot.values.status import DeliveryKind, EntryStatus, StaffRole
from tests.cast import NOW, add_cast
from tests.store.props import ITEM, approval_of, take_in

STAFF = -1_002_345_678_901
LATER = NOW + timedelta(minutes=4)
EVA = SignedIn(1, "eva@alliance.example", StaffRole.ADMIN, "en")
SETTINGS = Settings()


def cards(database: Database) -> list[Delivery]:
    with database.read() as session:
        rows = select(Delivery).where(Delivery.kind == DeliveryKind.DRAFT).order_by(col(Delivery.id))
        return list(session.exec(rows))


def test_each_draft_has_one_card_that_knows_what_it_shows(either):
    add_cast(either)
    take_in(either, ITEM, replace(ITEM, external_id="b", title="Another", url="https://alliance.example/b"))
    with either.write() as session:
        assert draft_cards.add_new(session, staff_chat=STAFF, now=NOW) == 0
        assert draft_cards.add_new(session, staff_chat=STAFF, now=LATER) == 2
        assert draft_cards.add_new(session, staff_chat=STAFF, now=LATER) == 0
        first, second = session.exec(select(Delivery).order_by(col(Delivery.id))).all()
        assert len(first.key) <= 80
        assert draft_cards.seen_mark(first) == mark_content(session, first.about_content_id or 0)
        assert draft_cards.redraw(session, now=LATER) == 0
        archive(session, second.about_content_id or 0, now=LATER)
        assert draft_cards.redraw(session, now=LATER) == 1
        assert draft_cards.redraw(session, now=LATER) == 0
    assert [one.status.value for one in cards(either)] == ["queued", "cancelled"]


def test_what_changed_since_is_told_part_by_part(either):
    take_in(either, ITEM)
    with either.write() as session:
        seen = mark_content(session, 1)
        assert is_as_seen(seen, mark_content(session, 1)) and find_changes(seen, seen) == ()
        set_wordings(session, 1, "en", ["Words to post."])
        assert find_changes(seen, mark_content(session, 1)) == (Change.POSTS,)
        variant = session.exec(select(Variant)).one()
        assert list_wordings(session, [variant.id or 0])
        variant.title, variant.url = "Another title", "https://alliance.example/else"
        session.add(variant)
        session.flush()
        assert find_changes(seen, mark_content(session, 1)) == (Change.TITLES, Change.LINKS, Change.POSTS)
        before = mark_content(session, 1)
        session.get_one(Content, 1).hashtags = "#Water"
        session.flush()
        assert find_changes(before, mark_content(session, 1)) == (Change.REST,)


def test_a_content_stands_where_its_latest_entry_does(either):
    add_cast(either)
    take_in(either, ITEM)
    with either.write() as session:
        assert list_standings(session, [1])[1].state is DraftState.OPEN
        entry = approve(session, approval_of(session), now=NOW)
        for status, state in (
            (EntryStatus.APPROVED, DraftState.PLANNED),
            (EntryStatus.PROPOSED, DraftState.WAITING),
            (EntryStatus.RETURNED, DraftState.RETURNED),
            (EntryStatus.RELEASED, DraftState.OUT),
            (EntryStatus.WITHDRAWN, DraftState.ENDED),
        ):
            session.get_one(QueueEntry, entry.id).status = status
            session.flush()
            assert list_standings(session, [1])[1].state is state


def test_lists_show_what_is_planned_and_what_can_be_taken_back(either):
    add_cast(either)
    take_in(either, ITEM)
    with either.write() as session:
        approve(session, approval_of(session), now=NOW)
    with either.read() as session:
        (line,), total = list_next(session, staff=EVA, settings=SETTINGS)
        assert (line.title, total, line.within) == (ITEM.title, 1, True)
        assert list_withdrawable(session, staff=EVA, settings=SETTINGS, now=NOW) == [line]
        abroad = replace(EVA, region="Asia")
        assert list_withdrawable(session, staff=abroad, settings=SETTINGS, now=NOW) == []
        assert list_on_offer(session, staff=EVA, settings=SETTINGS, now=NOW) == []
        assert get_morning(session, staff=EVA, settings=SETTINGS, now=NOW).next == (line,)


def test_strangers_are_noted_once_an_hour(either):
    with either.write() as session:
        assert note_stranger(session, 6000, now=NOW)
        assert not note_stranger(session, 6000, now=NOW + timedelta(minutes=59))
        assert not note_stranger(session, 6000, now=NOW + timedelta(hours=1))
        assert note_stranger(session, 6001, now=NOW)
        rows = session.connection().exec_driver_sql("SELECT subject FROM audit_record ORDER BY id").all()
    assert len(rows) == 3 and rows[0] == rows[1] != rows[2]
