"""The figures of a week that was counted by hand first."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from sharebot.models import Member
from sharebot.rules.findings import Finding
from sharebot.store.database import Database
from sharebot.store.figures import get_figures
from sharebot.store.findings import add_finding
from sharebot.values.figures import Figures, PartyFigures
from sharebot.values.status import (
    AnswerKind,
    ClickOutcome,
    ContentKind,
    DeliveryStatus,
    EntryStatus,
    Evidence,
    MemberStatus,
    Network,
    ReshareKind,
)
from tests.store.week import ENDS, PERIOD, STARTS, TUESDAY, ZONE, Week

OBSERVED, CHECKED, GIVEN, CLAIMED = Evidence.OBSERVED, Evidence.LINK_CHECKED, Evidence.LINK_GIVEN, Evidence.CLAIMED
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def play(session: Session) -> None:
    """North got three items on two seats and shared two, South two and two; East and West kept still; Far got none."""
    week = Week(session)
    north, south = week.party("north", watched=True), week.party("south")
    east, west, far = week.party("east", watched=True), week.party("west"), week.party("far", watched=True)
    deputy = week.seat(member_of(session, "north"), "Deputy")
    story = week.content({"en": "A story", "fr": "Une histoire"})
    film = week.content({"es": "Una película"}, kind=ContentKind.VIDEO)
    first, second, third = week.entry(story), week.entry(story, wave=2), week.entry(film)
    for entry, officer in ((first, north), (first, deputy), (second, north), (third, north), (first, south)):
        week.delivery(entry, officer)
    week.delivery(third, south, at=STARTS)
    week.delivery(third, west)
    week.delivery(first, far, at=ENDS)
    week.delivery(third, east, status=DeliveryStatus.FAILED)
    week.delivery(None, north)
    week.answer(week.delivery(first, east), AnswerKind.DECLINED)
    week.share(north, story, OBSERVED, network=Network.BLUESKY, language="fr")
    week.share(north, story, CLAIMED, at=TUESDAY + DAY)
    week.share(north, film, GIVEN, network=Network.X, language="es")
    week.share(south, film, CHECKED, network=Network.FACEBOOK, language="es", at=STARTS + 90 * SECOND)
    week.share(south, story, CLAIMED, at=ENDS - SECOND)
    week.share(south, story, CLAIMED, at=ENDS)
    week.share(south, film, CLAIMED, at=STARTS - SECOND)
    days = {date(2026, 11, 22): 50, date(2026, 11, 23): 3, date(2026, 11, 24): 2, date(2026, 11, 29): 1}
    week.clicks(north, story, days | {date(2026, 11, 30): 50})
    week.clicks(north, story, {date(2026, 11, 24): 7}, outcome=ClickOutcome.PREVIEW)
    week.clicks(south, story, {date(2026, 11, 24): 4})


def member_of(session: Session, code: str) -> Member:
    return session.exec(select(Member).where(Member.code == code)).one()


@pytest.fixture
def figures(database: Database) -> Figures:
    with database.write() as session:
        play(session)
    return count(database)


def count(database: Database, period: str = PERIOD, zone: str = ZONE) -> Figures:
    with database.read() as session:
        return get_figures(session, period, zone=zone)


def party(figures: Figures, code: str) -> PartyFigures:
    return next(one for one in figures.parties if one.code == code)


def some(levels: object) -> dict[Evidence, int]:
    assert isinstance(levels, dict)
    return {level: n for level, n in levels.items() if n}


def test_every_party_received_what_reached_one_of_its_seats(figures: Figures) -> None:
    assert {one.code: one.received for one in figures.parties} == {
        "east": 1,
        "far": 0,
        "north": 3,
        "south": 2,
        "west": 1,
    }


def test_levels_of_evidence_stay_apart(figures: Figures) -> None:
    assert some(party(figures, "north").levels) == {OBSERVED: 1, GIVEN: 1, CLAIMED: 1}
    assert some(party(figures, "south").levels) == {CHECKED: 1, CLAIMED: 1}
    assert some(figures.levels) == {OBSERVED: 1, CHECKED: 1, GIVEN: 1, CLAIMED: 2}


def test_items_shared_are_distinct_items(figures: Figures) -> None:
    assert (party(figures, "north").shared, party(figures, "south").shared) == (2, 2)


def test_silent_unobservable_and_reached_by_nothing_are_three_things(figures: Figures) -> None:
    quiet = {one.code: (one.received > 0, one.observable) for one in figures.parties if not some(one.levels)}
    assert quiet == {"east": (True, True), "west": (True, False), "far": (False, True)}


def test_the_best_proven_come_first(figures: Figures) -> None:
    assert [one.code for one in figures.amplifiers] == ["north", "south"]


def test_the_quickest_share_is_measured_from_the_items_arrival(figures: Figures) -> None:
    assert party(figures, "north").first_after_s == 2 * 60 * 60
    assert party(figures, "south").first_after_s == 90
    assert party(figures, "east").first_after_s is None


def test_items_carry_their_titles_messages_parties_and_clicks(figures: Figures) -> None:
    story, film = figures.contents
    assert (story.titles, story.kind) == ({"en": "A story", "fr": "Une histoire"}, ContentKind.POST)
    assert (story.sent, story.parties, story.clicks, some(story.levels)) == (5, 2, 10, {OBSERVED: 1, CLAIMED: 2})
    assert (film.sent, film.parties, film.clicks, some(film.levels)) == (3, 2, 0, {CHECKED: 1, GIVEN: 1})


def test_clicks_are_those_of_the_weeks_days_and_of_people(figures: Figures) -> None:
    assert [(day.day, n) for day, n in figures.clicks_by_day.items()] == [
        (23, 3), (24, 6), (25, 0), (26, 0), (27, 0), (28, 0), (29, 1),
    ]  # fmt: skip
    assert figures.clicks == 10
    assert (party(figures, "north").clicks, party(figures, "south").clicks) == (6, 4)
    assert figures.discarded == {ClickOutcome.PREVIEW: 7}


def test_networks_and_languages_keep_levels_apart(figures: Figures) -> None:
    assert {network: some(levels) for network, levels in figures.networks.items()} == {
        Network.BLUESKY: {OBSERVED: 1},
        Network.X: {GIVEN: 1},
        Network.FACEBOOK: {CHECKED: 1},
        None: {CLAIMED: 2},
    }
    assert {code: some(levels) for code, levels in figures.languages.items()} == {
        "fr": {OBSERVED: 1},
        "es": {GIVEN: 1, CHECKED: 1},
        "": {CLAIMED: 2},
    }


def test_messages_and_answers_are_counted_by_what_became_of_them(figures: Figures) -> None:
    assert figures.deliveries == {DeliveryStatus.SENT: 8, DeliveryStatus.FAILED: 1}
    assert figures.answers == {AnswerKind.DECLINED: 1}
    assert party(figures, "east").declined == 1


def test_the_same_rows_give_the_same_figures(database: Database, figures: Figures) -> None:
    assert count(database) == figures


def test_a_week_begins_and_ends_with_its_zones_midnight(database: Database, figures: Figures) -> None:
    in_utc = count(database, zone="UTC")
    assert (figures.starts_at, figures.ends_at) == (STARTS, ENDS)
    assert some(party(in_utc, "south").levels) == {CLAIMED: 2}  # the hour at each end moved into another week


def test_an_empty_week_has_no_figures_and_seven_days(database: Database) -> None:
    empty = count(database)
    assert (empty.parties, empty.contents, empty.clicks, empty.amplifiers) == ((), (), 0, ())
    assert some(empty.levels) == {}
    assert list(empty.clicks_by_day.values()) == [0] * 7


@pytest.mark.parametrize(("period", "days"), [("2026-W13", 7), ("2026-W43", 7), ("2026-W53", 7)])
@pytest.mark.parametrize("zone", ["Europe/Brussels", "Pacific/Auckland", "Pacific/Honolulu", "Asia/Kolkata"])
def test_every_week_has_seven_days_of_clicks(database: Database, period: str, zone: str, days: int) -> None:
    assert len(count(database, period, zone).clicks_by_day) == days


def test_a_share_counts_once_at_its_highest_level(database: Database) -> None:
    with database.write() as session:
        week = Week(session)
        north, story = week.party("north", watched=True), week.content({"en": "A story"})
        for evidence in (CLAIMED, GIVEN, OBSERVED, GIVEN, CLAIMED):
            add_finding(session, finding(north.member_id, story, evidence), now=TUESDAY)
    figures = count(database)
    assert some(figures.levels) == {OBSERVED: 1}
    assert party(figures, "north").shared == 1


def finding(member_id: int, content_id: int, evidence: Evidence) -> Finding:
    post = None if evidence is CLAIMED else "at://did:plc:north/app.bsky.feed.post/1"
    return Finding(
        member_id=member_id,
        content_id=content_id,
        kind=ReshareKind.LINK if post else ReshareKind.CLAIM,
        evidence=evidence,
        at=TUESDAY,
        network=Network.BLUESKY if post else None,
        post_id=post,
        url="https://bsky.app/profile/north.example/post/1" if post else None,
        language="en",
    )


def test_a_party_that_left_keeps_the_week_it_took_part_in(database: Database, figures: Figures) -> None:
    with database.write() as session:
        for code in ("south", "far"):
            member_of(session, code).status = MemberStatus.LEFT
    later = count(database)
    assert [one.code for one in later.parties] == ["east", "north", "south", "west"]
    assert later.levels == figures.levels


def test_what_is_planned_for_next_week_is_next_weeks_only(database: Database) -> None:
    with database.write() as session:
        week = Week(session)
        north, south = week.party("north"), week.party("south")
        going = week.entry(week.content({"en": "On its way"}), at=ENDS + DAY)
        for officer in (north, south):
            week.delivery(going, officer, at=ENDS + DAY, status=DeliveryStatus.QUEUED)
        for status, at in soon():
            week.entry(week.content({"en": "Later"}), status=status, at=at)
    assert count(database).queued_next == 3


def soon() -> list[tuple[EntryStatus, datetime]]:
    return [
        (EntryStatus.APPROVED, ENDS),
        (EntryStatus.APPROVED, ENDS + 7 * DAY - SECOND),
        (EntryStatus.APPROVED, ENDS + 7 * DAY),
        (EntryStatus.PROPOSED, ENDS + DAY),
        (EntryStatus.WITHDRAWN, ENDS + DAY),
        (EntryStatus.PAUSED, ENDS + DAY),
    ]
