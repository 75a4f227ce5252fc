"""Which content a post spreads, by what evidence, and how sightings of one share become one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharebot.rules.attribution import Code, Index, Match, NotCounted, Target, index_targets, match
from sharebot.values.posts import Post, Shortfall
from sharebot.values.status import (
    Evidence,
    Network,
    PostKind,
    ReshareKind,
)
from sharebot.values.tracking import Ground

NORTH, SOUTH = 1, 2
RELEASE = datetime(2026, 11, 23, 8, tzinfo=UTC)
AFTER, BEFORE = RELEASE + timedelta(hours=2), RELEASE - timedelta(seconds=1)
OURS = "at://did:plc:alliance/app.bsky.feed.post/aaa"
THEIRS = "at://did:plc:north/app.bsky.feed.post/bbb"
CODE = "Ab3dEf6hIj"
INDEX = Index(
    targets=index_targets(
        [
            ("https://www.alliance.example/sante/", Target(7, 71, "fr")),
            ("https://alliance.example/health?id=7&utm_source=feed", Target(7, 72, "en")),
            ("https://alliance.example/other", Target(8, 81, "en")),
        ]
    ),
    codes={CODE: Code(NORTH, Target(7, 73, "es"))},
    own_posts={(Network.BLUESKY, OURS): Target(7, None, "en")},
    short_base="https://links.alliance.example/r",
    released_at={7: RELEASE},
)


def post(*links: str, kind: PostKind = PostKind.POST, subject: str | None = None, at: datetime | None = AFTER) -> Post:
    return Post(Network.BLUESKY, THEIRS, "did:plc:north", kind, at=at, links=links, subject_id=subject)


@pytest.mark.parametrize(
    ("seen", "kind", "language"),
    [
        (post(kind=PostKind.REPOST, subject=OURS, at=None), ReshareKind.REPOST, "en"),
        (post(kind=PostKind.QUOTE, subject=OURS), ReshareKind.QUOTE, "en"),
        (post("http://alliance.example/sante?fbclid=x#top"), ReshareKind.LINK, "fr"),
        (post("https://ALLIANCE.example/health/?utm_campaign=c&id=7"), ReshareKind.LINK, "en"),
        (post(f"https://links.alliance.example/r/{CODE}"), ReshareKind.LINK, "es"),
        (post("https://x.example", "https://alliance.example/sante"), ReshareKind.LINK, "fr"),
        (
            post("https://alliance.example/sante", kind=PostKind.QUOTE, subject="at://other"),
            ReshareKind.QUOTE,
            "fr",
        ),
    ],
)
def test_a_post_that_spreads_our_content_is_found(seen: Post, kind: ReshareKind, language: str) -> None:
    found = match(seen, NORTH, index=INDEX)
    assert isinstance(found, Match)
    assert (found.content_id, found.kind, found.language) == (7, kind, language)
    assert found.evidence is Evidence.OBSERVED


@pytest.mark.parametrize(
    "seen",
    [
        post(),
        post("https://alliance.example/"),
        post("https://alliance.example/health?id=8"),
        post("https://alliance.example.evil.example/sante"),
        post("https://xn--lliance-d4a.example/sante"),
        post("https://аlliance.example/sante"),  # the Cyrillic letter
        post("https://alliance.example@evil.example/sante"),
        post("https://evil.example/r/" + CODE),
        post("https://links.alliance.example/r/" + CODE.lower()),
        post("https://links.alliance.example/" + CODE),
        post(kind=PostKind.REPOST, subject="at://did:plc:other/app.bsky.feed.post/aaa"),
        Post(Network.X, "1", "2", PostKind.REPOST, subject_id=OURS),
        post(CODE),
    ],
)
def test_other_posts_are_none_of_ours(seen: Post) -> None:
    assert match(seen, NORTH, index=INDEX) is None


def test_another_partys_short_link_counts_for_the_author_and_is_told() -> None:
    seen = post(f"https://links.alliance.example/r/{CODE}")
    own, others = match(seen, NORTH, index=INDEX), match(seen, SOUTH, index=INDEX)
    assert isinstance(own, Match)
    assert isinstance(others, Match)
    assert (own.reason, others.reason) == ("has the party's short link", "has another party's short link")


def test_a_post_before_the_release_does_not_count_and_says_why() -> None:
    found = match(post("https://alliance.example/sante", at=BEFORE), NORTH, index=INDEX)
    assert found == NotCounted(
        Shortfall.TOO_EARLY, "links to the page, but was published before the release", 7, Ground.PAGE
    )


def test_at_the_release_it_counts() -> None:
    assert isinstance(match(post("https://alliance.example/sante", at=RELEASE), NORTH, index=INDEX), Match)


def test_a_link_that_counts_wins_over_one_that_came_too_early() -> None:
    found = match(post("https://alliance.example/sante", "https://alliance.example/other", at=BEFORE), 1, index=INDEX)
    assert isinstance(found, Match)
    assert found.content_id == 8


OUR_VIDEO = "dQw4w9WgXcQ"
VAX, NURSES = 20, 21
DAY = timedelta(days=1)
WIDE = Index(
    targets=index_targets([("https://alliance.example/sante", Target(7, None, "fr"))]),
    codes={CODE: Code(NORTH, Target(7))},
    own_posts={
        (Network.BLUESKY, OURS): Target(7),
        (Network.YOUTUBE, OUR_VIDEO): Target(8),
        (Network.TELEGRAM, "-1001/5"): Target(9),
    },
    short_base="https://links.alliance.example/r",
    released_at={7: RELEASE, VAX: RELEASE, NURSES: RELEASE + 3 * DAY},
    tags={"vax": frozenset({VAX, NURSES}), "nurses": frozenset({NURSES}), "twins": frozenset({30, 31})},
    our_names=frozenset(
        {(Network.BLUESKY, "did:plc:alliance"), (Network.TELEGRAM, "-1001"), (Network.TELEGRAM, "ours")}
    ),
    files={"AgADposter": Target(8)},
    words=[(Target(8, None, "en"), "one two three four five six seven eight nine ten eleven twelve")],
)


def on(network: Network, **told: Any) -> Post:
    return Post(network, "77", "4242", **{"at": AFTER, **told})


@pytest.mark.parametrize(
    ("seen", "content", "ground"),
    [
        (on(Network.BLUESKY, kind=PostKind.REPOST, subject_id=OURS), 7, Ground.REPOST),
        (on(Network.BLUESKY, kind=PostKind.QUOTE, subject_id=OURS), 7, Ground.QUOTE),
        (on(Network.X, links=(f"https://links.alliance.example/r/{CODE}",)), 7, Ground.SHORT_LINK),
        (on(Network.X, text=f"see links.alliance.example/r/{CODE}!"), 7, Ground.SHORT_LINK),
        (on(Network.X, links=("https://alliance.example/sante",)), 7, Ground.PAGE),
        (on(Network.X, links=(f"https://youtu.be/{OUR_VIDEO}",)), 8, Ground.VIDEO),
        (on(Network.X, links=("https://t.me/ours/5",)), 9, Ground.PAGE),
        (on(Network.TELEGRAM, files=("none", "AgADposter")), 8, Ground.FILE),
        (
            on(Network.BLUESKY, hashtags=("Nurses",), mentions=("did:plc:alliance",), at=AFTER + 4 * DAY),
            NURSES,
            Ground.TAG,
        ),
        (on(Network.X, text="One, two, three, four, five, six! Seven eight nine ten eleven twelve."), 8, Ground.WORDS),
    ],
)
def test_the_ground_is_told(seen: Post, content: int, ground: Ground) -> None:
    found = match(seen, NORTH, index=WIDE)
    assert isinstance(found, Match)
    assert (found.content_id, found.ground) == (content, ground)


def tagged(*tags: str, at: datetime | None) -> int | None:
    seen = on(Network.TELEGRAM, text="@ours " + " ".join(f"#{tag}" for tag in tags), at=at)
    found = match(seen, NORTH, index=WIDE)
    return found.content_id if isinstance(found, Match) else None


def test_of_a_campaigns_contents_the_newest_that_was_out_counts() -> None:
    assert tagged("vax", at=RELEASE + DAY) == VAX
    assert tagged("vax", at=RELEASE + 4 * DAY) == NURSES
    assert tagged("vax", "nurses", at=RELEASE + 4 * DAY) == NURSES


def test_where_nothing_tells_which_of_several_contents_is_meant_none_counts() -> None:
    assert tagged("twins", at=AFTER) is None
    assert tagged("vax", at=None) is None


def test_a_hashtag_alone_is_a_near_miss_that_says_so() -> None:
    found = match(on(Network.X, hashtags=("nurses",)), NORTH, index=WIDE)
    assert found == NotCounted(Shortfall.NOT_OURS, "has the campaign's hashtag alone", NURSES, Ground.TAG)


def test_our_own_post_is_nobodys_share() -> None:
    seen = Post(Network.BLUESKY, OURS, "did:plc:alliance", at=AFTER, links=("https://alliance.example/sante",))
    found = match(seen, NORTH, index=WIDE)
    assert isinstance(found, NotCounted)
    assert found.shortfall is Shortfall.OUR_POST


def test_of_our_own_post_it_is_told_what_it_presents() -> None:
    seen = Post(Network.BLUESKY, "at://new", "did:plc:alliance", at=AFTER, links=("https://alliance.example/sante",))
    found = match(seen, 0, index=WIDE)
    assert isinstance(found, Match)
    assert found.content_id == 7


def test_a_post_without_a_time_is_dated_by_its_id() -> None:
    link = ("https://alliance.example/sante",)
    early = Post(Network.X, "1500000000000000000", "4242", links=link)  # of 2022
    unknown = Post(Network.FACEBOOK, "1500000000000000000", "4242", links=link)
    assert isinstance(match(early, NORTH, index=WIDE), NotCounted)
    assert isinstance(match(unknown, NORTH, index=WIDE), Match)


ANYTHING = st.text(max_size=80) | st.sampled_from(["https://alliance.example/sante", "#vax @ours", OURS, "\ud800"])


@given(
    st.builds(
        Post,
        st.sampled_from(Network),
        ANYTHING,
        ANYTHING,
        st.sampled_from(PostKind),
        st.none() | st.just(AFTER),
        st.none() | ANYTHING,
        st.none() | ANYTHING,
        st.lists(ANYTHING, max_size=4).map(tuple),
        ANYTHING,
        st.lists(ANYTHING, max_size=4).map(tuple),
        st.lists(ANYTHING, max_size=4).map(tuple),
        st.lists(ANYTHING, max_size=4).map(tuple),
    )
)
def test_no_post_makes_it_fail(seen: Post) -> None:
    match(seen, NORTH, index=WIDE)
