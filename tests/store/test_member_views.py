"""The list of parties: narrowed, sorted, counted in few statements, and blind for other regions."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from sharebot.models import ClickTally, Member, Reshare, SocialAccount, TrackedLink
from sharebot.store import member_activity
from sharebot.store.database import Database
from sharebot.store.member_views import MemberLine, list_choices, list_member_lines
from sharebot.values.listing import Listing
from sharebot.values.status import (
    AccountStatus,
    ClickOutcome,
    Evidence,
    MemberKind,
    MemberStatus,
    Network,
    OfficerStatus,
    ReshareKind,
)
from tests.cast import NOW, add_member
from tests.store.props import released

DAY = timedelta(days=1)


def share(session: Session, member_id: int, level: Evidence, days_ago: int, *, key: str = "") -> None:
    session.add(
        Reshare(
            key=f"{member_id}-{level}-{days_ago}{key}",
            member_id=member_id,
            content_id=1,
            kind=ReshareKind.LINK,
            evidence=level,
            at=NOW - days_ago * DAY,
            created_at=NOW,
        )
    )


@pytest.fixture
def parties(either: Database) -> Database:
    """North shared lately and can be watched, South long ago and cannot; Kenya's is a paused partner without seats."""
    released(either)
    with either.write() as session:
        far = add_member(session, "far", languages="sw,en")
        far.country, far.region, far.kind, far.status = "KE", "Africa", MemberKind.PARTNER, MemberStatus.PAUSED
        north = SocialAccount(
            member_id=1, network=Network.BLUESKY, handle="north.example", status=AccountStatus.WATCHED
        )
        north.external_id = "did:plc:n"
        session.add(north)
        session.add(SocialAccount(member_id=2, network=Network.X, handle="south", status=AccountStatus.UNOBSERVABLE))
        share(session, 1, Evidence.OBSERVED, 2)
        share(session, 1, Evidence.CLAIMED, 1)
        share(session, 2, Evidence.CLAIMED, 40)
        link = session.exec(select(TrackedLink).where(TrackedLink.member_id == 2)).one()
        for outcome, days in ((ClickOutcome.COUNTED, 3), (ClickOutcome.ROBOT, 3), (ClickOutcome.COUNTED, 50)):
            session.add(ClickTally(link_id=link.id or 0, on_date=(NOW - days * DAY).date(), outcome=outcome, n=5))
    return either


def codes(database: Database, region: str | None = None, **asked: object) -> list[str]:
    filters = {name: str(word) for name, word in asked.items() if name not in {"sort", "descending", "q"}}
    rest = {name: asked[name] for name in ("sort", "descending", "q") if name in asked}
    with database.read() as session:
        listed = list_member_lines(session, Listing(filters=filters, **rest), now=NOW, region=region)  # type: ignore[arg-type]
        assert listed.total == len(listed.rows)
        return [one.code for one in listed.rows]


def test_each_filter_narrows_and_each_column_sorts(parties: Database):
    assert codes(parties) == ["far", "north", "south"]
    assert codes(parties, q="PARTY N") == ["north"]
    assert codes(parties, q="%") == []
    assert codes(parties, region="Africa") == ["far"]
    for name, word, found in (
        ("country", "BE", ["north", "south"]),
        ("language", "fr", ["north"]),
        ("language", "w", []),
        ("kind", "partner", ["far"]),
        ("status", "paused", ["far"]),
        ("officer", "yes", ["north", "south"]),
        ("officer", "no", ["far"]),
        ("heard", "recent", ["north"]),
        ("heard", "silent", ["far", "south"]),
        ("seen", "yes", ["north"]),
        ("seen", "no", ["far", "south"]),
    ):
        assert codes(parties, **{name: word}) == found, (name, word)
    assert codes(parties, sort="clicks", descending=True)[0] == "south"
    assert codes(parties, sort="shared", descending=True) == ["north", "south", "far"]
    assert codes(parties, sort="observed", descending=True)[0] == "north"
    assert codes(parties, sort="officers", descending=False)[0] == "far"


def test_levels_stand_apart_and_what_cannot_be_seen_is_said(parties: Database):
    with parties.read() as session:
        lines: dict[str, MemberLine] = {one.code: one for one in list_member_lines(session, Listing(), now=NOW).rows}
        choices = list_choices(session, region="Europe")
    north, south = lines["north"], lines["south"]
    assert (dict(north.levels), north.observable, north.active) == (
        {Evidence.OBSERVED: 1, Evidence.CLAIMED: 1},
        True,
        1,
    )
    assert (dict(south.levels), south.observable, south.clicks, south.last_shared_at) == ({}, False, 5, NOW - 40 * DAY)
    assert (south.accounts, dict(south.seats)) == (1, {OfficerStatus.ACTIVE: 1})
    assert (choices.regions, choices.countries, choices.languages) == (("Europe",), ("BE",), ("en", "fr"))


def test_the_list_costs_the_same_for_three_and_for_a_hundred(parties: Database):
    def statements() -> int:
        seen: list[str] = []
        with parties.read() as session:
            event.listen(parties.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
            list_member_lines(session, Listing(), now=NOW)
        return len(seen)

    before = statements()
    with parties.write() as session:
        for number in range(60):
            add_member(session, f"m{number}")
    assert before <= 9
    with parties.read() as session:
        listed = list_member_lines(session, Listing(page=2), now=NOW)
    assert (len(listed.rows), listed.total, listed.pages) == (13, 63, 2)


def test_twelve_weeks_count_by_evidence_and_end_with_this_one(parties: Database):
    with parties.write() as session:
        share(session, 1, Evidence.OBSERVED, 2, key="again")
        share(session, 1, Evidence.LINK_GIVEN, 12 * 7)
    with parties.read() as session:
        weeks = member_activity.list_weeks(session, 1, zone="Europe/Brussels", now=NOW)
        north = session.get_one(Member, 1)
        assert member_activity.list_findings(session, north.id or 0, language="en")[0].evidence is Evidence.CLAIMED
    assert len(weeks) == member_activity.WEEKS
    assert (weeks[-1].starts_on, dict(weeks[-1].levels)) == (NOW.date(), {})
    assert dict(weeks[-2].levels) == {Evidence.OBSERVED: 2, Evidence.CLAIMED: 1}
    assert sum(sum(week.levels.values()) for week in weeks) == 3
