"""A mail as bytes: everything in its place, nothing smuggled in, the same bytes every time."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from sharebot.errors import PermanentError
from sharebot.mail.build import build_message
from sharebot.values.mail import Attachment, InlinePicture, Mail

AT = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
PICTURE = InlinePicture("amplifiers", b"\x89PNG\r\n\x1a\nnot much of a picture", "Shares by evidence")
MAIL = Mail(
    to="lea@alliance.example",
    subject="The Alliance : qui a partagé quoi, semaine 48",
    text="Bonjour,\n.\nDeux points seuls ne finissent rien.\n",
    html='<p>Bonjour</p><img src="cid:amplifiers" alt="Shares by evidence">',
    message_id="<weekly.2026-W48.0123456789abcdef@alliance.example>",
    language="fr",
    pictures=(PICTURE,),
    attachments=(Attachment("sharebot-2026-W48.csv", "text/csv", b"\xef\xbb\xbfCode\r\nnorth\r\n"),),
)


def to_bytes(mail: Mail = MAIL, *, organisation: str = "The Alliance") -> bytes:
    return build_message(mail, sender="sharebot@alliance.example", organisation=organisation, at=AT).as_bytes()


def read_back(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def test_the_heads_say_who_what_and_in_which_language() -> None:
    message = read_back(to_bytes())
    assert message["from"] == "The Alliance <sharebot@alliance.example>"
    assert message["to"] == MAIL.to
    assert message["subject"] == MAIL.subject
    assert message["message-id"] == MAIL.message_id
    assert message["content-language"] == "fr"
    assert message["auto-submitted"] == "auto-generated"
    assert message["list-id"] == "sharebot reports <reports.alliance.example>"
    assert message["date"].datetime == AT


def test_text_html_picture_and_file_come_back_as_they_were() -> None:
    message = read_back(to_bytes())
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == MAIL.text.splitlines()
    assert html.get_content().strip() == MAIL.html
    pictures = [part for part in message.walk() if part["content-id"] == "<amplifiers>"]
    assert [part.get_content() for part in pictures] == [PICTURE.png]
    files = list(message.iter_attachments())
    assert [part.get_filename() for part in files] == ["sharebot-2026-W48.csv"]
    assert files[0].get_payload(decode=True) == MAIL.attachments[0].body


def test_a_mail_without_pictures_and_files_is_text_and_html() -> None:
    message = read_back(to_bytes(replace(MAIL, pictures=(), attachments=())))
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_the_same_mail_gives_the_same_bytes() -> None:
    assert to_bytes() == to_bytes()


def test_the_boundaries_come_from_the_message_id_so_mails_differ() -> None:
    other = to_bytes(replace(MAIL, message_id="<weekly.2026-W49.feed@alliance.example>"))
    assert read_back(other).get_boundary() != read_back(to_bytes()).get_boundary()


def test_every_line_is_short_ascii_and_ends_as_smtp_wants() -> None:
    raw = to_bytes(replace(MAIL, text="é" * 3_000, html=f"<p>{'x' * 5_000}</p>"))
    assert raw.isascii()
    lines = raw.split(b"\r\n")
    assert max(len(line) for line in lines) <= 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)


@pytest.mark.parametrize("part", ["to", "subject", "message_id", "language"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_break_in_a_head_is_refused(part: str, end: str) -> None:
    change: dict[str, Any] = {part: f"fr{end}Bcc: everybody@elsewhere.example"}
    with pytest.raises(PermanentError):
        to_bytes(replace(MAIL, **change))


def test_a_line_break_in_the_organisation_is_refused() -> None:
    with pytest.raises(PermanentError):
        to_bytes(organisation="The Alliance\r\nBcc: everybody@elsewhere.example")


def test_an_organisation_with_quotes_and_angles_stays_a_name() -> None:
    sender = read_back(to_bytes(organisation='The "Free" <boss@elsewhere.example>, Alliance'))["from"]
    assert [address.addr_spec for address in sender.addresses] == ["sharebot@alliance.example"]
