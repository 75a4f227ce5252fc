"""Turn a chat message's few tags into a mail: an HTML part that mail programs bear, and a text part."""

import html
import re

import nh3

from sharebot.values.mail import InlinePicture, Mail
from sharebot.values.messages import Button, Message

_TAGS = {"b", "i", "u", "s", "a", "code", "pre", "blockquote"}
_FONT = "font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5"
_BUTTON = (
    "display:inline-block;padding:14px 22px;border-radius:6px;background-color:#1a4f8b;color:#ffffff;"
    "font-weight:bold;text-decoration:none"
)
_PICTURE = "picture"


def build_letter(to: str, message: Message, *, message_id: str) -> Mail:
    """Return the mail of a message with a `letter`; of its buttons those with an address become links."""
    letter = message.letter
    assert letter is not None  # noqa: S101 - the messenger looked
    links = [button for row in message.buttons for button in row if button.url]
    upload = message.upload
    pictures: tuple[InlinePicture, ...] = ()
    if upload is not None and upload.mime.startswith("image/"):
        pictures = (InlinePicture(_PICTURE, upload.body, letter.alt, upload.mime),)
    return Mail(
        to=to,
        subject=" ".join(message.subject.split()),
        text=_text_part(message.html, links),
        html=_html_part(message.html, links, pictures, letter.language),
        message_id=message_id,
        language=letter.language,
        pictures=pictures,
        list_name="items",
        stop_url=f"{letter.page_url}/stop",
    )


def to_text(markup: str) -> str:
    """Return what a message says, its links in brackets behind their words."""
    linked = re.sub(r'<a href="([^"]*)">(.*?)</a>', r"\2 (\1)", markup, flags=re.S)
    return html.unescape(re.sub(r"<[^<>]*>", "", linked))


def _text_part(markup: str, links: list[Button]) -> str:
    lines = [f"{button.text}:\n{button.url}" for button in links]
    return "\n\n".join([to_text(markup).strip(), *lines]) + "\n"


def _html_part(markup: str, links: list[Button], pictures: tuple[InlinePicture, ...], language: str) -> str:
    clean = nh3.clean(markup, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"})
    parts = [f"<p>{part}</p>" for part in clean.strip().split("\n\n")]
    parts = [part.replace("\n", "<br>") for part in parts]
    for one in pictures:
        alt = html.escape(one.alt)
        shown = (
            f'<img src="cid:{one.content_id}" alt="{alt}" width="560" style="width:100%;max-width:560px;height:auto">'
        )
        parts.insert(0, f"<p>{shown}</p>")
    for number, button in enumerate(links):
        style = f' style="{_BUTTON}"' if number == 0 else ""
        parts.append(f'<p><a href="{html.escape(button.url or "")}"{style}>{html.escape(button.text)}</a></p>')
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{html.escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"></head>\n'
        f'<body style="margin:0;padding:16px"><div style="max-width:600px;margin:0 auto;{_FONT}">\n{body}\n'
        "</div></body></html>\n"
    )
