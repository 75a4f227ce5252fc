"""Observed posts: stored once, counted once, and the Alliance's own are what others repeat."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from sharebot.models import ObservedPost, Reshare, SocialAccount
from sharebot.store import reshares
from sharebot.store.database import Database
from sharebot.store.deliveries import get_delivery
from sharebot.values.posts import PastedLink, Post
from sharebot.values.status import AccountStatus, Evidence, Network, PostKind, ReshareKind
from tests.cast import NOW
from tests.store.props import ITEM, approved, release_now, released, take_in

SKY = Network.BLUESKY
SHORT = "https://go.alliance.example/r/"
PAGE = "https://alliance.example/a0"
HOUR = timedelta(hours=1)


@pytest.fixture
def watched(either: Database) -> Database:
    """Item 1 is released; the Alliance, North and South have an account each."""
    released(either)
    with either.write() as session:
        for member_id, name in ((None, "alliance"), (1, "north"), (2, "south")):
            session.add(
                SocialAccount(
                    member_id=member_id,
                    network=SKY,
                    handle=f"{name}.example",
                    external_id=f"did:plc:{name}",
                    status=AccountStatus.WATCHED,
                )
            )
    return either


def post(author: str = "north", number: int = 1, *, links: tuple[str, ...] = (PAGE,), **more: Any) -> Post:
    uri = f"at://did:plc:{author}/app.bsky.feed.post/{number}"
    values: dict[str, Any] = {
        "at": NOW + HOUR,
        "url": f"https://bsky.app/profile/{author}.example/post/{number}",
    } | more
    return Post(SKY, uri, f"did:plc:{author}", links=links, **values)


def observe(database: Database, *posts: Post) -> reshares.Added:
    with database.write() as session:
        return reshares.add_posts(session, posts, short_base=SHORT, now=NOW + HOUR)


def shares(database: Database) -> list[Reshare]:
    with database.read() as session:
        return list(session.exec(select(Reshare).order_by(Reshare.id)))  # type: ignore[arg-type]


def test_a_post_with_our_link_counts_for_its_party(watched):
    first_item = "https://alliance.example/a0"
    assert observe(watched, post(links=(first_item,))) == reshares.Added(1, 1)
    (share,) = shares(watched)
    assert (share.member_id, share.content_id, share.kind, share.evidence) == (
        1,
        1,
        ReshareKind.LINK,
        Evidence.OBSERVED,
    )


def test_looking_twice_changes_nothing(watched):
    one = post()
    observe(watched, one)
    assert observe(watched, one) == reshares.Added(0, 0)
    assert len(shares(watched)) == 1


def test_a_repost_of_the_alliances_own_post_counts_whatever_comes_first(watched):
    own = post("alliance", 7, links=(PAGE,))
    repost = post("south", 8, links=(), kind=PostKind.REPOST, subject_id=own.external_id)
    assert observe(watched, repost, own) == reshares.Added(2, 1)
    (share,) = shares(watched)
    assert (share.member_id, share.kind) == (2, ReshareKind.REPOST)


def test_the_alliances_own_posts_are_no_shares(watched):
    observe(watched, post("alliance", links=(PAGE,)))
    assert shares(watched) == []


@pytest.mark.parametrize(
    "odd",
    [
        post("stranger", links=(PAGE,)),
        post(links=("https://elsewhere.example/a0",)),
        post(links=()),
        post(links=(PAGE,), at=NOW - HOUR),
    ],
    ids=["a stranger's", "another site", "no link", "older than the release"],
)
def test_what_does_not_count(watched, odd: Post):
    observe(watched, odd)
    assert shares(watched) == []


def test_a_claim_a_link_and_the_post_itself_are_one_share(watched):
    seen = post()
    link = PastedLink(SKY, seen.url or "", "north.example", None)
    with watched.write() as session:
        assert reshares.record_claim(session, 1, link=None, now=NOW)
        assert reshares.record_claim(session, 1, link=link, now=NOW)
        assert not reshares.record_claim(session, 1, link=None, now=NOW)
        assert get_delivery(session, 1).officer_id == 1
    observe(watched, seen)
    (share,) = shares(watched)
    assert (share.evidence, share.network) == (Evidence.OBSERVED, SKY)


def test_what_is_seen_says_more_than_what_an_officer_chose(watched):
    """The officer said the link was about the second item; the post itself links to the first."""
    second = released_too(watched)
    seen = post()
    link = PastedLink(SKY, seen.url or "", "north.example", seen.external_id)
    with watched.write() as session:
        assert reshares.record_claim(session, second, link=link, now=NOW)
    assert observe(watched, seen).reshares == 1
    assert [(share.content_id, share.evidence) for share in shares(watched)] == [(1, Evidence.OBSERVED)]
    with watched.write() as session:
        assert not reshares.record_claim(session, second, link=link, now=NOW)


def released_too(database: Database) -> int:
    """Release a second item and return Ana's delivery of it."""
    take_in(database, replace(ITEM, external_id="b", url="https://alliance.example/b"))
    entry = approved(database, 2)
    with database.write() as session:
        assert release_now(session, entry) is not None
    return 3


def test_two_posts_are_two_shares(watched):
    page = ("https://alliance.example/a0",)
    assert observe(watched, post(number=1, links=page), post(number=2, links=page)).reshares == 2


def test_a_broken_account_is_noted_and_recovers(watched):
    with watched.write() as session:
        reshares.record_accounts(session, {}, {2: "no such account" * 60}, now=NOW)
        assert session.get(SocialAccount, 2).status is AccountStatus.BROKEN
        assert [one.account_id for one in reshares.list_watched(session, SKY)] == [1, 2, 3]
        reshares.record_accounts(session, {2: "did:plc:new"}, {}, now=NOW)
    with watched.read() as session:
        account = session.get(SocialAccount, 2)
        assert (account.status, account.error, account.external_id) == (AccountStatus.WATCHED, None, "did:plc:new")


def test_only_the_alliances_young_posts_are_watched_for_reposts(watched):
    observe(watched, post("alliance", 7, links=(PAGE,)), post("alliance", 8, links=()))
    with watched.read() as session:
        since = reshares.list_subjects(session, SKY, since=NOW)
        assert since == ["at://did:plc:alliance/app.bsky.feed.post/7"]
        assert reshares.list_subjects(session, SKY, since=NOW + 2 * HOUR) == []
        assert len(session.exec(select(ObservedPost)).all()) == 2
