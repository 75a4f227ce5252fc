"""Small files of every kind, made byte by byte."""

import io
import struct

from PIL import Image


def picture(form: str = "JPEG", size: tuple[int, int] = (300, 200), *, exif: bool = False) -> bytes:
    tags = Image.Exif()
    tags[0x010F] = "A camera with a name"
    file = io.BytesIO()
    noise = Image.effect_noise(size, 60).convert("P" if form == "GIF" else "RGB")
    noise.save(file, form, **({"exif": tags} if exif else {}))
    return file.getvalue()


def mp3(frames: int = 100) -> bytes:
    """Silence at 128 kbit and 44.1 kHz."""
    return b"ID3\x04\0\0\0\0\0\x02\0\0" + (b"\xff\xfb\x90\x00" + bytes(413)) * frames


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def mp4(handler: bytes = b"vide", *, seconds: int = 75, brand: bytes = b"isom") -> bytes:
    header = box(b"mvhd", bytes(12) + struct.pack(">II", 1000, seconds * 1000) + bytes(80))
    shown = box(b"tkhd", bytes(76) + struct.pack(">II", 640 << 16, 360 << 16))
    media = box(b"mdia", box(b"hdlr", bytes(8) + handler + bytes(13)))
    movie = box(b"moov", header + box(b"trak", shown + media))
    return box(b"ftyp", brand + bytes(4) + brand) + movie + box(b"mdat", bytes(2000))
