"""Which of an item's files an officer gets, and which are offered beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sharebot.values.cards import FileOffer
from sharebot.values.feeds import Media
from sharebot.values.status import AssetKind, ContentKind, DataTier

WIDEST = 1280  # pixels; no phone shows more of a photo in a chat
# What Telegram fetches from an address, and what a bot may upload (core.telegram.org/bots/api#sending-files).
FETCHED_PICTURE, FETCHED, UPLOADED = 5_000_000, 20_000_000, 50_000_000
_ORDER = (AssetKind.VIDEO, AssetKind.AUDIO, AssetKind.PICTURE)
_LASTING = (AssetKind.VIDEO, AssetKind.AUDIO)
_LIGHT_ENOUGH = 1.5  # times the bitrate that would be made


@dataclass(frozen=True, slots=True)
class Held:
    """A file of an item: one that we made lighter, or as it was published; `is_known` to the bot that sends it."""

    asset_id: int
    media: Media
    is_rendition: bool = False
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Light:
    """What counts as light: a picture's bytes, an audio's kilobits a second."""

    picture_bytes: int
    audio_kbit: int

    def bears(self, media: Media) -> bool:
        """Whether a file is known to be light as it is."""
        if media.size_bytes is None:
            return False
        if media.kind is AssetKind.PICTURE:
            return media.size_bytes <= self.picture_bytes
        if media.kind is AssetKind.AUDIO and media.duration_s:
            return media.size_bytes * 8 / 1000 / media.duration_s <= self.audio_kbit * _LIGHT_ENOUGH
        return False


def choose_file(files: Sequence[Held], tier: DataTier, light: Light, *, item: ContentKind) -> Held | None:
    """Return the file that goes along for an officer of this tier, or None for words and link alone.

    Video is a picture and a link below full. A file that Telegram would not fetch is replaced by its lighter one.
    """
    if tier is DataTier.FULL:
        found = (_fetched(files, kind) for kind in _ORDER)
        return next((one for one in found if one is not None), None)
    if tier is DataTier.LIGHT:
        kinds = (AssetKind.AUDIO, AssetKind.PICTURE) if item is ContentKind.EPISODE else (AssetKind.PICTURE,)
        found = (_light(files, kind, light) for kind in kinds)
        return next((one for one in found if one is not None), None)
    return None


def choose_whole(files: Sequence[Held]) -> Held | None:
    """Return the file as it was published, if a bot can send it at all: fetched, or uploaded."""
    for kind in _ORDER:
        fitting = [one for one in _originals(files, kind) if (one.media.size_bytes or 0) <= UPLOADED]
        if fitting:
            return max(fitting, key=_width)
    return None


def choose_offered(files: Sequence[Held], tier: DataTier, light: Light, *, item: ContentKind) -> Held | None:
    """Return the file that an offer of this tier stands for."""
    return choose_whole(files) if tier is DataTier.FULL else choose_file(files, tier, light, item=item)


def list_offers(files: Sequence[Held], tier: DataTier, light: Light, *, item: ContentKind) -> tuple[FileOffer, ...]:
    """Return what is offered beside the file that goes along, the lighter one first.

    A picture that was shown is loaded already, so nothing lighter is offered in its place.
    """
    shown = choose_file(files, tier, light, item=item)
    lighter = choose_file(files, DataTier.LIGHT, light, item=item)
    whole = choose_whole(files)
    offers = []
    if lighter not in {None, shown} and (tier is DataTier.TEXT or _is_lasting(lighter)):
        offers.append(_offer(DataTier.LIGHT, lighter))
    if whole not in {None, shown, lighter} and (tier is not DataTier.FULL or _is_lasting(whole)):
        offers.append(_offer(DataTier.FULL, whole))
    return tuple(one for one in offers if one)


def is_fetched(one: Held) -> bool:
    """Whether Telegram takes the file from its address, or has it already; an unknown size is tried."""
    most = FETCHED_PICTURE if one.media.kind is AssetKind.PICTURE else FETCHED
    return one.is_known or (one.media.size_bytes or 0) <= most


def _fetched(files: Sequence[Held], kind: AssetKind) -> Held | None:
    fitting = [one for one in _originals(files, kind) if is_fetched(one)]
    narrow = [one for one in fitting if (one.media.width or 0) <= WIDEST]
    if narrow:
        return max(narrow, key=_width)
    made = next((one for one in files if one.is_rendition and one.media.kind is kind), None)
    return made or (min(fitting, key=_width) if fitting else None)


def _light(files: Sequence[Held], kind: AssetKind, light: Light) -> Held | None:
    made = (one for one in files if one.is_rendition and one.media.kind is kind)
    bearable = [one for one in _originals(files, kind) if light.bears(one.media)]
    return next(made, None) or (max(bearable, key=_width) if bearable else None)


def _originals(files: Sequence[Held], kind: AssetKind) -> list[Held]:
    return [one for one in files if one.media.kind is kind and not one.is_rendition]


def _width(one: Held) -> tuple[int, int]:
    return one.media.width or 0, -one.asset_id


def _is_lasting(one: Held | None) -> bool:
    return one is not None and one.media.kind in _LASTING


def _offer(tier: DataTier, one: Held | None) -> FileOffer | None:
    return FileOffer(tier, one.media.size_bytes, one.media.kind) if one else None
