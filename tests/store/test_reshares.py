"""Observed posts: stored once, counted once, and the Alliance's own are what others repeat."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from sharebot.models import Reshare, SocialAccount
from sharebot.store import findings, reshares
from sharebot.store.database import Database
from sharebot.store.deliveries import get_delivery
from sharebot.store.match_index import build_index
from sharebot.values.posts import PastedLink, Post
from sharebot.values.status import AccountStatus, Evidence, Network, PostKind, ReshareKind
from sharebot.values.tracking import Unobservable
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
        assert findings.record_claim(session, 1, link=None, now=NOW)
        assert findings.record_claim(session, 1, link=link, now=NOW)
        assert not findings.record_claim(session, 1, link=None, now=NOW)
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
        assert findings.record_claim(session, second, link=link, now=NOW)
    assert observe(watched, seen).reshares == 1
    assert [(share.content_id, share.evidence) for share in shares(watched)] == [(1, Evidence.OBSERVED)]
    with watched.write() as session:
        assert not findings.record_claim(session, second, link=link, now=NOW)


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


def test_whoever_has_a_host_has_not_the_part_that_is_another_partys(watched):
    """South's feed may call the whole host its own, and list what North wrote on it."""
    with watched.write() as session:
        for member_id, site in ((1, "blogs.example/north"), (2, "blogs.example")):
            session.add(
                SocialAccount(
                    member_id=member_id,
                    network=Network.WEBSITE,
                    handle=site,
                    external_id=site,
                    status=AccountStatus.WATCHED,
                )
            )
    url = "https://blogs.example/north/a"
    page = Post(Network.WEBSITE, url, "blogs.example", at=NOW + HOUR, url=url, links=(PAGE,))
    assert observe(watched, page).reshares == 0
    assert observe(watched, replace(page, author_id="blogs.example/north")).reshares == 1
    other = "https://blogs.example/northern/a"
    assert observe(watched, replace(page, external_id=other, url=other)).reshares == 1
    assert [share.member_id for share in shares(watched)] == [1, 2]


def test_a_name_that_somebody_took_from_us_is_ours_no_more(watched: Database) -> None:
    def names() -> set[str]:
        with watched.read() as session:
            index = build_index(session, [post()], short_base=SHORT, now=NOW)
        return {name for network, name in index.our_names if network is SKY}

    assert names() == {"alliance.example", "did:plc:alliance"}
    with watched.write() as session:
        own = session.get_one(SocialAccount, 1)
        own.status, own.reason = AccountStatus.BROKEN, Unobservable.TAKEN_OVER
    assert names() == {"did:plc:alliance"}
