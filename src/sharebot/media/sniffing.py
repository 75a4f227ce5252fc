"""What a file truly is, by its bytes alone: pictures by their first ones, sound and video as far as they go."""

from collections.abc import Iterator
from dataclasses import dataclass

from sharebot.errors import PermanentError
from sharebot.values.files import Unfit
from sharebot.values.status import AssetKind

_HIDDEN = (b"<script", b"<html", b"<svg", b"<!doctype", b"<?php", b"%pdf-")
_SEARCHED = 4096
_ZIP_ENDS, _ZIP_SEARCHED = b"PK\x05\x06", 70_000  # a zip is read from its end
_BOXES = frozenset(b"ftyp moov mdat free skip wide udta uuid meta moof mfra sidx styp pdin emsg prft ssix".split())
_OTHER_BRANDS = frozenset({b"qt  ", b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"crx "})
_MOST_BOXES, _FEWEST_FRAMES = 20_000, 10
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_KBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


class UnfitFile(PermanentError):
    """An uploaded file is not taken; `why` says what is wrong with it."""

    def __init__(self, why: Unfit) -> None:
        super().__init__(f"the file is not taken: {why.value}")
        self.why = why


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file is; of sound and video how long in seconds, and how wide and high in pixels."""

    kind: AssetKind
    mime: str
    duration_s: int | None = None
    width: int | None = None
    height: int | None = None


def sniff(body: bytes) -> Sniffed:
    """Return what a file is. Raises UnfitFile for what is none of our kinds, damaged, or two things at once."""
    if not body:
        raise UnfitFile(Unfit.EMPTY)
    found = _sniff(body)
    start = body[:_SEARCHED].lower()
    if any(mark in start for mark in _HIDDEN) or _ZIP_ENDS in body[-_ZIP_SEARCHED:]:
        raise UnfitFile(Unfit.MIXED)
    return found


def _sniff(body: bytes) -> Sniffed:
    if body.startswith(b"\xff\xd8\xff"):
        return Sniffed(AssetKind.PICTURE, "image/jpeg")
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return Sniffed(AssetKind.PICTURE, "image/png")
    if body.startswith((b"GIF87a", b"GIF89a")):
        return Sniffed(AssetKind.PICTURE, "image/gif")
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return Sniffed(AssetKind.PICTURE, "image/webp")
    if body[4:8] == b"ftyp" and body[8:12] not in _OTHER_BRANDS:
        return _read_mp4(body)
    if body[:3] == b"ID3" or (body[0] == 0xFF and len(body) > 1 and body[1] & 0xE0 == 0xE0):
        return Sniffed(AssetKind.AUDIO, "audio/mpeg", duration_s=_mp3_seconds(body))
    raise UnfitFile(Unfit.UNKNOWN)


def _read_mp4(body: bytes) -> Sniffed:
    top = list(_boxes(body, 0, len(body)))
    kinds = {kind for kind, _, _ in top}
    if not kinds <= _BOXES:
        raise UnfitFile(Unfit.MIXED)
    if b"moov" not in kinds or not kinds & {b"mdat", b"moof"}:
        raise UnfitFile(Unfit.DAMAGED)
    _, start, end = next(box for box in top if box[0] == b"moov")
    inside = list(_boxes(body, start, end))
    seconds = next((_length(body[begin:stop]) for kind, begin, stop in inside if kind == b"mvhd"), None)
    for kind, begin, stop in inside:
        if kind == b"trak" and (size := _picture_size(body, begin, stop)) is not None:
            return Sniffed(AssetKind.VIDEO, "video/mp4", seconds, *size)
    return Sniffed(AssetKind.AUDIO, "audio/mp4", seconds)


def _boxes(body: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the boxes between two places: each one's kind, and where what is in it begins and ends."""
    for _ in range(_MOST_BOXES):
        if start == end:
            return
        size, header = int.from_bytes(body[start : start + 4]), 8
        if size == 1:
            size, header = int.from_bytes(body[start + 8 : start + 16]), 16
        elif size == 0:
            size = end - start
        if size < header or start + size > end:
            raise UnfitFile(Unfit.DAMAGED)
        yield body[start + 4 : start + 8], start + header, start + size
        start += size
    raise UnfitFile(Unfit.DAMAGED)


def _length(mvhd: bytes) -> int | None:
    """Return how many seconds a recording lasts."""
    at, wide = (20, 8) if mvhd[:1] == b"\x01" else (12, 4)
    scale, units = int.from_bytes(mvhd[at : at + 4]), int.from_bytes(mvhd[at + 4 : at + 4 + wide])
    return min(units // scale, 24 * 3600) if scale else None


def _picture_size(body: bytes, start: int, end: int) -> tuple[int | None, int | None] | None:
    """Return the width and height of a track, None when it shows nothing."""
    size: tuple[int | None, int | None] = (None, None)
    shows = False
    for kind, begin, stop in _boxes(body, start, end):
        if kind == b"tkhd":
            width, height = (int.from_bytes(body[at : at + 2]) for at in (stop - 8, stop - 4))
            size = (width or None, height or None)
        if kind == b"mdia":
            handlers = (body[at + 8 : at + 12] for name, at, _ in _boxes(body, begin, stop) if name == b"hdlr")
            shows = shows or b"vide" in handlers
    return size if shows else None


def _mp3_seconds(body: bytes) -> int:
    """Walk over all frames. Raises UnfitFile when they are few, the last one is cut off, or more than tags follow."""
    at = _after_tag(body)
    frames, seconds = 0, 0.0
    while (frame := _frame(body[at : at + 4])) is not None:
        length, lasts = frame
        at, seconds, frames = at + length, seconds + lasts, frames + 1
    if frames < _FEWEST_FRAMES:
        raise UnfitFile(Unfit.UNKNOWN if frames == 0 else Unfit.DAMAGED)
    if at > len(body):
        raise UnfitFile(Unfit.DAMAGED)
    rest = body[at:]
    if rest.strip(b"\0") and not rest.startswith((b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3")):
        raise UnfitFile(Unfit.MIXED)
    return round(seconds)


def _after_tag(body: bytes) -> int:
    if body[:3] != b"ID3":
        return 0
    size = sum((byte & 0x7F) << shift for byte, shift in zip(body[6:10], (21, 14, 7, 0), strict=False))
    at = 10 + size + (10 if len(body) > 5 and body[5] & 0x10 else 0)
    while body[at : at + 1] == b"\0":
        at += 1
    return at


def _frame(header: bytes) -> tuple[int, float] | None:
    """Return how long a frame of layer III is, in bytes and in seconds; None when none begins here."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0 or (header[1] >> 1) & 3 != 1:
        return None
    version, kbit, rate = (header[1] >> 3) & 3, header[2] >> 4, (header[2] >> 2) & 3
    if version == 1 or kbit in {0, 15} or rate == 3:
        return None
    hertz = _RATES[version][rate]
    kbits, samples = (_KBITS_1, 1152) if version == 3 else (_KBITS_2, 576)
    return samples // 8 * kbits[kbit] * 1000 // hertz + ((header[2] >> 1) & 1), samples / hertz
