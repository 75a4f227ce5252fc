"""How sightings of one share become one."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharebot.rules.findings import Finding, is_same_post, merge
from sharebot.values.status import Evidence, Network, ReshareKind

NORTH, SOUTH = 1, 2
RELEASE = datetime(2026, 11, 23, 8, tzinfo=UTC)
AFTER, BEFORE = RELEASE + timedelta(hours=2), RELEASE - timedelta(seconds=1)
THEIRS = "at://did:plc:north/app.bsky.feed.post/bbb"

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


BARE = Finding(NORTH, 7, ReshareKind.CLAIM, Evidence.CLAIMED, AFTER, language="fr")
BY_ADDRESS = Finding(
    NORTH, 7, ReshareKind.LINK, Evidence.LINK_GIVEN, AFTER, Network.BLUESKY,
    url="https://bsky.app/profile/north.example/post/bbb",
)  # fmt: skip
BY_LIST = Finding(
    NORTH, 7, ReshareKind.REPOST, Evidence.OBSERVED, AFTER, Network.BLUESKY, post_id=THEIRS, language="fr"
)
CHECKED = Finding(
    NORTH, 7, ReshareKind.QUOTE, Evidence.LINK_CHECKED, RELEASE, Network.BLUESKY,
    post_id="at://north.example/app.bsky.feed.post/bbb", url="https://bsky.app/profile/north.example/post/bbb",
)  # fmt: skip
X_LIST = Finding(NORTH, 7, ReshareKind.QUOTE, Evidence.OBSERVED, AFTER, Network.X, post_id="1990000000000000005")
X_LINK = Finding(
    NORTH,
    7,
    ReshareKind.LINK,
    Evidence.LINK_GIVEN,
    AFTER,
    Network.X,
    url="https://twitter.com/north/status/1990000000000000005?s=20",
)
X_PHOTO = Finding(
    NORTH, 7, ReshareKind.LINK, Evidence.LINK_CHECKED, AFTER, Network.X,
    post_id="1990000000000000005", url="https://x.com/north/status/1990000000000000005/photo/1",
)  # fmt: skip
SITE = Finding(
    NORTH, 7, ReshareKind.COPY, Evidence.OBSERVED, AFTER, Network.WEBSITE,
    post_id="https://north.example/a", url="https://north.example/a",
)  # fmt: skip
SITE_LINK = Finding(
    NORTH,
    7,
    ReshareKind.LINK,
    Evidence.LINK_GIVEN,
    AFTER,
    Network.WEBSITE,
    url="http://www.north.example/a/?utm_source=x",
)
SITE_AMP = Finding(
    NORTH, 7, ReshareKind.LINK, Evidence.LINK_CHECKED, AFTER, Network.WEBSITE, url="https://north.example/a/amp"
)


def record(sightings: list[Finding]) -> list[Finding]:
    """Add sightings one after the other, as the rows do: each to the first that it belongs to."""
    rows: list[Finding] = []
    for one in sightings:
        for number, row in enumerate(rows):
            if merged := merge(row, one):
                rows[number] = merged
                break
        else:
            rows.append(one)
    return rows


@pytest.mark.parametrize(
    "sightings",
    [
        (SEEN, BY_ADDRESS, BARE),
        (SEEN, BY_LIST, BY_ADDRESS),
        (BY_LIST, CHECKED, BY_ADDRESS),
        (BARE, PASTED, CHECKED),
        (X_LIST, X_LINK, X_PHOTO),
        (X_LIST, X_LINK, BARE),
        (SITE, SITE_LINK, SITE_AMP),
    ],
)
def test_a_post_seen_three_ways_counts_once_with_its_best_evidence_whatever_the_order(
    sightings: tuple[Finding, ...],
) -> None:
    ends = [record(list(order)) for order in permutations(sightings)]
    assert [len(end) for end in ends] == [1] * 6
    told = {(end[0].evidence, end[0].kind, end[0].key, end[0].at, end[0].network) for end in ends}
    assert len(told) == 1
    best = max(sightings, key=lambda one: list(Evidence).index(one.evidence))
    assert ends[0][0].evidence is best.evidence


def findings() -> st.SearchStrategy[Finding]:
    """Any sighting of one post on X, as a tracker, a check, an officer's link or a bare claim tells it."""
    return st.builds(
        Finding,
        st.just(NORTH),
        st.just(7),
        st.sampled_from(ReshareKind),
        st.sampled_from(Evidence),
        st.sampled_from([BEFORE, RELEASE, AFTER]),
        st.just(Network.X),
        st.sampled_from([None, "1990000000000000005"]),
        st.sampled_from([None, "https://x.com/north/status/1990000000000000005", "https://x.com/i/status/1990000000000000005"]),
        st.sampled_from([None, "fr"]),
    )  # fmt: skip


@given(st.lists(findings(), min_size=3, max_size=3))
def test_the_order_of_three_sightings_makes_no_difference(sightings: list[Finding]) -> None:
    ends = [record(list(order)) for order in permutations(sightings)]
    assert {len(end) for end in ends} == {1}
    assert len({(end[0].evidence, end[0].kind, end[0].at, end[0].post_id, end[0].language) for end in ends}) == 1
