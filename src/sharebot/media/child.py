"""The process that makes one file lighter and ends; its limits hold whatever a foreign file makes a decoder do.

`picture IN OUT BYTES PIXELS`, `upload` with the same words, and `audio FFMPEG IN OUT KBIT`; the answer is one line
of JSON. It ends with all it started when its stdin ends, so that nothing outlives a killed parent.

Pictures become JPEG: Telegram turns every photo into one, so that WebP would save nothing on the phone, and some
mail programs cannot show WebP. Audio becomes AAC in M4A: sendAudio takes MP3 and M4A, and a phone shows it with
title, length and a place to seek, plays it on with the screen off, and other apps take it; a voice message has
no title, and people may forbid those.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 300
MOST_PIXELS = 40_000_000
MOST_AUDIO_BYTES = 45_000_000  # a bot may upload 50 MB
_NICENESS = 15
_PICTURES = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")  # others, such as EPS, start programs of their own
_DEMUXERS = "mp3,mov,ogg,wav,flac,aac,matroska"  # not playlists, which lead to other files
_UPLOADED = ("JPEG", "PNG", "WEBP", "GIF")
LONGEST_SIDE, NARROWEST = (
    12_000,
    20,
)  # pixels of an upload, and how many times longer one side may be (as Telegram has it)
_QUALITIES = (85, 75, 65, 55, 45)
_SHRINK = 0.75
_SMALLEST = 160


class Unusable(Exception):
    """The file cannot be made lighter; the message is for the log."""


def main() -> None:
    """Do what the arguments say."""
    _limit()
    what, *words = sys.argv[1:]
    try:
        answer = _WORK[what](*words)
    except Unusable as error:
        answer = {"error": str(error)}
    except Exception as error:
        # Whatever a hostile file makes a decoder raise.
        answer = {"error": f"cannot be read: {type(error).__name__}"}
    print(json.dumps(answer))  # noqa: T201 - the parent reads it


def _limit() -> None:
    os.nice(_NICENESS)
    for what, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, CPU_SECONDS)):
        _, hard = resource.getrlimit(what)
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (soft, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


def lighten_picture(source: str, target: str, most_bytes: str, most_pixels: str) -> dict[str, Any]:
    """Write a JPEG of at most so many bytes and pixels a side, without EXIF and never larger than it was."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - heavy, and audio does without

    Image.MAX_IMAGE_PIXELS = None  # looked at below, before anything is unpacked
    with Image.open(source, formats=_PICTURES) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise Unusable(f"{opened.width} x {opened.height} pixels are too many")
        side = int(most_pixels)
        opened.draft("RGB", (side, side))
        picture = ImageOps.exif_transpose(opened)
        flat = Image.new("RGB", picture.size, "white")
        flat.paste(picture.convert("RGBA"), mask=picture.convert("RGBA").getchannel("A"))
    flat.thumbnail((side, side), Image.Resampling.LANCZOS)
    for smaller in _smaller(flat):
        for quality in _QUALITIES:
            smaller.save(target, "JPEG", quality=quality, optimize=True, progressive=True)
            if Path(target).stat().st_size <= int(most_bytes):
                return {"mime": "image/jpeg", "width": smaller.width, "height": smaller.height}
    raise Unusable("it does not get small enough")


def take_picture(source: str, target: str, most_bytes: str, most_pixels: str) -> dict[str, Any]:
    """Write what staff uploaded anew as a JPEG; nothing of the file is left but what it shows."""
    from PIL import Image  # noqa: PLC0415 - heavy, and audio does without

    Image.MAX_IMAGE_PIXELS = None  # looked at below
    with Image.open(source, formats=_UPLOADED) as opened:
        short, long = sorted(opened.size)
        if long > LONGEST_SIDE or long > NARROWEST * short or short * long > MOST_PIXELS:
            raise Unusable(f"{opened.width} x {opened.height} pixels")
        opened.load()
    return lighten_picture(source, target, most_bytes, most_pixels)


def _smaller(picture: Any) -> Iterator[Any]:
    while max(picture.size) >= _SMALLEST:
        yield picture
        width, height = (max(1, round(side * _SHRINK)) for side in picture.size)
        picture = picture.resize((width, height))


def lighten_audio(ffmpeg: str, source: str, target: str, kbit: str) -> dict[str, Any]:
    """Write the first audio track as one channel at so many kilobits a second, and nothing beside it."""
    command = [
        ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "error", "-nostats", "-progress", "pipe:1", "-y",
        "-protocol_whitelist", "file", "-format_whitelist", _DEMUXERS, "-i", source,
        "-map", "0:a:0", "-map_metadata", "-1", "-map_chapters", "-1", "-ac", "1", "-ar", "22050",
        "-c:a", "aac", "-b:a", f"{kbit}k", "-threads", "1", "-movflags", "+faststart",
        "-fs", str(MOST_AUDIO_BYTES + 1), "-f", "ipod", target,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603 - our own words
    if done.returncode != 0:
        raise Unusable("ffmpeg cannot read it")
    if Path(target).stat().st_size > MOST_AUDIO_BYTES:
        raise Unusable("it is too long")
    times = [line[len("out_time_us=") :] for line in done.stdout.decode().split() if line.startswith("out_time_us=")]
    seconds = int(times[-1]) // 1_000_000 if times and times[-1].isdecimal() else None
    return {"mime": "audio/mp4", "duration_s": seconds}


_WORK: dict[str, Callable[..., dict[str, Any]]] = {
    "picture": lighten_picture,
    "upload": take_picture,
    "audio": lighten_audio,
}


if __name__ == "__main__":
    main()
