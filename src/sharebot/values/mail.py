"""One e-mail as the mail adapter sends it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InlinePicture:
    """A PNG that the HTML part shows as `cid:{content_id}`."""

    content_id: str
    png: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside the mail."""

    filename: str
    mime: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A whole mail: `message_id` is stable for one (report, recipient, period), so a repeat is recognised."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    language: str
    pictures: tuple[InlinePicture, ...] = ()
    attachments: tuple[Attachment, ...] = ()
