"""Which posts prove what an officer claims: thirty forged claims, none of them verified, each with its reason."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from sharebot.rules.attribution import Code, Index, Match, NotCounted, Target, index_targets
from sharebot.rules.claims import Claimed, check_claim
from sharebot.rules.pasted_links import recognise
from sharebot.values.posts import Post, Shortfall
from sharebot.values.status import Evidence, Network, PostKind
from sharebot.values.tracking import Ground

NORTH, SOUTH = 1, 2
LETTER, MARCH, BUDGET = 14, 13, 15
RELEASE = datetime(2026, 11, 18, 8, tzinfo=UTC)
AFTER, BEFORE = RELEASE + timedelta(days=2), RELEASE - timedelta(minutes=1)
PAGE = "https://www.alliance.example/en/open-letter"
CODE = "u3OaF7hXqY"
OUR_WORDS = "Ministers, you have the power to suspend the patents on essential medicines today, use it."
OURS = "at://did:plc:alliance/app.bsky.feed.post/3lbletter2222"
OUR_TOOT = "https://social.alliance.example/users/alliance/statuses/115500000000000014"
INDEX = Index(
    targets=index_targets(
        [
            (PAGE, Target(LETTER, None, "en")),
            ("https://www.alliance.example/events?id=77", Target(MARCH)),
            ("https://www.alliance.example/en/budget-2027", Target(BUDGET)),
        ]
    ),
    codes={CODE: Code(NORTH, Target(LETTER))},
    own_posts={(Network.BLUESKY, OURS): Target(LETTER), (Network.MASTODON, OUR_TOOT): Target(LETTER)},
    short_base="https://go.alliance.example/r",
    released_at={LETTER: RELEASE, MARCH: RELEASE, BUDGET: RELEASE + timedelta(days=4)},
    tags={"patentsoff": frozenset({LETTER})},
    our_names=frozenset(
        {
            (Network.BLUESKY, "did:plc:alliance"),
            (Network.MASTODON, "https://social.alliance.example/users/alliance"),
            (Network.X, "9001"),
        }
    ),
    words=[(Target(LETTER), OUR_WORDS)],
)
ACCOUNTS = {
    Network.X: "1111",
    Network.BLUESKY: "did:plc:north",
    Network.MASTODON: "https://north.example/users/party",
    Network.TELEGRAM: "-1002",
    Network.YOUTUBE: "UCnorth",
}
RKEY = "at://did:plc:north/app.bsky.feed.post/3lbnorth22222"


@dataclass(frozen=True)
class Forged:
    """A claim, and why it must be refused."""

    name: str
    why: Shortfall
    post: Post | None
    claimed: Claimed = field(default_factory=Claimed)


def bsky(*links: str, author: str = "did:plc:north", at: datetime | None = AFTER, **told: object) -> Post:
    return Post(Network.BLUESKY, RKEY, author, at=at, links=links, **told)  # type: ignore[arg-type]


def on_x(*links: str, author: str = "1111", post_id: str = "2123000000000000000", **told: object) -> Post:
    return Post(Network.X, post_id, author, links=links, **{"at": AFTER, **told})  # type: ignore[arg-type]


def toot(uri: str, author: str, *links: str, **told: object) -> Post:
    return Post(Network.MASTODON, uri, author, links=links, **{"at": AFTER, **told})  # type: ignore[arg-type]


def boost(subject_id: str) -> Post:
    return toot("boost:1", ACCOUNTS[Network.MASTODON], kind=PostKind.REPOST, subject_id=subject_id)


def link(url: str) -> Claimed:
    return Claimed(link=recognise(url))


FORGED = [
    Forged("another party's post", Shortfall.FOREIGN, bsky(PAGE, author="did:plc:south")),
    Forged("a stranger's post with our link", Shortfall.FOREIGN, on_x(PAGE, author="5555")),
    Forged(
        "a stranger's repost of our post",
        Shortfall.FOREIGN,
        bsky(author="did:plc:fan", kind=PostKind.REPOST, subject_id=OURS),
    ),
    Forged(
        "the handle was renamed to the party's, the id is another",
        Shortfall.FOREIGN,
        on_x(PAGE, author="1112"),
        link("https://x.com/north/status/2123000000000000000"),
    ),
    Forged(
        "the party's handle on another server",
        Shortfall.FOREIGN,
        toot("https://evil.example/users/party/statuses/1", "https://evil.example/users/party", PAGE),
    ),
    Forged("the party's id in other letters", Shortfall.FOREIGN, bsky(PAGE, author="did:plc:North")),
    Forged("an account id that only begins like the party's", Shortfall.FOREIGN, on_x(PAGE, author="11110")),
    Forged("an account without an id", Shortfall.FOREIGN, on_x(PAGE, author="")),
    Forged(
        "a copy of the party's toot on another server",
        Shortfall.FOREIGN,
        toot("https://copy.example/users/party@north.example/statuses/9", "https://copy.example/users/party", PAGE),
    ),
    Forged(
        "a copy of our toot on another server, boosted",
        Shortfall.NOT_OURS,
        boost(OUR_TOOT.replace("social.alliance", "copy")),
    ),
    Forged("a host with a Cyrillic letter", Shortfall.NOT_OURS, bsky("https://www.аlliance.example/en/open-letter")),
    Forged(
        "our host before another's",
        Shortfall.NOT_OURS,
        bsky("https://www.alliance.example.evil.example/en/open-letter"),
    ),
    Forged(
        "our host in the user's place",
        Shortfall.NOT_OURS,
        bsky("https://www.alliance.example@evil.example/en/open-letter"),
    ),
    Forged("our address in another's query", Shortfall.NOT_OURS, bsky(f"https://evil.example/?u={PAGE}")),
    Forged("our code on another host", Shortfall.NOT_OURS, bsky(f"https://go.evil.example/r/{CODE}")),
    Forged("our code in other letters", Shortfall.NOT_OURS, bsky(f"https://go.alliance.example/r/{CODE.lower()}")),
    Forged("a wrapper that is none", Shortfall.NOT_OURS, bsky(f"https://l.facebook.com.evil.example/l.php?u={PAGE}")),
    Forged("no link at all", Shortfall.NOT_OURS, on_x(text="Health is a right.")),
    Forged("the hashtag alone", Shortfall.NOT_OURS, on_x(text="#PatentsOff", hashtags=("PatentsOff",))),
    Forged(
        "a quote of somebody else",
        Shortfall.NOT_OURS,
        bsky(kind=PostKind.QUOTE, subject_id="at://did:plc:rival/app.bsky.feed.post/3lbletter2222"),
    ),
    Forged("our front page only", Shortfall.NOT_OURS, bsky("https://www.alliance.example/")),
    Forged("published before the release", Shortfall.TOO_EARLY, bsky(PAGE, at=BEFORE)),
    Forged(
        "no time told, but the id is of 2022", Shortfall.TOO_EARLY, on_x(PAGE, at=None, post_id="1500000000000000000")
    ),
    Forged("an old post of theirs that had our words first", Shortfall.TOO_EARLY, on_x(at=BEFORE, text=OUR_WORDS)),
    Forged("deleted or hidden", Shortfall.GONE, None, link("https://x.com/north/status/2123000000000000000")),
    Forged(
        "the Alliance's own post",
        Shortfall.OUR_POST,
        Post(Network.BLUESKY, OURS, "did:plc:alliance", at=AFTER, links=(PAGE,)),
    ),
    Forged(
        "counts for another party already",
        Shortfall.OTHER_PARTY,
        bsky(PAGE),
        Claimed(content_id=LETTER, counts_for=SOUTH),
    ),
    Forged(
        "another item of ours",
        Shortfall.OTHER_ITEM,
        bsky("https://www.alliance.example/events?id=77"),
        Claimed(content_id=LETTER),
    ),
    Forged("a profile instead of a post", Shortfall.NO_POST, None, link("https://x.com/north")),
    Forged(
        "a post on another network than the address",
        Shortfall.OTHER_POST,
        bsky(PAGE),
        link("https://x.com/north/status/2123000000000000000"),
    ),
    Forged(
        "another post than the address names",
        Shortfall.OTHER_POST,
        on_x(PAGE),
        link("https://x.com/north/status/2123000000000000999"),
    ),
    Forged("a start page", Shortfall.NO_POST, on_x(PAGE), link("https://x.com/home")),
]


@pytest.mark.parametrize("forged", FORGED, ids=lambda one: one.name)
def test_a_forged_claim_is_refused_for_its_reason(forged: Forged) -> None:
    found = check_claim(forged.post, NORTH, author_ids=set(ACCOUNTS.values()), index=INDEX, claimed=forged.claimed)
    assert isinstance(found, NotCounted)
    assert found.shortfall is forged.why
    assert found.reason


def test_thirty_forged_claims_and_none_is_verified() -> None:
    assert len({one.name for one in FORGED}) >= 30
    told = [
        check_claim(one.post, NORTH, author_ids=set(ACCOUNTS.values()), index=INDEX, claimed=one.claimed)
        for one in FORGED
    ]
    assert [one for one in told if isinstance(one, Match)] == []


@pytest.mark.parametrize(
    ("post", "ground", "claimed"),
    [
        (
            bsky(PAGE),
            Ground.PAGE,
            Claimed(recognise("https://bsky.app/profile/north.example/post/3lbnorth22222"), LETTER, NORTH),
        ),
        (bsky(f"https://go.alliance.example/r/{CODE}"), Ground.SHORT_LINK, Claimed()),
        (bsky(kind=PostKind.QUOTE, subject_id=OURS), Ground.QUOTE, Claimed(content_id=LETTER)),
        (on_x(PAGE), Ground.PAGE, link("https://twitter.com/north/status/2123000000000000000?s=20")),
        (
            toot("https://north.example/users/party/statuses/77", ACCOUNTS[Network.MASTODON], PAGE),
            Ground.PAGE,
            link("https://north.example/@party/77"),
        ),
        (
            Post(Network.TELEGRAM, "-1002/9", "-1002", at=AFTER, links=(PAGE,)),
            Ground.PAGE,
            link("https://t.me/north/9"),
        ),
    ],
)
def test_an_honest_claim_is_checked(post: Post, ground: Ground, claimed: Claimed) -> None:
    found = check_claim(post, NORTH, author_ids=set(ACCOUNTS.values()), index=INDEX, claimed=claimed)
    assert isinstance(found, Match)
    assert (found.content_id, found.evidence, found.ground) == (LETTER, Evidence.LINK_CHECKED, ground)


def test_the_reason_is_told_in_words() -> None:
    early = check_claim(bsky(PAGE, at=BEFORE), NORTH, author_ids={"did:plc:north"}, index=INDEX)
    assert isinstance(early, NotCounted)
    assert early.reason == "links to the page, but was published before the release"
