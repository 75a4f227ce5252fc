"""Turn a Mail into the bytes that travel: text, HTML with its pictures, attachments."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime

from sharebot.errors import PermanentError
from sharebot.values.mail import Mail


def build_message(mail: Mail, *, sender: str, organisation: str, at: datetime) -> EmailMessage:
    """Build the message; the same mail at the same time gives the same bytes.

    Raises PermanentError when a header holds a line break.
    """
    message = EmailMessage(policy=SMTP)
    with _refusing():
        message["From"] = Address(organisation, addr_spec=sender)
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(at)
    message["Auto-Submitted"] = "auto-generated"
    message["List-Id"] = f"sharebot {mail.list_name} <{mail.list_name}.{sender.partition('@')[2]}>"
    if mail.stop_url:
        message["List-Unsubscribe"] = _Whole(f"<{mail.stop_url}>")
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    html = message.get_payload()[-1]  # type: ignore[index]
    assert isinstance(html, EmailMessage)  # noqa: S101 - just added
    for picture in mail.pictures:
        main, _, sub = picture.mime.partition("/")
        html.add_related(picture.png, main, sub, cid=f"<{picture.content_id}>", disposition="inline")
    for file in mail.attachments:
        main, _, sub = file.mime.partition("/")
        message.add_attachment(file.body, maintype=main, subtype=sub, filename=file.filename)
    # Only now: the content manager drops every Content-* header it did not set itself.
    with _refusing():
        message["Content-Language"] = mail.language
    _fix_boundaries(message, mail.message_id)
    return message


class _Whole(str):
    """An address in a header: the library would encode one longer than its lines, and no program reads that."""

    __slots__ = ()
    name = "List-Unsubscribe"

    def fold(self, *, policy: EmailPolicy) -> str:
        """Return the header in one line."""
        if any(letter.isspace() for letter in self):
            raise ValueError("an address has no spaces")
        return f"{self.name}: {self}{policy.linesep}"


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (ValueError, IndexError) as error:
        raise PermanentError(f"not a mail that can be sent: {error}") from error


def _fix_boundaries(message: EmailMessage, message_id: str) -> None:
    name = "".join(letter for letter in message_id if letter.isalnum())
    parts = [part for part in message.walk() if part.is_multipart()]
    for number, part in enumerate(parts):
        part.set_boundary(f"=_{name}_{number}")
