"""Files that we hold ourselves: made lighter for slow lines, or uploaded."""

from dataclasses import dataclass, field
from enum import StrEnum

from sharebot.values.status import AssetKind


@dataclass(frozen=True, slots=True)
class LightFile:
    """The bytes of a picture or an audio, and what they are; length in seconds."""

    mime: str
    body: bytes = field(repr=False)
    width: int | None = None
    height: int | None = None
    duration_s: int | None = None


@dataclass(frozen=True, slots=True)
class TakenFile:
    """An uploaded file that was looked at: what it truly is, and the bytes to keep; length in seconds."""

    kind: AssetKind
    mime: str
    body: bytes = field(repr=False)
    width: int | None = None
    height: int | None = None
    duration_s: int | None = None


class Unfit(StrEnum):
    """Why an uploaded file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"  # nothing that can be sent, whatever its name says
    DAMAGED = "damaged"  # cut off, or not readable
    SHAPE = "shape"  # too many pixels, or far too long and narrow
    MIXED = "mixed"  # something else is hidden in it
