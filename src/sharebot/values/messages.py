"""What a messenger sends: a message, its media and its buttons."""

from dataclasses import dataclass, field

from sharebot.values.feeds import Media


@dataclass(frozen=True, slots=True)
class Button:
    """One button: exactly one of `url`, `data` (a tap, ≤ 64 bytes) or `copy` (≤ 256 characters)."""

    text: str
    url: str | None = None
    data: str | None = None
    copy: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is sent along."""

    name: str
    mime: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Origin:
    """A message in another chat."""

    chat_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Letter:
    """What makes a message a mail: the delivery's number, the reader's own page, and the language of both.

    `alt` says what the picture shows that goes along as `upload`.
    """

    number: int
    page_url: str
    language: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one chat. `html` holds only tags that we wrote ourselves.

    `file_id` is the messenger's own handle of `media` from an earlier upload, `upload` the bytes of it where no
    address leads to them. `thread_id` is the topic of a group. A `forward` brings another message as it stands,
    with its origin, and nothing else. `subject` and `letter` are for mailboxes.
    """

    html: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    media: Media | None = None
    file_id: str | None = None
    protected: bool = False
    preview_url: str | None = None
    upload: Upload | None = None
    thread_id: int | None = None
    forward: Origin | None = None
    subject: str = ""
    letter: Letter | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the messenger said when it took a message; `unique_id` is what it calls the same file everywhere."""

    message_id: int
    file_id: str | None = None
    unique_id: str | None = None
