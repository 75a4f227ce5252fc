"""What can be kept of what staff wrote, and where two of them wrote differently."""

import pytest

from sharebot.rules.drafts import Difference, Fault, find_faults, list_differences, read_hashtags
from sharebot.values.drafts import Draft, DraftVersion
from sharebot.values.status import Network

LINK = "https://go.example/r/xxxxxxxxxx"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", ""),
        ("#Health", "#Health"),
        ("health, Peace;now", "#health #Peace #now"),
        ("#a#b", "#a #b"),
        ("#Vax #vax  #VAX.", "#Vax"),
        ("# , #", ""),
    ],
)
def test_hashtags_are_read_however_they_are_typed(typed: str, read: str) -> None:
    assert read_hashtags(typed) == read


@pytest.mark.parametrize("tag", ["#2026", "#a-b", "#" + "x" * 100])
def test_what_no_network_takes_for_a_hashtag_is_a_fault(tag: str) -> None:
    faults = find_faults(Draft((DraftVersion("en", "A title"),), hashtags=tag), link=LINK)
    assert [(one.field, one.word) for one in faults] == [("hashtags", "unfit")]


@pytest.mark.parametrize(
    ("network", "text"),
    [
        (Network.X, "x" * 256),  # and a space, and a link that counts 23
        (Network.BLUESKY, "é" * (300 - len(LINK) - 1)),
        (Network.THREADS, "😀" * 117),  # four each, and the link
        (Network.MASTODON, "x" * (500 - 24)),
        (Network.LINKEDIN, "x" * (3000 - len(LINK) - 1)),
        (Network.INSTAGRAM, "x" * (2200 - len(LINK) - 1)),
        (Network.TELEGRAM, "x" * (4096 - len(LINK) - 1)),
        (Network.FACEBOOK, "x" * 5000),
    ],
)
def test_a_text_for_a_network_may_be_as_long_as_a_post_there_with_its_link(network: Network, text: str) -> None:
    def faults(words: str) -> list[Fault]:
        return find_faults(Draft((DraftVersion("en", "A title", own=((network, words),)),)), link=LINK)

    assert faults(text) == []
    (fault,) = faults(text + text[0])
    assert (fault.language, fault.field, fault.word) == ("en", network.value, "long")
    assert fault.n > fault.limit


def test_every_field_of_every_version_is_looked_at() -> None:
    wordings = (*(f"Text {number}" for number in range(20)), "x" * 2001)
    versions = (DraftVersion("en", "", "x" * 20_001), DraftVersion("fr", "x" * 501, wordings=wordings))
    assert find_faults(Draft(versions, hashtags="#a " * 70 + "#b"), link=LINK) == [
        Fault("en", "title", "missing"),
        Fault("en", "text", "long", 20_001, 20_000),
        Fault("fr", "wordings", "many", 21, 20),
        Fault("fr", "title", "long", 501, 500),
        Fault("fr", "wordings", "long", 2001, 2000),
        Fault("", "hashtags", "long", 212, 200),
    ]


def test_differences_say_what_is_kept_now() -> None:
    mine = Draft((DraftVersion("en", "Mine", own=((Network.X, "short"),)),), "#a", ("peace",))
    kept = Draft((DraftVersion("en", "Theirs"), DraftVersion("fr", "Le leur")), "#b", campaign="vax")
    assert list_differences(mine, kept) == [
        Difference("en", "title", "Theirs"),
        Difference("en", "x", ""),
        Difference("fr", "title", "Le leur"),
        Difference("", "hashtags", "#b"),
        Difference("", "campaign", "vax"),
        Difference("", "topics", ""),
    ]
    assert list_differences(kept, kept) == []
    assert mine.fingerprint != kept.fingerprint
