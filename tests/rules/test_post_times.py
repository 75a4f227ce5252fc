"""What an id tells of when its post was published."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharebot.rules.post_times import published_at
from sharebot.values.status import Network


@pytest.mark.parametrize(
    ("network", "external_id", "at"),
    [
        (Network.X, "1212092628029698048", datetime(2019, 12, 31, 19, 26, 16, tzinfo=UTC)),
        (Network.X, "20", None),  # older than ids with a time
        (Network.X, "repost:5:1212092628029698048", None),
        (Network.X, "99999999999999999999", None),
        (Network.TIKTOK, "6718335390845095173", datetime(2019, 7, 27, 13, 32, 33, tzinfo=UTC)),
        (Network.TIKTOK, "12345", None),
        (Network.LINKEDIN, "urn:li:activity:7528426713907200000", datetime(2026, 11, 17, 12, tzinfo=UTC)),
        (Network.LINKEDIN, "urn:li:share:7528426713907200000", datetime(2026, 11, 17, 12, tzinfo=UTC)),
        (Network.LINKEDIN, "urn:li:organization:4455", None),
        (Network.INSTAGRAM, "Df3po6zgAAA", datetime(2026, 11, 18, 4, 30, tzinfo=UTC)),
        (Network.INSTAGRAM, "Df3po6zgAAADf3po6zgAAADf3po6zgAAADf3po6", None),  # of a closed account
        (
            Network.MASTODON,
            "https://m.example/users/a/statuses/110000000000000000",
            datetime(2023, 3, 10, 16, 46, 36, tzinfo=UTC),
        ),
        (Network.MASTODON, "https://m.example/users/a/statuses/1234567", None),
        (Network.MASTODON, "https://other.example/notes/9abcdef", None),
        (Network.BLUESKY, "at://did:plc:a/app.bsky.feed.post/3lbvaxallz22k", None),
        (Network.TELEGRAM, "-1001/5", None),
        (Network.FACEBOOK, "1212092628029698048", None),
    ],
)
def test_an_id_tells_when_or_nothing(network: Network, external_id: str, at: datetime | None) -> None:
    found = published_at(network, external_id)
    assert found == at if at is None or found is None else abs(found - at) < timedelta(seconds=1)


@given(st.sampled_from(Network), st.text(max_size=40) | st.integers(0, 10**21).map(str))
def test_no_id_makes_it_fail(network: Network, external_id: str) -> None:
    found = published_at(network, external_id)
    assert found is None or found.tzinfo is UTC
