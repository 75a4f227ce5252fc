"""Which content a post spreads, by what evidence, and how sightings of one share become one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharebot.rules.attribution import (
    Code,
    Finding,
    Index,
    Match,
    NotCounted,
    Target,
    check_claim,
    index_targets,
    is_same_post,
    match,
    merge,
    normalise_url,
)
from sharebot.values.posts import Post, Shortfall
from sharebot.values.status import Evidence, Network, PostKind, ReshareKind

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
    assert found == NotCounted(Shortfall.TOO_EARLY, "links to the page, but was published before the release", 7)


def test_at_the_release_it_counts() -> None:
    assert isinstance(match(post("https://alliance.example/sante", at=RELEASE), NORTH, index=INDEX), Match)


def test_a_link_that_counts_wins_over_one_that_came_too_early() -> None:
    found = match(post("https://alliance.example/sante", "https://alliance.example/other", at=BEFORE), 1, index=INDEX)
    assert isinstance(found, Match)
    assert found.content_id == 8


@pytest.mark.parametrize(
    ("seen", "shortfall", "reason"),
    [
        (None, Shortfall.GONE, "the post does not exist or is not public"),
        (post(), Shortfall.NOT_OURS, "the post has no link to anything of ours and repeats none of our posts"),
        (
            Post(
                Network.BLUESKY,
                THEIRS,
                "did:plc:stranger",
                at=AFTER,
                links=("https://alliance.example/sante",),
            ),
            Shortfall.FOREIGN,
            "posted by an account that is not registered for this party",
        ),
        (
            post("https://alliance.example/sante", at=BEFORE),
            Shortfall.TOO_EARLY,
            "links to the page, but was published before the release",
        ),
    ],
)
def test_a_claim_that_the_post_does_not_prove_is_refused_with_the_reason(
    seen: Post | None, shortfall: Shortfall, reason: str
) -> None:
    found = check_claim(seen, NORTH, author_ids={"did:plc:north"}, index=INDEX)
    assert isinstance(found, NotCounted)
    assert (found.shortfall, found.reason) == (shortfall, reason)


def test_a_claim_that_the_post_proves_is_a_checked_link() -> None:
    found = check_claim(post("https://alliance.example/sante"), NORTH, author_ids={"did:plc:north"}, index=INDEX)
    assert isinstance(found, Match)
    assert found.evidence is Evidence.LINK_CHECKED


CLAIM = Finding(NORTH, 7, ReshareKind.CLAIM, Evidence.CLAIMED, AFTER)
PASTED = Finding(
    NORTH,
    7,
    ReshareKind.LINK,
    Evidence.LINK_GIVEN,
    AFTER,
    network=Network.BLUESKY,
    post_id="at://north.example/app.bsky.feed.post/bbb",
    url="https://bsky.app/profile/north.example/post/bbb",
)
SEEN = Finding(
    NORTH,
    7,
    ReshareKind.QUOTE,
    Evidence.OBSERVED,
    BEFORE,
    network=Network.BLUESKY,
    post_id=THEIRS,
    url="https://bsky.app/profile/did:plc:north/post/bbb",
    language="fr",
)


def test_a_claim_grows_to_a_given_link_and_then_to_an_observation_and_stays_one() -> None:
    given_link = merge(CLAIM, PASTED)
    assert given_link == PASTED
    observed = merge(PASTED, SEEN)
    assert observed == SEEN
    assert observed is not None
    assert observed.key == "post:bluesky:" + THEIRS


@pytest.mark.parametrize(("existing", "new"), [(SEEN, PASTED), (SEEN, CLAIM), (SEEN, SEEN)])
def test_weaker_evidence_never_takes_a_stronger_ones_place(existing: Finding, new: Finding) -> None:
    assert merge(existing, new) == existing


def test_a_claim_for_another_network_is_another_share() -> None:
    elsewhere = Finding(NORTH, 7, ReshareKind.CLAIM, Evidence.CLAIMED, AFTER, network=Network.FACEBOOK)
    assert merge(SEEN, elsewhere) is None
    assert merge(elsewhere, SEEN) is None


def test_another_post_another_content_and_another_party_are_other_shares() -> None:
    second = Finding(
        NORTH, 7, ReshareKind.LINK, Evidence.OBSERVED, AFTER, network=Network.BLUESKY, post_id=THEIRS + "x"
    )
    other_content = Finding(NORTH, 8, ReshareKind.CLAIM, Evidence.CLAIMED, AFTER)
    other_party = Finding(SOUTH, 7, ReshareKind.CLAIM, Evidence.CLAIMED, AFTER)
    assert [merge(SEEN, one) for one in (second, other_content, other_party)] == [None, None, None]


def test_one_post_claimed_by_two_parties_is_noticed() -> None:
    by_link = Finding(SOUTH, 7, ReshareKind.LINK, Evidence.LINK_GIVEN, AFTER, network=Network.BLUESKY, post_id=THEIRS)
    assert is_same_post(SEEN, by_link)
    assert by_link.key == SEEN.key
    assert merge(SEEN, by_link) is None


def test_links_that_are_no_web_addresses_make_no_two_posts_the_same() -> None:
    one, other = (
        Finding(NORTH, 7, ReshareKind.LINK, Evidence.LINK_GIVEN, AFTER, network=Network.WEBSITE, url=url)
        for url in ("nonsense", "other nonsense")
    )
    assert not is_same_post(one, other)
    assert one.key != other.key


def test_a_website_link_is_the_same_with_and_without_tracking() -> None:
    one, other = (
        Finding(NORTH, 7, ReshareKind.LINK, Evidence.LINK_GIVEN, AFTER, network=Network.WEBSITE, url=url)
        for url in ("https://north.example/a", "http://www.north.example/a/?utm_source=x")
    )
    assert one.key == other.key
    assert is_same_post(one, other)


def test_every_key_fits_its_column() -> None:
    long = Finding(NORTH, 7, ReshareKind.LINK, Evidence.OBSERVED, AFTER, network=Network.FACEBOOK, post_id="x" * 500)
    assert len(long.key) <= 600


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        (
            "http://WWW.Alliance.Example:80/A/B/?b=2&a=1&utm_Source=x#frag",
            "https://alliance.example/A/B?a=1&b=2",
        ),
        ("https://alliance.example./", "https://alliance.example"),
        ("https://alliance.example:8443/a", "https://alliance.example:8443/a"),
        ("https://alliance.example/caf%c3%a9", "https://alliance.example/caf%C3%A9"),
        ("https://alliance.example/café", "https://alliance.example/caf%C3%A9"),
        ("https://alliance.example/%7Ea", "https://alliance.example/~a"),
        ("https://alliance.example/a/amp/", "https://alliance.example/a"),
        ("https://alliance.example/?q=a+b", "https://alliance.example?q=a%20b"),
        ("https://alliance.example/?site=2&size=3&sid=4", "https://alliance.example?sid=4&site=2&size=3"),
        ("https://münchen.example/a", "https://xn--mnchen-3ya.example/a"),
        ("https://youtu.be/dQw4w9WgXcQ?si=x", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://m.youtube.com/watch?t=5&v=dQw4w9WgXcQ", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
        ("ftp://alliance.example/", None),
        ("https://", None),
        ("https://user@alliance.example/", None),
        ("https://alliance.example/a b", None),
        ("https://alliance.example\\@evil.example/", None),
        ("https://alliance.example/\n", None),
        ("https://alliance.example:99999/", None),
        ("https://alliance.example/" + "x" * 2048, None),
        ("https://a..example/", None),
        ("not a link", None),
    ],
)
def test_an_address_has_one_form(url: str, plain: str | None) -> None:
    assert normalise_url(url) == plain


@given(
    st.one_of(st.text(max_size=60), st.text("/?&=#%.:+~abcAMP2f\u00e9", max_size=60)).map("https://a.example/{}".format)
    | st.text(max_size=60).map("https://{}".format)
)
def test_a_normalised_address_stays_as_it_is(url: str) -> None:
    plain = normalise_url(url)
    if plain and len(plain) <= 2048:
        assert normalise_url(plain) == plain
