"""What staff see of the networks, on both databases: accounts by reason, shares by evidence and time, spending."""

from datetime import timedelta
from typing import Any

import pytest

from sharebot.models import Content, ObservedPost, Reshare, SocialAccount, TrackerSpend, TrackerState
from sharebot.store.database import Database
from sharebot.store.tracker_views import (
    Seen,
    Spent,
    count_evidence,
    count_seen_parties,
    count_unnamed,
    list_needy,
    list_networks,
)
from sharebot.values.listing import Listing
from sharebot.values.status import (
    AccountStatus,
    ContentKind,
    Evidence,
    Network,
    PostKind,
    ReshareKind,
)
from sharebot.values.tracking import TrackerStatus, Unobservable
from tests.cast import NOW, add_member

DAY = timedelta(days=1)


@pytest.fixture
def watched(either: Database) -> Database:
    """Give two parties of two regions accounts, posts and shares."""
    with either.write() as session:
        north, south = add_member(session, "north").id, add_member(session, "south")
        south.region = "Africa"
        session.add(south)
        session.add(TrackerState(network=Network.X, status=TrackerStatus.SPENT))
        session.add(Content(kind=ContentKind.POST, created_at=NOW))
        session.flush()
        broken: dict[str, Any] = {"status": AccountStatus.BROKEN, "external_id": "b"}
        rows: list[tuple[int | None, Network, dict[str, Any]]] = [
            (north, Network.BLUESKY, {"external_id": "a"}),
            (south.id, Network.BLUESKY, broken | {"reason": Unobservable.TAKEN_OVER}),
            (north, Network.MASTODON, {"external_id": "c", "renamed_from": "was", "renamed_at": NOW - DAY}),
            (south.id, Network.MASTODON, {"external_id": "d", "renamed_from": "was", "renamed_at": NOW - 60 * DAY}),
            (None, Network.BLUESKY, {"external_id": "own"}),
            (north, Network.X, {"external_id": "x", "confirmed_at": NOW}),
            (None, Network.X, {"external_id": "ours"}),  # which nobody has to confirm
        ]
        for number, (member_id, network, values) in enumerate(rows, start=1):
            row = {"id": number, "member_id": member_id, "handle": f"h{number}", "status": AccountStatus.WATCHED}
            session.add(SocialAccount(network=network, **row | values))
        session.flush()
        for number, days in enumerate((1, 6, 20, 40)):
            at = NOW - days * DAY
            session.add(
                ObservedPost(
                    account_id=1, network=Network.BLUESKY, external_id=f"p{number}", kind=PostKind.POST, seen_at=at
                )
            )
            session.add(
                Reshare(
                    key=f"k{number}",
                    member_id=north or 0,
                    content_id=1,
                    network=None if number == 1 else Network.BLUESKY,
                    kind=ReshareKind.LINK,
                    evidence=Evidence.CLAIMED if number == 1 else Evidence.OBSERVED,
                    at=at,
                    created_at=at,
                )
            )
        for days, n in ((0, 5), (2, 7), (30, 100)):
            on_date = (NOW - days * DAY).date()
            session.add(TrackerSpend(network=Network.X, on_date=on_date, resource="post", n=n, micros=n * 1000))
    return either


def test_each_network_tells_its_accounts_posts_shares_and_cost(watched: Database) -> None:
    with watched.read() as session:
        views = list_networks(session, now=NOW)
        levels, unnamed = count_evidence(session, now=NOW), count_unnamed(session, now=NOW)
        parties = count_seen_parties(session)
    bluesky, x = views[Network.BLUESKY], views[Network.X]
    assert (bluesky.watched, bluesky.own, bluesky.unseen) == (1, 1, {Unobservable.TAKEN_OVER: 1})
    assert bluesky.posts == Seen(2, 3)
    assert bluesky.reshares == {Evidence.OBSERVED: Seen(1, 2)}
    assert (x.watched, x.unseen) == (0, {Unobservable.BUDGET_SPENT: 1})
    assert (x.spent, x.micros) == ({"post": Spent(5, 12_000)}, 12_000)
    assert (views[Network.FACEBOOK].state, views[Network.FACEBOOK].watched) == (None, 0)
    assert levels == {Evidence.OBSERVED: 2, Evidence.CLAIMED: 1}
    assert unnamed == {Evidence.CLAIMED: 1}
    assert parties == (2, 2)


@pytest.mark.parametrize(
    ("filters", "region", "handles"),
    [
        ({}, None, ["h2", "h3"]),
        ({}, "Africa", ["h2"]),
        ({"why": "renamed"}, None, ["h3"]),
        ({"why": "taken_over"}, None, ["h2"]),
        ({"network": "mastodon"}, None, ["h3"]),
    ],
)
def test_accounts_that_need_a_person_are_found(
    watched: Database, filters: dict[str, str], region: str | None, handles: list[str]
) -> None:
    with watched.read() as session:
        found = list_needy(session, Listing("", False, "", filters, 1), now=NOW, region=region)
        by_words = list_needy(session, Listing("party", True, "SOUTH", {}, 1), now=NOW)
    assert [one.handle for one in found.rows] == handles
    assert [(one.handle, one.why, one.code) for one in by_words.rows] == [("h2", Unobservable.TAKEN_OVER, "south")]
