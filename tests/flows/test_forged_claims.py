"""Claims that are not true, through the real store, job and a real server: none is believed, each for its reason.

Ben of South says that he shared the item `https://alliance.example/a`, released at NOW.
"""

import shutil
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import select
from starlette.responses import Response

from sharebot.config.settings import Settings
from sharebot.jobs.check_posts import check_posts
from sharebot.models import Content, Delivery, ObservedPost, PastedPost, Reshare, SocialAccount, Variant
from sharebot.rules.pasted_links import find_links
from sharebot.runtime import Runtime
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store import posts
from sharebot.store.database import Database
from sharebot.store.reshares import add_posts
from sharebot.store.tracking import record_identities
from sharebot.trackers.bluesky import BlueskyTracker
from sharebot.trackers.seam import Identity, Look, Observation, Tracker, Watched
from sharebot.values.posts import KnownPost, Objection, PastedLink, Post, Shortfall
from sharebot.values.status import (
    AccountStatus,
    ContentKind,
    ContentStatus,
    Evidence,
    Network,
    PostKind,
)
from sharebot.values.tracking import Ground
from tests.cast import NOW, FixedClock
from tests.trackers.bluesky_server import (
    ALLIANCE,
    HANDLES,
    NORTH,
    SOUTH,
    STRANGER,
    Client,
    World,
    link_card,
    quote_of,
    serving,
    uri,
    view,
)

SKY, TOOT = Network.BLUESKY, Network.MASTODON
ANA, BEN = 1, 2
PAGE, OTHER_PAGE = "https://alliance.example/a", "https://alliance.example/other-item"
SOUTH_ACTOR = "https://social.example/users/south"
HOUR = timedelta(hours=1)
AFTER, BEFORE = "2026-11-23T09:00:00Z", "2026-11-23T07:00:00Z"
CHECKED = (Evidence.LINK_CHECKED, Evidence.OBSERVED)


def sky(who: str = "south.example", key: str = "p") -> str:
    return f"https://bsky.app/profile/{who}/post/{key}"


@dataclass
class Told:
    """A network of the tests that shows one post, whatever link it is asked about."""

    shows: Post | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    every: timedelta = HOUR
    identify_every: timedelta = HOUR

    async def observe(self, look: Look) -> AsyncIterator[Observation]:
        yield Observation()

    async def identify(self, accounts: Sequence[Watched]) -> Mapping[int, Identity]:
        return {one.account_id: Identity(self.ids.get(one.handle), one.handle) for one in accounts}

    async def look_up(self, link: PastedLink, accounts: Sequence[Watched]) -> Post | None:
        return self.shows

    async def recheck(self, posts: Sequence[KnownPost]) -> Mapping[str, bool]:
        return {}


@dataclass
class Stage:
    database: Database
    world: World
    runtime: Runtime
    clock: FixedClock

    def paste(self, link: str, *, officer: int = BEN) -> posts.Taken:
        """Give a link as an officer does, in reply to the item."""
        with self.database.write() as session:
            paste = posts.Paste(find_links(link), NOW, officer, self.runtime.lookable)
            return posts.take(session, officer, paste, settings=Settings(), now=NOW)

    async def check(self, *, times: int = 1) -> None:
        for _ in range(times):
            self.clock.at += HOUR
            await check_posts(self.runtime)

    def told(self) -> tuple[Evidence, str]:
        with self.database.read() as session:
            row = session.exec(select(PastedPost).where(PastedPost.officer_id == BEN)).one()
            return row.evidence, row.reason

    def believed(self, member_id: int = 2) -> list[Reshare]:
        with self.database.read() as session:
            rows = session.exec(select(Reshare).where(Reshare.member_id == member_id))
            return [row for row in rows if row.evidence in CHECKED]

    def change(self, number: int, **values: Any) -> None:
        with self.database.write() as session:
            row = session.get_one(SocialAccount, number)
            for name, value in values.items():
                setattr(row, name, value)


@pytest.fixture
async def stage(database: Database, released_file: Path) -> AsyncIterator[Stage]:
    assert database.path is not None
    shutil.copy(released_file, database.path)
    _prepare(database)
    world, clock = World(), FixedClock(NOW)
    async with serving(world) as base_url, httpx.AsyncClient(trust_env=False) as client:
        trackers: dict[Network, Tracker] = {
            SKY: BlueskyTracker(Client(client), base_url),
            TOOT: Told(ids={"south@social.example": SOUTH_ACTOR}),
        }
        runtime = Runtime(Settings(), clock, database, Fetcher(), ParserPool(), trackers=trackers)
        yield Stage(database, world, runtime, clock)


def _prepare(database: Database) -> None:
    """The item was sent; a second one is out; the Alliance, North and South have accounts."""
    with database.write() as session:
        for delivery in session.exec(select(Delivery)):
            delivery.message_id, delivery.sent_at = 100 + (delivery.id or 0), NOW
        session.add(Content(id=9, kind=ContentKind.POST, status=ContentStatus.READY, released_at=NOW, created_at=NOW))
        session.flush()
        other = Variant(content_id=9, external_id="o", language="en", title="Other", url=OTHER_PAGE, updated_at=NOW)
        session.add(other)
        for number, (member_id, network, handle, external_id) in enumerate(
            (
                (None, SKY, "alliance.example", ALLIANCE),
                (1, SKY, "north.example", NORTH),
                (2, SKY, "south.example", None),
                (2, TOOT, "south@social.example", None),
            ),
            start=1,
        ):
            row = SocialAccount(id=number, network=network, handle=handle, status=AccountStatus.WATCHED)
            row.member_id, row.external_id = member_id, external_id
            session.add(row)


def posted(*links: str, did: str = SOUTH, at: str = AFTER, **record: Any) -> Callable[[World], None]:
    """Let an account have a post with these links, and make them a card and facets."""
    card: dict[str, Any] = {"embed": link_card(links[0])} if links and "embed" not in record else {}

    def happen(world: World) -> None:
        world.posts[uri(did, "p")] = view(did, "p", at=at, text="Read " + " ".join(links), **card, **record)

    return happen


def nothing(world: World) -> None:
    """Let nothing be there."""


FORGED = [
    ("somebody else's post", sky("stranger.example"), posted(PAGE, did=STRANGER), Shortfall.FOREIGN),
    ("somebody else's post, by its id", sky(STRANGER), posted(PAGE, did=STRANGER), Shortfall.FOREIGN),
    ("another party's post, under a free handle", sky("free.example"), posted(PAGE, did=NORTH), Shortfall.FOREIGN),
    ("a lookalike of our site", sky(), posted("https://alliance.exarnple/a"), Shortfall.NOT_OURS),
    ("our site as a part of another's", sky(), posted("https://alliance.example.evil.example/a"), Shortfall.NOT_OURS),
    (
        "our site as a name before another's",
        sky(),
        posted("https://alliance.example@evil.example/a"),
        Shortfall.NOT_OURS,
    ),
    ("a Cyrillic letter in our name", sky(), posted("https://\u0430lliance.example/a"), Shortfall.NOT_OURS),
    (
        "a backslash before the other host",
        sky(),
        posted("https://evil.example\\@alliance.example/a"),
        Shortfall.NOT_OURS,
    ),
    ("our address as a parameter", sky(), posted(f"https://evil.example/?u={PAGE}"), Shortfall.NOT_OURS),
    ("our address as a path", sky(), posted(f"https://evil.example/{PAGE}"), Shortfall.NOT_OURS),
    ("our front page", sky(), posted("https://alliance.example/"), Shortfall.NOT_OURS),
    ("another page of ours", sky(), posted("https://alliance.example/a/b"), Shortfall.NOT_OURS),
    ("another port", sky(), posted("https://alliance.example:8443/a"), Shortfall.NOT_OURS),
    ("a short link that was never made", sky(), posted("http://127.0.0.1:8080/r/zzzzzzzzzz"), Shortfall.NOT_OURS),
    ("a short link on a lookalike", sky(), posted("http://127.0.0.1.evil.example/r/zzzzzzzzzz"), Shortfall.NOT_OURS),
    ("no link at all", sky(), posted(), Shortfall.NOT_OURS),
    ("a hashtag of nobody's", sky(), posted(tags=["GlobalVax"]), Shortfall.NOT_OURS),
    ("a quote of a stranger's post", sky(), posted(embed=quote_of(uri(STRANGER, "q"))), Shortfall.NOT_OURS),
    ("published before the release", sky(), posted(PAGE, at=BEFORE), Shortfall.TOO_EARLY),
    ("an older post dated anew", sky(), posted(PAGE, at=BEFORE, createdAt=BEFORE), Shortfall.TOO_EARLY),
    ("about another item", sky(), posted(OTHER_PAGE), Shortfall.OTHER_ITEM),
    ("deleted", sky(), nothing, Shortfall.GONE),
    ("another number", sky(key="q"), posted(PAGE), Shortfall.GONE),
    ("a handle that nobody has", sky("nobody.example"), posted(PAGE), Shortfall.GONE),
]


@pytest.mark.parametrize(("name", "link", "happen", "reason"), FORGED, ids=[one[0] for one in FORGED])
async def test_what_the_network_shows_decides(
    stage: Stage,
    name: str,
    link: str,
    happen: Callable[[World], None],
    reason: Shortfall,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(HANDLES, "free.example", NORTH)
    happen(stage.world)
    assert stage.paste(link).given, name
    await stage.check()
    assert (stage.told(), stage.believed()) == ((Evidence.CLAIMED, reason.value), [])


REFUSED = [
    ("another party's post", sky("north.example"), Objection.OTHER_PARTY),
    ("another party's post, by its id", sky(NORTH), Objection.OTHER_PARTY),
    ("the Alliance's own post", sky("alliance.example"), Objection.OUR_POST),
    ("the Alliance's own post, by its id", sky(ALLIANCE), Objection.OUR_POST),
    ("a profile", "https://bsky.app/profile/south.example", Objection.NO_POST),
    ("our own page", PAGE, Objection.OUR_PAGE),
    ("a place inside", "http://169.254.169.254/latest/meta-data", Objection.NOT_PUBLIC),
]


@pytest.mark.parametrize(("name", "link", "objection"), REFUSED, ids=[one[0] for one in REFUSED])
async def test_what_cannot_be_theirs_is_not_even_kept(stage: Stage, name: str, link: str, objection: Objection) -> None:
    taken = stage.paste(link)
    assert ([why for _, why in taken.refused], taken.given) == ([objection], ()), name
    await stage.check()
    assert (stage.world.asked, stage.believed()) == ([], [])


async def test_the_same_post_by_two_parties_is_the_first_ones(stage: Stage) -> None:
    posted(PAGE, did=NORTH)(stage.world)
    stage.paste(sky("north.example"), officer=ANA)
    await stage.check()
    assert len(stage.believed(1)) == 1
    for link in (sky("north.example"), sky(NORTH), f"{sky('north.example')}?ref_src=x"):
        assert [why for _, why in stage.paste(link).refused] == [Objection.OTHER_PARTY]
    assert stage.believed() == []


async def test_a_post_counts_for_whose_it_is_though_another_party_gave_it_first(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """South gives North's post under a handle that we do not know; then North's is seen."""
    monkeypatch.setitem(HANDLES, "free.example", NORTH)
    posted(PAGE, did=NORTH)(stage.world)
    assert stage.paste(sky("free.example")).given
    own = Post(SKY, uri(NORTH, "p"), NORTH, at=NOW + HOUR, url=sky("free.example"), links=(PAGE,))
    with stage.database.write() as session:
        assert add_posts(session, [own], short_base="http://127.0.0.1:8080/r", now=NOW + HOUR).reshares == 1
    await stage.check()
    assert (len(stage.believed(1)), stage.believed()) == (1, [])
    assert stage.told() == (Evidence.CLAIMED, Shortfall.FOREIGN.value)


async def test_whoever_takes_the_partys_old_handle_posts_nothing_for_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.change(3, external_id=SOUTH)
    monkeypatch.setitem(HANDLES, "south.example", STRANGER)
    posted(PAGE, did=STRANGER)(stage.world)
    stage.paste(sky())
    await stage.check()
    assert stage.told() == (Evidence.CLAIMED, Shortfall.FOREIGN.value)


async def test_renaming_to_the_victims_handle_gives_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """South registered a handle under which North's account answers now; North's id is North's."""
    stage.change(3, handle="free.example")
    monkeypatch.setitem(HANDLES, "free.example", NORTH)
    posted(PAGE, did=NORTH)(stage.world)
    assert stage.paste(sky("free.example")).given
    await stage.check()
    assert stage.told() == (Evidence.CLAIMED, Shortfall.FOREIGN.value)
    with stage.database.read() as session:
        assert session.get_one(SocialAccount, 3).external_id is None


async def test_an_account_that_the_party_disowned_proves_nothing(stage: Stage) -> None:
    stage.change(3, status=AccountStatus.UNOBSERVABLE, external_id=SOUTH)
    posted(PAGE)(stage.world)
    stage.paste(sky())
    await stage.check()
    assert stage.told() == (Evidence.CLAIMED, Shortfall.FOREIGN.value)


@pytest.mark.parametrize(
    ("shows", "reason"),
    [
        (Post(TOOT, "https://evil.example/users/south/1", "https://evil.example/users/south"), Shortfall.FOREIGN),
        (Post(TOOT, f"{SOUTH_ACTOR}/1", "https://social.example/users/SOUTH"), Shortfall.FOREIGN),
        (Post(SKY, uri(SOUTH, "p"), SOUTH, at=NOW + HOUR, links=(PAGE,)), Shortfall.OTHER_POST),
        (Post(TOOT, f"{SOUTH_ACTOR}/1", SOUTH_ACTOR, at=NOW - HOUR, links=(PAGE,)), Shortfall.TOO_EARLY),
        (Post(TOOT, f"{SOUTH_ACTOR}/1", SOUTH_ACTOR, at=NOW + HOUR), Shortfall.NOT_OURS),
        (None, Shortfall.GONE),
    ],
    ids=["a copy on another server", "another case", "another network", "too early", "without our link", "gone"],
)
async def test_on_servers_that_anybody_can_run(stage: Stage, shows: Post | None, reason: Shortfall) -> None:
    told = stage.runtime.trackers[TOOT]
    assert isinstance(told, Told)
    told.shows = shows
    assert stage.paste("https://social.example/@south/1134").given
    await stage.check()
    assert (stage.told(), stage.believed()) == ((Evidence.CLAIMED, reason.value), [])


async def test_while_the_network_does_not_answer_nothing_is_believed(stage: Stage) -> None:
    posted(PAGE)(stage.world)
    stage.world.instead["app.bsky.feed.getPosts"] = Response(status_code=503)
    stage.paste(sky())
    await stage.check(times=3)
    assert (stage.told(), stage.believed()) == ((Evidence.LINK_GIVEN, Shortfall.NO_ANSWER.value), [])


async def test_where_nobody_can_look_the_link_is_only_given(stage: Stage) -> None:
    stage.paste("https://www.instagram.com/p/Cabcdef123/")
    await stage.check()
    assert (stage.told(), stage.believed()) == ((Evidence.LINK_GIVEN, Shortfall.NO_LOOK.value), [])


async def test_the_true_claim_is_believed_and_deleted_later_is_lost(stage: Stage) -> None:
    posted(PAGE)(stage.world)
    stage.paste(sky())
    await stage.check()
    assert (stage.told(), len(stage.believed())) == ((Evidence.LINK_CHECKED, ""), 1)
    asked = len(stage.world.asked)
    await stage.check()
    assert len(stage.world.asked) == asked, "it is looked for again after a day"
    stage.clock.at = NOW + timedelta(days=1)
    await stage.check()
    assert (len(stage.world.asked) > asked, len(stage.believed())) == (True, 1)
    stage.world.posts.clear()
    stage.clock.at = NOW + timedelta(days=7)
    await stage.check()
    assert (stage.told(), stage.believed()) == ((Evidence.CLAIMED, Shortfall.GONE.value), [])
    with stage.database.read() as session:
        assert [row.evidence for row in session.exec(select(Reshare))] == [Evidence.CLAIMED]


OBSERVED = [
    ("a stranger's", Post(SKY, "f1", STRANGER, links=(PAGE,), at=NOW + HOUR)),
    ("an account's name in place of its id", Post(SKY, "f2", "south.example", links=(PAGE,), at=NOW + HOUR)),
    ("another network's id", Post(Network.X, "f3", SOUTH, links=(PAGE,), at=NOW + HOUR)),
    ("a repost of a stranger's", Post(SKY, "f4", SOUTH, PostKind.REPOST, NOW + HOUR, subject_id=uri(STRANGER, "p"))),
    ("a repost of another network's", Post(SKY, "f5", SOUTH, PostKind.REPOST, NOW + HOUR, subject_id="own")),
    ("too early", Post(SKY, "f6", SOUTH, links=(PAGE,), at=NOW - HOUR)),
    ("a lookalike", Post(SKY, "f7", SOUTH, links=("https://alliance.example.evil.example/a",), at=NOW + HOUR)),
]


@pytest.mark.parametrize(("name", "seen"), OBSERVED, ids=[one[0] for one in OBSERVED])
async def test_what_trackers_see_is_believed_no_more(stage: Stage, name: str, seen: Post) -> None:
    own = ObservedPost(account_id=1, network=Network.YOUTUBE, external_id="own", kind=PostKind.POST, seen_at=NOW)
    own.content_id, own.ground = 1, Ground.PAGE
    with stage.database.write() as session:
        record_identities(session, {3: Identity(SOUTH, "south.example")}, now=NOW)
        session.add(own)
        session.flush()
        assert add_posts(session, [seen], short_base="http://127.0.0.1:8080/r", now=NOW + HOUR).reshares == 0, name
    assert stage.believed() == []
