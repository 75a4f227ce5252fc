"""What is remembered between two looks at X, as the cursors hold it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sharebot.trackers.x_views import is_id

SEARCHED = "searched"
_KNOWN = 5
_NUMBERS = 7


@dataclass(frozen=True, slots=True)
class Followed:
    """One own post. `counted` is when its counts were read, `quoted` when its quotes were searched for.

    Of `reposts` and `quotes`, those up to `reposts_read` and `quotes_read` were accounted for. `taken` is how many
    different reposts were read in all, `newest` the youngest of them, several as each may be undone.
    """

    counted: datetime | None = None
    reposts: int = 0
    reposts_read: int = 0
    quotes: int = 0
    quotes_read: int = 0
    quoted: datetime | None = None
    taken: int = 0
    newest: tuple[str, ...] = ()

    @property
    def new_reposts(self) -> int:
        """How many reposts nobody looked at yet, at least."""
        return self.reposts - self.reposts_read


def followed_key(external_id: str) -> str:
    """Return the key of an own post's cursor."""
    return f"post:{external_id}"


def own_key(external_id: str) -> str:
    """Return the key of what was last read of an own account."""
    return f"own:{external_id}"


def from_key(external_id: str) -> str:
    """Return the key of up to where a member's posts were searched for."""
    return f"from:{external_id}"


def read_followed(cursors: Mapping[str, str], external_id: str) -> Followed:
    """Return what is remembered of an own post."""
    parts = cursors.get(followed_key(external_id), "").split(";")
    if len(parts) != _NUMBERS + 1 or not all(part.isascii() and part.isdigit() for part in parts[:_NUMBERS]):
        return Followed()
    counted, reposts, reposts_read, quotes, quotes_read, quoted, taken = (int(part) for part in parts[:_NUMBERS])
    newest = tuple(one for one in parts[_NUMBERS].split(",") if is_id(one))
    return Followed(
        _instant(counted), reposts, reposts_read, quotes, quotes_read, _instant(quoted), taken, newest[:_KNOWN]
    )


def write_followed(external_id: str, state: Followed) -> dict[str, str]:
    """Return the cursor of an own post."""
    numbers = (
        _seconds(state.counted),
        state.reposts,
        state.reposts_read,
        state.quotes,
        state.quotes_read,
        _seconds(state.quoted),
        state.taken,
    )
    value = ";".join([*map(str, numbers), ",".join(state.newest[:_KNOWN])])
    return {followed_key(external_id): value}


def read_instant(cursors: Mapping[str, str], key: str) -> datetime | None:
    """Return an instant that was remembered."""
    value = cursors.get(key, "")
    return _instant(int(value)) if value.isascii() and value.isdigit() and len(value) <= 11 else None


def write_instant(at: datetime) -> str:
    """Return what `read_instant` reads."""
    return str(_seconds(at))


def read_id(cursors: Mapping[str, str], key: str) -> str | None:
    """Return an id that was remembered."""
    value = cursors.get(key)
    return value if is_id(value) else None


def _seconds(at: datetime | None) -> int:
    return int(at.timestamp()) if at else 0


def _instant(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 2**33 else None
