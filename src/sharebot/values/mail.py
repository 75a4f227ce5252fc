"""One e-mail as the mail adapter sends it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InlinePicture:
    """A picture that the HTML part shows as `cid:{content_id}`; a PNG unless `mime` says another one."""

    content_id: str
    png: bytes
    alt: str
    mime: str = "image/png"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside the mail."""

    filename: str
    mime: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A whole mail: `message_id` is stable for one (report, recipient, period), so a repeat is recognised.

    `list_name` sorts it in the reader's program; a POST to `stop_url` ends such mails (RFC 8058).
    """

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    language: str
    pictures: tuple[InlinePicture, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    list_name: str = "reports"
    stop_url: str | None = None
