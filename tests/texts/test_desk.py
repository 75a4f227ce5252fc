"""What staff read in chat fits Telegram's limits, in every language, whatever the rows hold."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest

from sharebot.sandbox.entities import parse_html
from sharebot.texts import desk, desk_cards, desk_lists
from sharebot.texts.catalogue import languages
from sharebot.texts.cutting import CAPTION_LIMIT, MESSAGE_LIMIT, shown_units
from sharebot.values.desk import Change, DraftCard, DraftState, EntryLine, Morning, Outlook, Version, When, Whom
from sharebot.values.messages import Message
from sharebot.values.status import ContentKind, EntryStatus
from sharebot.values.taps import decode_tap

HOSTILE = "</b><script>& “Party” \u202e" * 20
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
WHEN = When(on=date(2026, 11, 25), local=time(9))
CODES = ("en", "fr", "es", "pt", "ar", "de", "it", "ru", "sw")
WHOM = Whom(CODES, ("BR", "KE", "PH", "FR", "ES", "BE"), CODES, ("party", "partner", "personality"), 12)
CARD = DraftCard(
    number=2**31 - 1,
    reader="en",
    zone="Europe/Brussels",
    state=DraftState.OPEN,
    kind=ContentKind.EPISODE,
    versions=tuple(Version(code, HOSTILE, HOSTILE * 20) for code in CODES),
    page_url="https://alliance.example/contents/1",
    source=HOSTILE,
    reasons=("links to a foreign host: example.org", "no date", HOSTILE),
    by=HOSTILE,
    note=HOSTILE,
    when=WHEN,
    whom=WHOM,
    again_at=NOW,
)
OUTLOOK = Outlook(WHEN, WHOM, 400, 130, 12, 30, "0123456789ab")
LINE = EntryLine(2**31 - 1, 1, HOSTILE, EntryStatus.RELEASED, WHEN, WHOM, NOW, "https://alliance.example/q", 5, 9)


def check(message: Message, limit: int) -> None:
    assert shown_units(message.html) <= limit
    assert "<script" not in message.html and "script>" in parse_html(message.html).text
    for button in (button for row in message.buttons for button in row):
        assert 1 <= len(button.text) <= 64
        assert button.url or decode_tap(button.data) is not None


@pytest.mark.parametrize(("reader", "state"), list(product(languages(), DraftState)))
def test_a_card_fits_under_a_picture(reader: str, state: DraftState):
    card = replace(CARD, reader=reader, state=state)
    for message in (
        desk_cards.compose_draft(card),
        desk_cards.compose_outlook(card, OUTLOOK),
        desk_cards.compose_changed_plan(card, OUTLOOK),
        desk_cards.compose_stale(card, tuple(Change)),
    ):
        check(message, CAPTION_LIMIT)


def test_a_card_of_nothing_is_one_all_the_same():
    card = replace(CARD, versions=(Version("en", "", ""),), source="", reasons=(), again_at=None, when=None)
    assert parse_html(desk_cards.compose_draft(card).html).text == "📰 Podcast episode\nEN Untitled"
    nobody = desk_cards.compose_outlook(card, replace(OUTLOOK, officers=0))
    assert "Nobody would get it" in nobody.html
    assert not any("ok_" in (button.data or "") for row in nobody.buttons for button in row)


@pytest.mark.parametrize("language", languages())
def test_lists_fit_a_message(language: str):
    zone, page = "Europe/Brussels", "https://alliance.example"
    morning = Morning(1000, 9, 9, 9, 9, (HOSTILE,) * 9, HOSTILE, (LINE,) * 3, 9999, 130, 99, 99, 99_999)
    for message in (
        desk_lists.compose_queue(language, [LINE] * 10, total=99, zone=zone, page_url=page),
        desk_lists.compose_today(language, morning, zone=zone, page_url=page),
        desk_lists.compose_entry(language, LINE, zone=zone),
        desk_lists.confirm_withdrawal(language, LINE, zone=zone),
        desk_lists.confirm_nudge(language, LINE, count=400, left_out=9),
        desk_lists.ask_stop(language, HOSTILE),
        desk_lists.stopped(language, name=HOSTILE, reason=HOSTILE),
        Message(desk_lists.withdrawn(language, LINE, name=HOSTILE, cancelled=1, edits=2, told=3)),
    ):
        check(message, MESSAGE_LIMIT)
    asked = desk_lists.choose_entry(language, [LINE] * 8, verb="withdraw", zone=zone)
    assert all(len(button.text) <= 64 for row in asked.buttons for button in row)


@pytest.mark.parametrize("language", languages())
def test_the_note_is_asked_for_by_name_and_number(language: str):
    question = desk_cards.ask_for_note(language, name=HOSTILE, user_id=7, title=HOSTILE, entry_id=12)
    assert parse_html(question).text.endswith(" #12")
    assert '<a href="tg://user?id=7">' in question


def test_times_and_audiences_are_said_as_people_say_them():
    t, zone = desk.speak("en"), "Europe/Brussels"
    assert desk.say_when(t, WHEN, zone) == "Wed 25 Nov, at 09:00 of their own clock"
    assert desk.say_when(t, When(at=NOW + timedelta(hours=4)), zone) == "Mon 23 Nov, at 13:00"
    assert desk.say_when(t, When(), zone) == "as soon as possible"
    assert desk.say_whom(t, Whom()) == "All parties"
    assert (
        desk.say_whom(t, Whom(regions=("Asia",), countries=("PH",), members=1)) == "Asia · Philippines · 1 chosen party"
    )
