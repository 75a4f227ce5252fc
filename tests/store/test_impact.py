"""What one party's shares did: its own alone, levels never added up."""

from datetime import timedelta

from sqlmodel import select

from sharebot.models import ClickTally, Delivery, Reshare, TrackedLink
from sharebot.store.database import Database
from sharebot.store.impact import WEEKS, get_impact
from sharebot.values.impact import Impact
from sharebot.values.status import ClickOutcome, Evidence, Network, ReshareKind
from tests.cast import NOW
from tests.store.props import released

DAY = timedelta(days=1)


def impact(database: Database, member_id: int = 2) -> Impact:
    with database.read() as session:
        return get_impact(session, member_id, language="en", now=NOW)


def share(database: Database, content_id: int, evidence: Evidence, *, days: int = 1, member_id: int = 2) -> None:
    with database.write() as session:
        session.add(
            Reshare(
                key=f"{member_id}{content_id}{evidence}{days}",
                member_id=member_id,
                content_id=content_id,
                network=Network.X if evidence is Evidence.OBSERVED else Network.FACEBOOK,
                kind=ReshareKind.LINK,
                evidence=evidence,
                at=NOW - days * DAY,
                created_at=NOW,
            )
        )


def click(database: Database, member_id: int, number: int, n: int, *, days: int, counted: bool = True) -> None:
    with database.write() as session:
        links = session.exec(select(TrackedLink).where(TrackedLink.member_id == member_id)).all()
        outcome = ClickOutcome.COUNTED if counted else ClickOutcome.PREVIEW
        session.add(ClickTally(link_id=links[number].id or 0, on_date=(NOW - days * DAY).date(), outcome=outcome, n=n))


def test_without_a_share_there_is_nothing_to_show(either: Database) -> None:
    released(either)
    found = impact(either)
    assert found.is_empty
    assert (found.received, found.shared, found.clicks, found.best) == (0, {}, 0, None)


def test_an_item_counts_once_at_its_strongest_level_and_only_the_partys_own_counts(either: Database) -> None:
    released(either, items=3)
    with either.write() as session:
        for delivery in session.exec(select(Delivery)):
            delivery.sent_at = NOW - DAY
    for content_id, level in ((1, Evidence.CLAIMED), (1, Evidence.OBSERVED), (2, Evidence.LINK_GIVEN)):
        share(either, content_id, level)
    share(either, 3, Evidence.OBSERVED, member_id=1)
    share(either, 3, Evidence.OBSERVED, days=92)
    found = impact(either)
    assert (found.party, found.received) == ("Party South", 3)
    assert found.shared == {Evidence.OBSERVED: 1, Evidence.LINK_GIVEN: 1}
    assert found.networks == (Network.FACEBOOK, Network.X)


def test_clicks_of_people_are_counted_by_week_and_name_the_best_item(either: Database) -> None:
    released(either, items=2)
    click(either, 2, 0, 4, days=0)
    click(either, 2, 1, 3, days=1)
    click(either, 2, 1, 2, days=90)
    click(either, 2, 0, 50, days=91)
    click(either, 2, 0, 50, days=2, counted=False)
    click(either, 1, 0, 50, days=3)
    found = impact(either)
    assert len(found.clicks_by_week) == WEEKS
    assert [n for _, n in found.clicks_by_week] == [2, *[0] * (WEEKS - 2), 7]
    assert (found.clicks, found.best) == (9, ("A title", 5))
    assert (found.since, found.until) == ((NOW - 90 * DAY).date(), NOW.date())
