"""Joining, settings, leaving and help: within Telegram's limits, on a small phone, in each language its own."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import pytest

from sharebot.config.settings import Settings
from sharebot.rules.share_links import SHARE_ORDER
from sharebot.sandbox.entities import parse_html
from sharebot.texts import help as helping
from sharebot.texts import joining, leaving, settings
from sharebot.texts.desk import desk_commands
from sharebot.values.messages import Message
from sharebot.values.seats import Erased, Farewell, Newcomer, Wishes
from sharebot.values.status import DataTier, Rhythm
from sharebot.values.taps import decode_tap

HOSTILE = "</b><script>& “Party” \u202e"
TOPICS = {
    f"topic{n}": {"en": "Human rights and so on"[:24], "fr": "Droits humains", "es": "Derechos"} for n in range(12)
}
SETTINGS = Settings.model_validate({"topics": TOPICS, "organisation": {"name": "The <Alliance> & friends"}})
LANGUAGES = ("en", "fr", "es")
PAGES = ("main", "language", "topics", "data", "hours", "rhythm", "asks", "networks", "privacy", "unknown")


def wishes(language: str, **other: object) -> Wishes:
    plain = {
        "tier": DataTier.FULL,
        "topics": (),
        "networks": (),
        "offered": SHARE_ORDER,
        "zone": "America/Argentina/Buenos_Aires",
        "has_own_zone": False,
        "opens": None,
        "closes": None,
        "rhythm": Rhythm.EACH,
        "asks_per_week": None,
        "untracked": False,
        "high_risk": False,
        "paused_until": None,
    }
    return Wishes(**{"language": language, **plain, **other})  # type: ignore[arg-type]


def everything(language: str) -> Iterator[Message]:
    """Every message of these files, with the longest that can stand in them."""
    organisation = SETTINGS.organisation.name
    full = wishes(language, topics=tuple(TOPICS), opens=time(8), closes=time(12), untracked=True, high_risk=True)
    for one in (wishes(language), full):
        for page in PAGES:
            yield settings.compose_settings(one, party=HOSTILE, settings=SETTINGS, page=page)
        yield joining.choose_topics(one, SETTINGS)
        yield joining.choose_wishes(one, SETTINGS)
        yield Message(joining.standing(one, party=HOSTILE, settings=SETTINGS))
    yield joining.ask_consent(language, party=HOSTILE, organisation=organisation)
    yield Message(joining.waiting(language, organisation))
    for is_open in (True, False):
        yield joining.compose_newcomer(Newcomer(7, language, HOSTILE, HOSTILE, HOSTILE, "es", None, is_open))
    yield joining.compose_farewell(Farewell(language, organisation, True))
    yield joining.compose_farewell(Farewell(language, organisation, False))
    yield leaving.paused(language, date(2026, 12, 24))
    yield leaving.paused(language, None)
    yield Message(leaving.not_a_date(language, HOSTILE * 99))
    yield Message(leaving.not_a_future_day(language, date(2020, 1, 1)))
    yield leaving.handed_over(language, f"https://t.me/{'b' * 32}?start={'t' * 43}", 72)
    yield leaving.ask_whether_to_erase(language)
    for left in (0, 1, 2):
        at = datetime(2026, 11, 24, 8, tzinfo=UTC)
        yield leaving.prove_erasure(language, Erased(at, 1, 2, 0, 5, left), "Africa/Nairobi")
    yield Message(settings.refuse_zone(language, HOSTILE * 99, ["Europe/Paris"]))
    yield helping.officer_help(language, organisation)
    yield helping.staff_help(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_fits_telegram_and_a_small_phone(language: str):
    for message in everything(language):
        shown = parse_html(message.html)  # raises on markup that Telegram would refuse
        assert len(shown.text.encode("utf-16-le")) // 2 <= 4096
        assert len(shown.entities) <= 100
        for row in message.buttons:
            assert len(row) <= 3, row
            for button in row:
                assert len(button.text) <= (26 if button.text.startswith("✓ Human") else 24), button.text
                assert len(button.copy or "") <= 256
                assert button.data is None or (len(button.data) <= 64 and decode_tap(button.data)), button.data


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_fixed_button_is_longer_than_twenty_letters(language: str):
    fixed = Settings()
    for page in PAGES:
        message = settings.compose_settings(wishes(language), party="P", settings=fixed, page=page)
        assert [b.text for row in message.buttons for b in row if len(b.text) > 20] == []
    for message in (joining.choose_wishes(wishes(language), fixed), leaving.paused(language, None)):
        assert [b.text for row in message.buttons for b in row if len(b.text) > 20] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_fits_one_screen(language: str):
    for message in (helping.officer_help(language, "The Progressive Alliance"), helping.staff_help(language)):
        shown = parse_html(message.html).text
        assert len(shown.splitlines()) <= 20
        assert len(shown) <= 1500


def test_the_languages_differ_in_every_message():
    for english, french, spanish in zip(*(everything(one) for one in LANGUAGES), strict=True):
        if "This bot is for invited" not in english.html:  # in all languages, for whoever reads it
            assert len({english.html, french.html, spanish.html}) == 3, english.html


def test_a_question_that_was_decided_names_nobody():
    asked = Newcomer(7, "en", "North", "Ana’s desk", "Ana B.", "fr", None, True)
    assert "Ana B." in joining.compose_newcomer(asked).html
    closed = joining.compose_newcomer(Newcomer(7, "en", "North", "Ana’s desk", "Ana B.", "fr", None, False, True))
    assert "Ana" not in closed.html
    assert closed.buttons == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_menus_are_what_telegram_takes(language: str):
    for menu in (helping.officer_commands(language), desk_commands(language)):
        for name, line in menu.items():
            assert name.isascii()
            assert name.islower()
            assert 1 <= len(line) <= 40
