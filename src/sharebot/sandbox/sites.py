"""The Alliance's sites: files served with ETag and Last-Modified, as publishers do."""

import hashlib
import struct
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

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


@dataclass(slots=True)
class Sites:
    """Files by path; `hits` counts the requests for each."""

    clock: Clock
    files: dict[str, File] = field(default_factory=dict)
    hits: dict[str, int] = field(default_factory=dict)

    def publish(self, path: str, body: bytes | str, content_type: str) -> None:
        """Put a file at `path` (which starts with a slash), or replace it."""
        data = body.encode() if isinstance(body, str) else body
        self.files[path] = File(data, content_type, self.clock.now().replace(microsecond=0))


def make_png(width: int, height: int, top: tuple[int, int, int], bottom: tuple[int, int, int]) -> bytes:
    """Return a picture that fades from one colour to another."""
    rows = []
    for y in range(height):
        share = y / max(1, height - 1)
        pixel = bytes(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True))
        rows.append(b"\x00" + pixel * width)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(b"".join(rows))), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def make_wav(seconds: float) -> bytes:
    """Return silence of some length: 8 kHz, mono, 8 bit."""
    data = b"\x80" * int(8000 * seconds)
    form = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    body = form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
