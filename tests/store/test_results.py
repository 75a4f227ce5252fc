"""What became of a content: figures that can be counted by hand, and each party's part."""

from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.models import Answer, ClickTally, Delivery, Officer, Reshare, TrackedLink
from sharebot.store.database import Database
from sharebot.store.delivery_views import list_delivery_lines
from sharebot.store.lost import lose_share
from sharebot.store.queue_views import list_shown
from sharebot.store.results import get_results, list_lost, list_party_results
from sharebot.values.listing import Listing
from sharebot.values.status import (
    AnswerKind,
    ClickOutcome,
    DeliveryStatus,
    Evidence,
    Network,
    ReshareKind,
)
from tests.cast import NOW
from tests.store.props import released


@pytest.fixture
def spread(either: Database) -> Database:
    """North got it, says so, and was seen; its link was clicked on two days. South's message waits."""
    released(either)
    with either.write() as session:
        session.get_one(Delivery, 1).status = DeliveryStatus.SENT
        session.add(Answer(delivery_id=1, kind=AnswerKind.SHARED, at=NOW))
        for number, (level, network) in enumerate(
            [(Evidence.CLAIMED, None), (Evidence.OBSERVED, Network.BLUESKY), (Evidence.LINK_GIVEN, Network.X)]
        ):
            session.add(
                Reshare(
                    member_id=1,
                    content_id=1,
                    evidence=level,
                    network=network,
                    kind=ReshareKind.CLAIM,
                    key=f"k{number}",
                    at=NOW,
                    created_at=NOW,
                )
            )
        link = session.exec(select(TrackedLink.id).where(TrackedLink.member_id == 1)).one()
        for days, outcome, n in ((0, "counted", 4), (1, "counted", 3), (1, "preview", 9)):
            day = (NOW + timedelta(days=days)).date()
            session.add(ClickTally(link_id=link or 0, on_date=day, outcome=ClickOutcome(outcome), n=n))
    return either


def test_levels_and_answers_stand_side_by_side_and_only_people_click(spread):
    with spread.read() as session:
        results = get_results(session, 1)
    assert (results.parties, results.received) == (2, 1)
    assert results.answers == {AnswerKind.SHARED: 1}
    assert results.levels == {Evidence.CLAIMED: 1, Evidence.LINK_GIVEN: 1, Evidence.OBSERVED: 1}
    assert results.networks == {Network.BLUESKY: {Evidence.OBSERVED: 1}, Network.X: {Evidence.LINK_GIVEN: 1}}
    assert [n for _, n in results.clicks] == [4, 3]
    assert results.all_clicks == 7


def test_each_party_has_its_part_and_its_best_evidence(spread):
    with spread.read() as session:
        north, south = list_party_results(session, 1, Listing(), region=None).rows
        assert (north.code, north.received, north.messages, north.best, north.shares, north.clicks) == (
            "north", 1, 1, Evidence.OBSERVED, 1, 7,
        )  # fmt: skip
        assert north.answers == (AnswerKind.SHARED,)
        assert (south.code, south.received, south.best, south.clicks, south.answers) == ("south", 0, None, 0, ())
        by_clicks = list_party_results(session, 1, Listing(sort="clicks", descending=True), region=None)
        assert [one.code for one in by_clicks.rows] == ["north", "south"]
        seen = list_party_results(session, 1, Listing(filters={"level": "observed"}), region=None)
        unknown = list_party_results(session, 1, Listing(filters={"level": "none"}), region=None)
        assert ([one.code for one in seen.rows], [one.code for one in unknown.rows]) == (["north"], ["south"])
        assert list_party_results(session, 1, Listing(), region="Nowhere").total == 0


def test_what_somebody_at_high_risk_said_is_in_no_figure(spread):
    with spread.write() as session:
        session.get_one(Officer, 1).high_risk = True
    with spread.read() as session:
        assert get_results(session, 1).answers == {}
        assert list_party_results(session, 1, Listing(), region=None).rows[0].answers == ()
        assert list_delivery_lines(session, 1, Listing()).rows[0].answer is None


def test_the_queue_shows_what_goes_out_what_waits_and_what_is_done(spread):
    def shown(show: str) -> int:
        with spread.read() as session:
            return list_shown(session, Listing(filters={"show": show}), language="en").total

    assert [shown(word) for word in ("going", "waiting", "done")] == [1, 0, 0]
    with spread.write() as session:
        session.get_one(Delivery, 2).status = DeliveryStatus.SENT
    assert [shown(word) for word in ("going", "waiting", "done")] == [0, 0, 1]


def test_a_title_with_signs_of_a_pattern_is_searched_as_it_is(spread):
    with spread.read() as session:
        assert list_shown(session, Listing(q="title"), language="en").total == 1
        assert list_shown(session, Listing(q="t%e"), language="en").total == 0
        assert list_shown(session, Listing(q="_"), language="en").total == 0


def test_a_share_that_was_lost_stands_in_no_figure_and_is_known_with_its_day(spread):
    with spread.write() as session:
        seen = session.exec(select(Reshare).where(Reshare.evidence == Evidence.OBSERVED)).one()
        lose_share(session, seen, now=NOW + timedelta(days=7))
    with spread.read() as session:
        assert get_results(session, 1).levels == {Evidence.CLAIMED: 1, Evidence.LINK_GIVEN: 1}
        (lost,) = list_lost(session, 1, region=None)
        assert (lost.code, lost.network, lost.evidence) == ("north", Network.BLUESKY, Evidence.OBSERVED)
        assert (lost.at, lost.gone_at) == (NOW, NOW + timedelta(days=7))
        assert list_lost(session, 1, region="Nowhere") == list_lost(session, 2, region=None) == []
