"""Which file goes to whom: a table over kinds, tiers and sizes."""

import pytest

from sharebot.rules.tiers import Held, Light, choose_file, choose_offered, list_offers
from sharebot.values.cards import FileOffer
from sharebot.values.feeds import Media
from sharebot.values.status import AssetKind, ContentKind, DataTier

FULL, LIGHT, TEXT = DataTier
PICTURE, VIDEO, AUDIO = AssetKind.PICTURE, AssetKind.VIDEO, AssetKind.AUDIO
LIMITS = Light(100_000, 24)
MB = 1_000_000


def held(number: int, kind: AssetKind, size: int | None = None, *, made=False, known=False, width=None, length=None):
    media = Media(kind, f"https://alliance.example/{number}", None, size, length, width)
    return Held(number, media, made, known)


PHOTO = held(1, PICTURE, width=1200)
SMALL_PHOTO = held(2, PICTURE, 90_000, made=True, width=1200)
CLIP = held(3, VIDEO, 12 * MB)
LONG_CLIP = held(4, VIDEO, 48 * MB)
FILM = held(5, VIDEO, 900 * MB)
SOUND = held(6, AUDIO, 29 * MB, length=1800)
SMALL_SOUND = held(7, AUDIO, 5 * MB, made=True, length=1800)
SHORT_SOUND = held(8, AUDIO, 4 * MB, length=250)

CASES = [
    # files, item, and the number of the file in each tier
    ("nothing", [], ContentKind.POST, (None, None, None)),
    ("a picture without its lighter one", [PHOTO], ContentKind.POST, (1, None, None)),
    ("a picture known to be small", [held(9, PICTURE, 99_999)], ContentKind.POST, (9, 9, None)),
    ("a picture known to be large", [held(9, PICTURE, 100_001)], ContentKind.POST, (9, None, None)),
    ("a picture with its lighter one", [PHOTO, SMALL_PHOTO], ContentKind.POST, (1, 2, None)),
    ("a picture too wide for a chat", [held(9, PICTURE, width=4000), SMALL_PHOTO], ContentKind.POST, (2, 2, None)),
    ("wide ones", [held(9, PICTURE, width=4000), held(10, PICTURE, width=1900)], ContentKind.POST, (10, None, None)),
    ("the widest that fits", [held(9, PICTURE, width=400), PHOTO], ContentKind.POST, (1, None, None)),
    ("a picture too heavy to be fetched", [held(9, PICTURE, 6 * MB), SMALL_PHOTO], ContentKind.POST, (2, 2, None)),
    ("a video", [PHOTO, SMALL_PHOTO, CLIP], ContentKind.VIDEO, (3, 2, None)),
    ("a video too heavy to be fetched", [PHOTO, SMALL_PHOTO, LONG_CLIP], ContentKind.VIDEO, (1, 2, None)),
    ("the same, sent before", [PHOTO, held(4, VIDEO, 48 * MB, known=True)], ContentKind.VIDEO, (4, None, None)),
    ("an episode", [PHOTO, SMALL_PHOTO, SHORT_SOUND, SMALL_SOUND], ContentKind.EPISODE, (8, 7, None)),
    ("a heavy episode", [PHOTO, SMALL_PHOTO, SOUND, SMALL_SOUND], ContentKind.EPISODE, (7, 7, None)),
    ("a heavy episode without ffmpeg", [PHOTO, SMALL_PHOTO, SOUND], ContentKind.EPISODE, (1, 2, None)),
    ("an episode that is light", [held(9, AUDIO, 5 * MB, length=1800)], ContentKind.EPISODE, (9, 9, None)),
    ("audio under an article", [PHOTO, SMALL_PHOTO, SMALL_SOUND], ContentKind.POST, (7, 2, None)),
]  # fmt: skip


@pytest.mark.parametrize(("files", "item", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_tier_gets_its_file(files, item, expected):
    chosen = [choose_file(files, tier, LIMITS, item=item) for tier in DataTier]
    assert tuple(one.asset_id if one else None for one in chosen) == expected


OFFERS = [
    ([PHOTO, SMALL_PHOTO], ContentKind.POST, FULL, []),
    ([PHOTO, SMALL_PHOTO], ContentKind.POST, LIGHT, [FileOffer(FULL, None, PICTURE)]),
    ([PHOTO, SMALL_PHOTO], ContentKind.POST, TEXT, [FileOffer(LIGHT, 90_000, PICTURE), FileOffer(FULL, None, PICTURE)]),
    ([PHOTO, SMALL_PHOTO, SOUND, SMALL_SOUND], ContentKind.EPISODE, FULL, [FileOffer(FULL, 29 * MB, AUDIO)]),
    ([PHOTO, SMALL_PHOTO, SOUND, SMALL_SOUND], ContentKind.EPISODE, LIGHT, [FileOffer(FULL, 29 * MB, AUDIO)]),
    ([SHORT_SOUND, SMALL_SOUND], ContentKind.EPISODE, FULL, [FileOffer(LIGHT, 5 * MB, AUDIO)]),
    ([PHOTO, SMALL_PHOTO, LONG_CLIP], ContentKind.VIDEO, FULL, [FileOffer(FULL, 48 * MB, VIDEO)]),
    ([PHOTO, SMALL_PHOTO, LONG_CLIP], ContentKind.VIDEO, LIGHT, [FileOffer(FULL, 48 * MB, VIDEO)]),
    ([SMALL_PHOTO, FILM], ContentKind.VIDEO, LIGHT, []),  # no bot may send that much; the link is there
    ([CLIP], ContentKind.VIDEO, FULL, []),
    ([held(9, PICTURE, 99_999)], ContentKind.POST, TEXT, [FileOffer(LIGHT, 99_999, PICTURE)]),
    ([], ContentKind.POST, TEXT, []),
]  # fmt: skip


@pytest.mark.parametrize(("files", "item", "tier", "expected"), OFFERS)
def test_offers_name_tier_kind_and_size(files, item, tier, expected):
    offers = list_offers(files, tier, LIMITS, item=item)
    assert list(offers) == expected
    for offer in offers:
        meant = choose_offered(files, offer.tier, LIMITS, item=item)
        assert meant is not None and meant.media.size_bytes == offer.size_bytes
