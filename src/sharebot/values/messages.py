"""What a messenger sends: a message, its media and its buttons."""

from dataclasses import dataclass

from sharebot.values.feeds import Media


@dataclass(frozen=True, slots=True)
class Button:
    """One button: exactly one of `url`, `data` (a tap, ≤ 64 bytes) or `copy` (≤ 256 characters)."""

    text: str
    url: str | None = None
    data: str | None = None
    copy: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one chat. `html` holds only tags that we wrote ourselves.

    `file_id` is the messenger's own handle of `media` from an earlier upload.
    """

    html: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    media: Media | None = None
    file_id: str | None = None
    protected: bool = False
    preview_url: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the messenger said when it took a message."""

    message_id: int
    file_id: str | None = None
