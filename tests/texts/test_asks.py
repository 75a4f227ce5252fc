"""Digests and reminders: short, whole, in every language, and nothing of a title is markup."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sharebot.texts import digest as digests
from sharebot.texts import reminder as reminders
from sharebot.texts.catalogue import languages
from sharebot.texts.compose import compose
from sharebot.values.cards import Card, Digest, DigestLine, Reminder, Taken
from sharebot.values.messages import Message
from sharebot.values.status import AnswerKind, ContentKind, DeliveryKind

CARD = Card(7, DeliveryKind.ITEM, "en", "The Alliance", title="A title")
HOSTILE = "<b>x</b> & \u202e😀 " + "long " * 200
every_language = pytest.mark.parametrize("language", languages())


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def labels(message: Message) -> list[str]:
    return [button.text for row in message.buttons for button in row]


@every_language
def test_the_longest_digest_fits_and_its_numbers_are_small(language: str):
    item = replace(CARD, language=language, title=HOSTILE, item_language="pt", taken=Taken(HOSTILE))
    message = compose(Digest(tuple(DigestLine(replace(item, delivery_id=n)) for n in range(1, 11)), is_copy=True))
    assert units(message.html) <= 4096
    assert labels(message) == [str(n) for n in range(1, 11)]
    assert "<b>x" not in message.html
    assert [button.data for button in message.buttons[1]] == [f"o:{n}:" for n in range(6, 11)]


def test_a_digest_shows_what_came_what_is_over_and_what_was_withdrawn():
    lines = (
        DigestLine(CARD, waits=False),
        DigestLine(replace(CARD, item_kind=ContentKind.EPISODE, item_language="fr")),
        DigestLine(CARD, over=True),
        DigestLine(replace(CARD, withdrawn=True)),
    )
    message = compose(Digest(lines))
    assert message.html.split("\n\n")[1].split("\n") == [
        "1. 📰 A title",
        "2. 🎧 A title · French",
        "3. 📰 A title – <i>over</i>",
        "4. <i>withdrawn</i>",
    ]
    assert labels(message) == ["1 ✓", "2"]


def test_only_a_party_with_colleagues_reads_what_nobody_has_taken():
    lines = (DigestLine(CARD), DigestLine(replace(CARD, taken=Taken("Ada"))), DigestLine(CARD))
    assert "Nobody of your party is on 1, 3 yet." in compose(Digest(lines, has_colleagues=True)).html
    assert "Nobody" not in compose(Digest(lines)).html


@every_language
@pytest.mark.parametrize("answer", [None, *AnswerKind])
def test_a_reminder_asks_until_it_was_answered(language: str, answer: AnswerKind | None):
    reminder = Reminder(replace(CARD, language=language, title=HOSTILE, answer=answer), is_copy=True)
    message = compose(reminder)
    assert bool(message.buttons) is (answer in {None, AnswerKind.TAKEN, AnswerKind.LATER})
    assert units(message.html) <= 1024
    assert "<b>x" not in message.html


@every_language
@pytest.mark.parametrize("compose_choice", [reminders.compose_moments, reminders.compose_reasons])
def test_the_choices_under_a_reminder_have_short_labels_and_a_way_back(language: str, compose_choice):
    message = compose_choice(Reminder(replace(CARD, language=language, answer=AnswerKind.TAKEN)))
    assert max(map(len, labels(message))) <= 25
    assert message.buttons[-1][0].data == "b:7:"
    assert all(len(row) <= 3 for row in message.buttons)


def test_in_a_group_the_reminder_names_who_took_it():
    message = compose(Reminder(replace(CARD, answer=AnswerKind.TAKEN, answered_by="<i>Ada")))
    assert message.html.startswith("👋 &lt;i&gt;Ada took this one.")


def test_a_withdrawn_item_is_not_asked_about():
    message = compose(Reminder(replace(CARD, withdrawn=True, answer=AnswerKind.TAKEN)))
    assert "was withdrawn" in message.html
    assert message.buttons == ()


@every_language
def test_a_promise_names_the_day_and_the_hour_of_the_reader(language: str):
    said = reminders.promise(language, datetime(2026, 11, 24, 7, tzinfo=UTC), "Europe/Brussels")
    assert {"en": "Tuesday", "fr": "mardi", "es": "martes"}[language] in said
    assert "8:00" in said
    assert len(said) <= 200  # as much as a toast shows
    assert all(len(digests.tell(language, word)) <= 200 for word in ("comes", "came", "over", "withdrawn"))
