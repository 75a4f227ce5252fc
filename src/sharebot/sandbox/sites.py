"""The Alliance's sites: files served with ETag and Last-Modified, as publishers do."""

import hashlib
import random
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

import resvg_py

from sharebot.clock import Clock


@dataclass(frozen=True, slots=True)
class File:
    """One file at one address."""

    body: bytes
    content_type: str
    changed_at: datetime

    @property
    def headers(self) -> dict[str, str]:
        """The headers a conditional request compares with."""
        return {
            "etag": f'"{hashlib.sha256(self.body).hexdigest()[:20]}"',
            "last-modified": format_datetime(self.changed_at, usegmt=True),
        }

    def is_held_by(self, request: Mapping[str, str]) -> bool:
        """Whether a conditional request shows that the other side has this very file."""
        if known := request.get("if-none-match"):
            tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
            return bool(tags & {self.headers["etag"], "*"})
        try:
            since = parsedate_to_datetime(request.get("if-modified-since", ""))
        except ValueError:
            return False
        return since.tzinfo is not None and self.changed_at <= since


@dataclass(frozen=True, slots=True)
class Refusing:
    """What is answered instead of a file."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Sites:
    """Files by path; `hits` counts the requests for each, `refusing` is by the beginning of paths."""

    clock: Clock
    files: dict[str, File] = field(default_factory=dict)
    hits: dict[str, int] = field(default_factory=dict)
    refusing: dict[str, Refusing] = field(default_factory=dict)

    def find_refusal(self, path: str) -> Refusing | None:
        """Return what is answered instead of the file at `path`, or None."""
        return next((one for start, one in self.refusing.items() if path.startswith(start)), None)

    def publish(self, path: str, body: bytes | str, content_type: str) -> None:
        """Put a file at `path` (which starts with a slash), or replace it."""
        data = body.encode() if isinstance(body, str) else body
        self.files[path] = File(data, content_type, self.clock.now().replace(microsecond=0))


def draw_landscape(seed: int) -> bytes:
    """Return a picture as a PNG: a sky, a sun and three hills, in colours that `seed` chooses."""
    rng = random.Random(seed)  # noqa: S311 - a picture, not a secret
    hue = rng.randrange(360)
    sky, sun = f"hsl({hue}, 45%, 82%)", f"hsl({(hue + 150) % 360}, 75%, 62%)"
    parts = [f'<rect width="960" height="540" fill="{sky}"/>']
    parts.append(f'<circle cx="{rng.randrange(180, 780)}" cy="{rng.randrange(120, 240)}" r="84" fill="{sun}"/>')
    for number, light in enumerate((62, 46, 30)):
        base = 300 + number * 75
        tops = " ".join(f"L {x} {base + rng.randrange(-70, 50)}" for x in range(0, 1201, 240))
        hill = f"M 0 540 {tops} L 1200 540 Z"
        parts.append(f'<path d="{hill}" fill="hsl({hue}, 38%, {light}%)" stroke-linejoin="round"/>')
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 540">{"".join(parts)}</svg>'
    picture: object = resvg_py.svg_to_bytes(svg_string=svg, width=960, height=540)
    return bytes(picture)  # type: ignore[call-overload, no-any-return]


def make_wav(seconds: float) -> bytes:
    """Return silence of some length: 8 kHz, mono, 8 bit."""
    data = b"\x80" * int(8000 * seconds)
    form = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    body = form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body
