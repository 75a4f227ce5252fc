"""The weekly report in three languages: readable as text, safe as HTML, whole without the network."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from sharebot.config.settings import Settings
from sharebot.reports.page import report_page
from sharebot.reports.weekly import Letterhead, compile_sections, compose_mail
from sharebot.values.figures import Figures
from sharebot.values.mail import Mail
from tests.reports.sample import CLAIMED, SCRIPT, make_empty, make_figures, make_party

HEAD = Letterhead("The Alliance", "Europe/Brussels", "#c8102e")
LANGUAGES = ["en", "fr", "es"]
TITLES = {
    "en": "The Alliance: who shared what, week 48",
    "fr": "semaine 48",
    "es": "semana 48",
}


class Reader(HTMLParser):
    """What a mail client would see: tags with their attributes, and the words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def compose(language: str = "en", figures: Figures | None = None, *, head: Letterhead = HEAD) -> Mail:
    return compose_mail(
        figures or make_figures(),
        to="lea@alliance.example",
        language=language,
        message_id="<weekly.2026-W48.0@alliance.example>",
        head=head,
    )


def test_the_plain_text_carries_the_seal_of_the_log() -> None:
    mail = compose_mail(
        make_figures(), to="lea@alliance.example", language="en", message_id="<1@x>", head=HEAD, seal="5ea1"
    )
    assert mail.text.endswith("Seal of the log of changes: 5ea1\n")
    assert "5ea1" not in mail.html and "Seal" not in compose().text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_subject_names_the_week_in_the_readers_language(language: str) -> None:
    mail = compose(language)
    assert TITLES[language] in mail.subject
    assert mail.language == language
    assert f'<html lang="{language}"' in mail.html


def test_the_days_are_those_of_the_zone() -> None:
    assert "23 November to 29 November 2026" in compose("en").text
    assert "23 novembre" in compose("fr").text
    assert "23 de noviembre" in compose("es").text or "23 noviembre" in compose("es").text


def test_no_word_of_english_is_left_in_the_other_languages() -> None:
    own = {
        language: {section.title for section in compile_sections(make_figures(), language)} for language in LANGUAGES
    }
    assert len(own["en"]) == 9
    assert not own["en"] & own["fr"]
    assert not own["en"] & own["es"]


def test_french_keeps_its_signs_with_their_words() -> None:
    text = compose("fr").text
    assert not re.search(r"[A-Za-zé] [:;!?»]|« ", text)
    assert "\u202f:" in text


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert "1,234" in compose("en").text
    assert "1\u202f234" in compose("fr").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_title_in_the_readers_language_is_shown(language: str) -> None:
    title = {"en": "A story", "fr": "Une histoire", "es": "Una historia"}[language]
    assert title in compose(language).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_plain_text_is_at_most_72_wide(language: str) -> None:
    long = make_figures((make_party("long", name="A very long name of a party " * 8, levels={CLAIMED: 1}),))
    letterhead = replace(HEAD, organisation="The Progressive Alliance of Parties and Partners from All Continents")
    for figures in (make_figures(), long, make_empty()):
        for line in compose(language, figures, head=letterhead).text.splitlines():
            assert len(line) <= 72 or " " not in line.strip(), line


def test_plain_text_says_what_the_tables_say() -> None:
    text = " ".join(compose().text.split())
    assert "* Party North: received 3, items shared 1, observed 2, claimed 1, clicks 1,234 *" in text
    assert "* A story: article, sent 5, parties 2, observed 2, claimed 2, clicks 1,234 *" in text
    assert "* Party South: received 3, items shared 1, link checked 1, link given 4 *" in text


def test_parties_without_a_share_are_told_apart() -> None:
    text = " ".join(compose().text.split())
    assert "no share found on the accounts we can watch (1): Party Quiet." in text
    assert "so nothing can be concluded (1): Party West." in text
    assert "Received nothing this week (1): Party Far." in text


def test_the_headline_counts_parties_and_keeps_levels_apart() -> None:
    text = " ".join(compose().text.split())
    assert "3 parties shared at least one item, of 5 that received something." in text
    assert "Shares by evidence: 2 observed, 1 with a checked link, 4 with links, 2 claimed." in text


def test_what_went_wrong_is_said_plainly() -> None:
    text = " ".join(compose().text.split())
    assert "1 message could not be delivered. 2 messages wait for a decision." in text
    assert "1 item was declined." in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_names_stay_words(language: str) -> None:
    for page in (compose(language).html, report_page(make_figures(), language, Settings())):
        reader = Reader(page)
        assert not reader.named("script")
        assert SCRIPT[:25] in reader.words
        assert all("onerror" not in attributes for _, attributes in reader.tags)
        assert "{{7*7}}" in reader.words


def test_a_hostile_organisation_stays_a_word() -> None:
    reader = Reader(compose(head=replace(HEAD, organisation=SCRIPT)).html)
    assert not reader.named("script")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_says_what_it_shows_and_comes_with_the_mail(language: str) -> None:
    mail = compose(language)
    pictures = Reader(mail.html).named("img")
    assert [picture["src"] for picture in pictures] == [f"cid:{one.content_id}" for one in mail.pictures]
    assert [picture["alt"] for picture in pictures] == [one.alt for one in mail.pictures]
    assert len(mail.pictures) == 2
    assert all(one.alt and one.png.startswith(b"\x89PNG") for one in mail.pictures)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_fetched_from_anywhere(language: str) -> None:
    for page in (compose(language).html, report_page(make_figures(), language, Settings())):
        reader = Reader(page)
        addresses = [
            value for _, attributes in reader.tags for name in ("src", "href") if (value := attributes.get(name))
        ]
        assert all(address.startswith(("cid:", "data:image/png;base64,")) for address in addresses)
        assert not reader.named("link")
        assert "url(" not in page
        assert "@import" not in page


def test_the_page_that_stands_alone_has_its_pictures_inside() -> None:
    pictures = Reader(report_page(make_figures(), "en", Settings())).named("img")
    assert len(pictures) == 2
    assert all((picture["src"] or "").startswith("data:image/png;base64,") for picture in pictures)


def test_the_accent_is_the_organisations() -> None:
    assert "#123456" in compose(head=replace(HEAD, accent="#123456")).html


@pytest.mark.parametrize("language", LANGUAGES)
def test_equal_figures_give_equal_mails(language: str) -> None:
    assert compose(language) == compose(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_week_in_which_nothing_happened_is_a_short_letter(language: str) -> None:
    mail = compose(language, make_empty())
    assert mail.pictures == ()
    assert 3 <= len(mail.text.splitlines()) < 40
    assert not re.search(r"\{\w+\}", mail.text)


def test_an_unknown_language_gets_english() -> None:
    assert compose("xx").subject == TITLES["en"]


def test_the_figures_come_along_as_a_table() -> None:
    (file,) = compose().attachments
    assert (file.filename, file.mime) == ("sharebot-2026-W48.csv", "text/csv")
    assert b"north" in file.body


@pytest.mark.parametrize("name", ["\x00\x01 zero", "a\nb\r\nc", "\u202eevil", "نساء", "ᲥᲐᲠᲗᲣᲚᲘ", "", "😀" * 60])
def test_any_name_makes_a_whole_report(name: str) -> None:
    party = make_party("odd", name=name or " ", levels={CLAIMED: 1})
    mail = compose("fr", make_figures((party,)))
    assert mail.pictures[0].png.startswith(b"\x89PNG")
