"""A file that was made lighter for slow lines."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LightFile:
    """The bytes of a picture or an audio, and what they are; length in seconds."""

    mime: str
    body: bytes = field(repr=False)
    width: int | None = None
    height: int | None = None
    duration_s: int | None = None
