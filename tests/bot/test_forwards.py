"""What a forwarded message holds to propose, and which replies can be translations."""

from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Message

from sharebot.bot.proposals import is_translation, read_forward
from sharebot.values.proposals import Draft

AT = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp())
NAMED = {"type": "channel", "date": AT, "message_id": 7, "chat": {"id": -1002, "type": "channel", "username": "News"}}
HIDDEN = {"type": "hidden_user", "date": AT, "sender_user_name": "Somebody"}


def forwarded(**values: Any) -> Draft | None:
    base = {"message_id": 1, "date": AT, "chat": {"id": 5, "type": "private"}, "forward_origin": HIDDEN}
    message = Message.de_json(base | values, None)
    assert message is not None
    return read_forward(message)


def linked(text: str, url: str) -> dict[str, Any]:
    return {"text": text, "entities": [{"type": "text_link", "offset": 0, "length": len(text), "url": url}]}


@pytest.mark.parametrize(
    ("values", "draft"),
    [
        ({"text": "Title\n\nWords."}, Draft("Title", "Words.")),
        ({"text": "\u200b\n Title \u202e\n"}, Draft("Title", "")),
        ({"caption": "Title\nhttps://a.example/1"}, Draft("Title", "https://a.example/1", "https://a.example/1")),
        (linked("Title", "https://a.example/1"), Draft("Title", "", "https://a.example/1")),
        (linked("Title", "https://127.0.0.1/x"), Draft("Title", "")),
        (linked("Title", "javascript:alert(1)"), Draft("Title", "")),
        ({"text": "Title", "forward_origin": NAMED}, Draft("Title", "", "https://t.me/News/7")),
        ({"forward_origin": NAMED}, Draft("t.me", "", "https://t.me/News/7")),
        ({"text": "Title", "link_preview_options": {"url": "https://a.example/2"}}, Draft("Title", "", "https://a.example/2")),
        ({"text": "Title", "link_preview_options": {"url": "http://localhost/"}}, Draft("Title", "")),
        ({"text": "A" * 300}, Draft("A" * 200, "A" * 300)),
        ({"text": "https://a.example/1"}, Draft("https://a.example/1", "", "https://a.example/1")),
        ({}, None),
        ({"caption": "\u200b \x00"}, None),
    ],
)  # fmt: skip
def test_words_and_one_link_of_a_forward_are_proposed(values: dict[str, Any], draft: Draft | None) -> None:
    assert forwarded(**values) == draft


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Ein Titel\nWorte", True),
        ("标题\n文字", True),
        ("Ein langer Titel ohne Text", True),
        ("Merci !", False),
        ("\n\nok\n", False),
        ("", False),
    ],
)
def test_a_translation_has_a_title_and_words_or_a_long_line(text: str, is_one: bool) -> None:
    assert is_translation(text) is is_one
