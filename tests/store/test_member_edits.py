"""What staff change of a party: in their region alone, and nothing of a person outlives its seat."""

from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.errors import NotFound, Refused
from sharebot.models import Delivery, Erasure, Invitation, Member, ObservedPost, Officer, SocialAccount
from sharebot.rules.members_file import Account, Seat, parse_members
from sharebot.store import member_activity, member_edits, officers
from sharebot.store.answers import record_answer
from sharebot.store.database import Database
from sharebot.store.member_import import plan_import
from sharebot.store.member_page import get_member_page
from sharebot.store.members import import_members
from sharebot.values.listing import Listing
from sharebot.values.status import (
    AnswerKind,
    DataTier,
    DeliveryKind,
    DeliveryStatus,
    MemberStatus,
    Network,
    OfficerStatus,
    PostKind,
)
from tests.cast import NOW, add_cast
from tests.store.props import released

HEAD = "code,name,kind,country,region,languages,zone,seats,accounts\n"
NORTH = "north,Norden,party,BE,Europe,fr en,Europe/Brussels,Ana:fr;Press:nl,bluesky=north.example\n"


def read(text: str):
    rows, problems = parse_members(HEAD + text)
    assert problems == []
    return rows


def test_another_region_finds_nothing(either):
    add_cast(either)
    with either.write() as session:
        for touch in (
            lambda: member_edits.get_member(session, "north", region="Africa"),
            lambda: member_edits.get_seat(session, 1, region="Africa"),
            lambda: member_edits.change_member(session, read(NORTH)[0], MemberStatus.LEFT, region="Africa"),
            lambda: member_edits.set_notes(session, "north", "x", region="Africa"),
            lambda: member_edits.open_seat(session, "north", Seat("New", "fr"), region="Africa", now=NOW),
            lambda: member_edits.remove_seat(session, 1, region="Africa", now=NOW),
            lambda: member_edits.set_high_risk(session, 1, True, region="Africa"),
            lambda: member_edits.set_seat(session, 1, language="en", tier=DataTier.TEXT, region="Africa"),
            lambda: member_edits.add_accounts(session, "north", [Account(Network.X, "n")], region="Africa"),
            lambda: member_edits.get_member(session, "nobody", region=None),
        ):
            with pytest.raises(NotFound):
                touch()
        moved = read(NORTH.replace("Europe,", "Africa,"))[0]
        with pytest.raises(Refused):
            member_edits.change_member(session, moved, MemberStatus.ACTIVE, region="Europe")


def test_a_party_that_pauses_gets_nothing_of_what_waits(either):
    released(either)
    with either.write() as session:
        changed = member_edits.change_member(session, read(NORTH)[0], MemberStatus.PAUSED, region="Europe")
        assert changed == ("name", "status")
    with either.read() as session:
        queued = {one.officer_id: one.status for one in session.exec(select(Delivery))}
        assert queued == {1: DeliveryStatus.SUPPRESSED, 2: DeliveryStatus.QUEUED}


def test_a_seat_is_opened_invited_revoked_and_gone_without_a_trace(either):
    add_cast(either)
    with either.write() as session:
        seat = member_edits.open_seat(session, "north", Seat("Press", "fr"), region=None, now=NOW)
        with pytest.raises(Refused):
            member_edits.open_seat(session, "north", Seat("Press", "fr"), region=None, now=NOW)
        with pytest.raises(Refused):
            member_edits.revoke_invitation(session, seat, region=None, now=NOW)
        officers.create_invitation(session, seat, now=NOW)
    with either.write() as session:
        page = get_member_page(session, "north", region="Europe", now=NOW)
        assert [(one.officer.label, one.invited_until) for one in page.seats] == [
            ("Ana", None),
            ("Press", NOW + timedelta(hours=72)),
        ]
        member_edits.revoke_invitation(session, seat, region=None, now=NOW)
        assert get_member_page(session, "north", region=None, now=NOW).seats[1].invited_until is None
        member_edits.remove_seat(session, seat, region=None, now=NOW)
    with either.read() as session:
        assert session.get(Officer, seat) is None
        assert session.exec(select(Invitation)).all() == []


def test_whoever_sat_there_is_erased_and_the_seat_is_shown_no_more(either):
    released(either)
    with either.write() as session:
        member_edits.remove_seat(session, 1, region=None, now=NOW)
    with either.write() as session:
        assert session.get_one(Officer, 1).status is OfficerStatus.GONE
        assert session.get(Erasure, 1) is not None
        assert get_member_page(session, "north", region=None, now=NOW).seats == ()
        with pytest.raises(NotFound):
            member_edits.get_seat(session, 1, region=None)


def test_an_account_belongs_to_one_party_and_goes_with_its_posts(either):
    add_cast(either)
    with either.write() as session:
        member_edits.add_accounts(session, "north", [Account(Network.BLUESKY, "n.example")], region=None)
        session.add(
            ObservedPost(account_id=1, network=Network.BLUESKY, external_id="p", kind=PostKind.POST, seen_at=NOW)
        )
    with pytest.raises(Refused), either.write() as session:
        member_edits.add_accounts(session, "south", [Account(Network.BLUESKY, "n.example")], region=None)
    with pytest.raises(NotFound), either.write() as session:
        member_edits.remove_account(session, "south", 1, region=None)
    with either.write() as session:
        member_edits.remove_account(session, "north", 1, region=None)
        assert session.exec(select(SocialAccount)).all() == []


def got(database: Database):
    with database.read() as session:
        return member_activity.list_got(session, 1, Listing(), language="en").rows


def test_answers_of_an_officer_at_high_risk_are_nobodys_business(either):
    released(either)
    with either.write() as session:
        item = session.get_one(Delivery, 1)
        item.status, item.sent_at = DeliveryStatus.SENT, NOW
        session.add(item)
        record_answer(session, item, AnswerKind.LATER, now=NOW)
    assert [(one.content_id, one.answers) for one in got(either)] == [(1, [(AnswerKind.LATER, None)])]
    with either.write() as session:
        member_edits.set_high_risk(session, 1, True, region="Europe")
    assert [(one.content_id, list(one.answers)) for one in got(either)] == [(1, [])]


def test_an_import_tells_before_what_it_does_and_then_does_exactly_that(either):
    add_cast(either)
    text = NORTH + "west,West,party,FR,Europe,fr,Europe/Paris,Desk:fr,\nsouth,Party South,party,BE,Europe,en,"
    text += "Europe/Brussels,,\n"
    with either.write() as session:
        rows = read(text)
        plan = plan_import(session, rows)
        assert [one.code for one in plan.added] == ["west"]
        (north,) = plan.changed
        assert [(one.name, one.old, one.new) for one in north.facts] == [("name", "Party North", "Norden")]
        assert (north.seats, north.accounts, plan.unchanged) == (("Press",), ("bluesky=north.example",), 1)
        seen = plan.hash(text)
        assert seen == plan_import(session, rows).hash(text) != plan.hash(text + "\n")
        done = import_members(session, rows, now=NOW)
        assert (done.added, done.changed, done.unchanged) == (1, 1, 1)
        after = plan_import(session, rows)
        assert after.is_empty
        assert after.hash(text) != seen
        stolen = read("west,West,party,FR,Europe,fr,Europe/Paris,Desk:fr,bluesky=north.example\n")
        assert [one.message for one in plan_import(session, stolen).problems] == [
            "account bluesky=north.example belongs to Norden already"
        ]
        assert session.exec(select(Delivery).where(Delivery.kind == DeliveryKind.WELCOME)).all() == []
        assert session.exec(select(Member.code).order_by(Member.code)).all() == ["north", "south", "west"]
