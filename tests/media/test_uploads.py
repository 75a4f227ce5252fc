"""Uploads are known by their bytes, never by their names, and what is no picture, sound or video is refused (A17)."""

import io
import zipfile

import pytest
from PIL import Image

from sharebot.media.sniffing import UnfitFile, sniff
from sharebot.media.uploads import MOST_BYTES, take
from sharebot.values.files import Unfit
from sharebot.values.status import AssetKind
from tests.media.files import mp3, mp4, picture


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.html", "<script>alert(1)</script>")
    return file.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
async def test_pictures_are_written_anew_without_what_the_camera_wrote(form: str) -> None:
    taken = await take(picture(form, exif=form == "JPEG"))
    assert (taken.kind, taken.mime, taken.width, taken.height) == (AssetKind.PICTURE, "image/jpeg", 300, 200)
    with Image.open(io.BytesIO(taken.body)) as kept:
        assert kept.format == "JPEG" and not kept.getexif()
    assert b"camera" not in taken.body


async def test_sound_and_video_are_kept_as_they_are_with_their_length() -> None:
    for body, kind, mime, seconds in (
        (mp3(), AssetKind.AUDIO, "audio/mpeg", 3),
        (mp3() + b"TAG" + bytes(125), AssetKind.AUDIO, "audio/mpeg", 3),
        (mp4(b"soun", brand=b"M4A "), AssetKind.AUDIO, "audio/mp4", 75),
        (mp4(), AssetKind.VIDEO, "video/mp4", 75),
    ):
        taken = await take(body)
        assert (taken.kind, taken.mime, taken.duration_s, taken.body) == (kind, mime, seconds, body)
    assert (taken.width, taken.height) == (640, 360)


REFUSED = {
    "nothing": (b"", Unfit.EMPTY),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', Unfit.UNKNOWN),
    "SVG with a head": (b'<?xml version="1.0"?><svg/>', Unfit.UNKNOWN),
    "HTML": (b"<!doctype html><script>alert(1)</script>", Unfit.UNKNOWN),
    "zip": (zipped(), Unfit.UNKNOWN),
    "PDF": (b"%PDF-1.7 ", Unfit.UNKNOWN),
    "QuickTime": (mp4(brand=b"qt  "), Unfit.UNKNOWN),
    "a word": (b"hello", Unfit.UNKNOWN),
    "picture and zip in one": (picture() + zipped(), Unfit.MIXED),
    "picture and page in one": (picture("GIF")[:13] + b"<script>alert(1)</script>" + picture("GIF")[13:], Unfit.MIXED),
    "sound and page in one": (mp3() + b"<html>" + bytes(900), Unfit.MIXED),
    "sound and zip in one": (mp3() + zipped(), Unfit.MIXED),
    "video and zip in one": (mp4() + zipped(), Unfit.DAMAGED),
    "cut JPEG": (picture()[:-2000], Unfit.DAMAGED),
    "cut PNG": (picture("PNG")[:-20_000], Unfit.DAMAGED),
    "cut WebP": (picture("WEBP")[:-2000], Unfit.DAMAGED),
    "cut MP3": (mp3()[:-100], Unfit.DAMAGED),
    "cut MP4": (mp4()[:-100], Unfit.DAMAGED),
    "head alone": (b"\xff\xd8\xff", Unfit.DAMAGED),
    "a thread": (picture("PNG", (1, 100_000)), Unfit.SHAPE),
    "a strip": (picture("PNG", (2000, 90)), Unfit.SHAPE),
    "forty megapixels": (picture("PNG", (9000, 1))[:16] + b"\0\0\x2e\0\0\0\x2e\0" + picture("PNG")[24:], Unfit.DAMAGED),
}


@pytest.mark.parametrize(("body", "why"), REFUSED.values(), ids=REFUSED)
async def test_everything_else_is_refused_with_its_reason(body: bytes, why: Unfit) -> None:
    with pytest.raises(UnfitFile) as refusal:
        await take(body)
    assert refusal.value.why is why


async def test_what_is_too_large_is_not_even_looked_at() -> None:
    with pytest.raises(UnfitFile) as refusal:
        await take(picture() + bytes(MOST_BYTES))
    assert refusal.value.why is Unfit.TOO_LARGE


def test_lying_sizes_end_the_search() -> None:
    for body in (mp4()[:4].replace(b"\0", b"\xff") + mp4()[4:], b"\0\0\0\x10ftypisom" + bytes(8) * 50):
        with pytest.raises(UnfitFile):
            sniff(body)
