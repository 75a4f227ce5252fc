"""Alerts in words: every code in three languages, with its runbook, and nothing that breaks a message."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from sharebot.texts.alerts import CHAT_LIMIT, Sender, compose_chat, compose_mail, find_advice, speak
from sharebot.texts.catalogue import languages
from sharebot.values.alerts import AlertCode, Notice, NoticeGroup
from sharebot.values.status import PauseKind
from tests.cast import NOW

RUNBOOK = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
SENDER = Sender("The Alliance", "Europe/Brussels", "https://share.alliance.example")
COUNTED = {
    AlertCode.DISK_LOW,
    AlertCode.DELIVERIES_LATE,
    AlertCode.NEEDS_REVIEW,
    AlertCode.UPDATE_FAILED,
    AlertCode.REPORT_FAILED,
}

every_language = pytest.mark.parametrize("language", languages())
every_code = pytest.mark.parametrize("code", AlertCode)


def group_of(code: AlertCode, *subjects: str, over: bool = False, detail: str = "7") -> NoticeGroup:
    resolved_at = NOW + timedelta(hours=1) if over else None
    return NoticeGroup(
        code,
        over,
        [Notice(number, code, one, detail, NOW, resolved_at) for number, one in enumerate(subjects or ("",))],
    )


def chat(*groups: NoticeGroup, language: str = "en") -> str:
    return compose_chat(groups, language=language, sender=SENDER).html


def mail_text(*groups: NoticeGroup, language: str = "en") -> str:
    return compose_mail(groups, to="a@b.example", language=language, message_id="<1@b.example>", sender=SENDER).text


@every_code
def test_every_code_has_its_section_in_the_runbook(code: AlertCode) -> None:
    sections = re.split(r"^### ", RUNBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    [section] = [one for one in sections if one.partition("\n")[0].strip("` ") == code.value]
    for part in ("**Means:**", "**Look:**", "**Do:**"):
        assert part in section


def test_the_runbook_knows_no_code_that_is_gone() -> None:
    heads = re.findall(r"^### `(\w+)`$", RUNBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(heads) == sorted(code.value for code in AlertCode)


@every_code
@every_language
def test_every_code_has_words_for_its_beginning_and_its_end(code: AlertCode, language: str) -> None:
    began, over = chat(group_of(code), language=language), chat(group_of(code, over=True), language=language)
    assert f"[{code.value}]" in began and f"[{code.value}]" in over
    assert find_advice(speak(language), group_of(code)) in began.replace("&amp;", "&")
    assert find_advice(speak(language), group_of(code)) not in over
    assert began.startswith("⚠️ <b>") and over.startswith("✅ <b>")


@every_code
@pytest.mark.parametrize("language", [one for one in languages() if one != "en"])
def test_every_word_is_translated(code: AlertCode, language: str) -> None:
    group = group_of(code, "x")
    assert find_advice(speak(language), group) != find_advice(speak("en"), group)
    own, english = (mail_text(group, language=one).splitlines() for one in (language, "en"))
    assert own[0] != english[0]


@every_language
def test_every_pause_says_what_to_do(language: str) -> None:
    t = speak(language)
    said = {find_advice(t, group_of(AlertCode.BOT_PAUSED, "main", detail=kind)) for kind in PauseKind}
    assert len(said) == 4  # each word of Telegram's, and one for what people stopped
    assert all("sharebot bot resume" in one for one in said)
    assert find_advice(t, group_of(AlertCode.BOT_PAUSED, "main", detail="of a later build")) in said


@every_code
def test_figures_are_said_where_there_are_some(code: AlertCode) -> None:
    assert ("7" in chat(group_of(code)).replace("\n", " ").split("<i>")[0]) == (code in COUNTED)


def test_what_it_is_about_is_named_and_many_are_counted() -> None:
    few = chat(group_of(AlertCode.ENTRY_PAUSED, "4", "9"))
    many = chat(group_of(AlertCode.ENTRY_PAUSED, *map(str, range(100))))
    assert "Entry: 4, 9\n" in few
    assert "Entry: 0, 1, 2, 3, 4, 5, 6, 7 and 92 more\n" in many
    assert "Bot: asia" in chat(group_of(AlertCode.BOT_HALTED, "asia"))
    assert "Machine: w" in chat(group_of(AlertCode.CLOCK_WRONG, "w"))
    assert "Source: 3" in chat(group_of(AlertCode.SOURCE_FAILING, "3"))
    assert "Week: 2026-W47 · 7 mails" in chat(group_of(AlertCode.REPORT_FAILED, "2026-W47"))


def test_names_cannot_become_markup() -> None:
    group = group_of(AlertCode.CLOCK_WRONG, "<b>&evil</b>")
    assert "Machine: &lt;b&gt;&amp;evil&lt;/b&gt;" in chat(group)
    mail = compose_mail([group], to="a@b.example", language="en", message_id="<1@b.example>", sender=SENDER)
    assert "<b>" not in mail.html and "&lt;b&gt;&amp;evil" in mail.html
    assert "Machine: <b>&evil</b>" in mail.text


@every_language
def test_the_worst_day_fits_into_one_chat_message(language: str) -> None:
    names = ["w" * 60 + str(number) for number in range(99)]
    groups = [group_of(code, *names, over=over) for over in (False, True) for code in AlertCode]
    html = chat(*groups, language=language)
    assert len(html.encode("utf-16-le")) // 2 <= CHAT_LIMIT
    assert html.startswith(chat(groups[0], language=language)), "the gravest keeps its advice"
    assert html.count("<b>") == html.count("</b>") == html.count("<i>") == html.count("</i>") > 3


@every_language
def test_a_bad_day_is_said_in_full(language: str) -> None:
    groups = [group_of(code, "main") for code in list(AlertCode)[:8]]
    html = chat(*groups, language=language)
    assert html == "\n\n".join(chat(one, language=language) for one in groups)


def test_a_mail_has_one_subject_for_one_thing_and_counts_many() -> None:
    def subject(*groups: NoticeGroup) -> str:
        return compose_mail(groups, to="a@b.example", language="en", message_id="<1@b.example>", sender=SENDER).subject

    entries = group_of(AlertCode.ENTRY_PAUSED, "1", "2")
    assert subject(entries) == "The Alliance: An item is held back"
    assert subject(entries, group_of(AlertCode.RESTORED)) == "The Alliance: 3 new alerts"
    assert subject(entries, group_of(AlertCode.RESTORED, over=True)) == "The Alliance: 2 new alerts, 1 resolved"
    assert subject(group_of(AlertCode.RESTORED, over=True)) == "The Alliance: Resolved: A restored backup waits for you"


def test_a_mail_says_all_and_where_to_look() -> None:
    groups = [group_of(code, *map(str, range(20))) for code in AlertCode]
    mail = compose_mail(groups, to="a@b.example", language="en", message_id="<1@b.example>", sender=SENDER)
    for code in AlertCode:
        assert f"[{code.value}]" in mail.text and f"[{code.value}]" in mail.html
        assert find_advice(speak("en"), group_of(code, *map(str, range(20)))) in mail.text
    assert "docs/operations.md" in mail.text and SENDER.pages_url in mail.text
    assert 'lang="en"' in mail.html


def test_times_are_in_the_organisations_clock() -> None:
    assert "since 23 Nov 2026, 09:00 [restored]" in chat(group_of(AlertCode.RESTORED))
    assert "du 23 nov. 2026, 09:00 au 23 nov. 2026, 10:00" in chat(
        group_of(AlertCode.RESTORED, over=True), language="fr"
    )
