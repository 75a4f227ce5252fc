"""Coming back to an item: how did it go, or as you wished."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from sharebot.texts.catalogue import Translator, translator
from sharebot.texts.cutting import shorten
from sharebot.texts.digest import speak
from sharebot.texts.item_buttons import moment_rows, reason_rows
from sharebot.values.cards import Card, Reminder
from sharebot.values.messages import Button, Message
from sharebot.values.status import AnswerKind
from sharebot.values.taps import Tap, Verb, encode_tap

_TITLE, _NAME = 250, 60


def compose(reminder: Reminder) -> Message:
    """Write a reminder with the answers it asks for, or with the answer that was given."""
    item = reminder.item
    t = speak(item.language)
    parts = [_head(t, item), f"<b>{t.html('{title}', title=shorten(item.title, _TITLE) or t('Untitled'))}</b>"]
    if reminder.is_copy:
        parts.append(f"<i>{t('Sent again: the first copy could not be confirmed.')}</i>")
    is_open = not item.withdrawn and item.answer in {AnswerKind.TAKEN, AnswerKind.LATER, None}
    answers = ((Button(t("Open it"), url=reminder.page_url),),) if reminder.page_url else _answers(t, item)
    return Message("\n\n".join(parts), answers if is_open else (), protected=item.high_risk)


def _head(t: Translator, item: Card) -> str:
    if item.withdrawn:
        return t("This item was withdrawn. Please do not share it.")
    if item.answer is AnswerKind.TAKEN and item.answered_by:
        return t.html("👋 {name} took this one. How did it go?", name=shorten(item.answered_by, _NAME))
    if item.answer is None:
        return t("👋 A gentle reminder: this one still waits for your answer.")
    return {
        AnswerKind.TAKEN: t("👋 You took this one. How did it go?"),
        AnswerKind.LATER: t("⏰ You wanted to come back to this:"),
        AnswerKind.SHARED: t("✅ Shared – thank you! Paste the link to your post here, so that we can confirm it."),
        AnswerKind.DECLINED: t("🚫 Not for your party. Thank you for saying so."),
    }[item.answer]


def _answers(t: Translator, item: Card) -> tuple[tuple[Button, ...], ...]:
    hoped = () if item.share_from else ((_tap(t("✅ Shared"), Verb.SHARED, item),),)
    return (
        *hoped,
        (_tap(t("⏰ Later"), Verb.LATER, item), _tap(t("🚫 Not for us"), Verb.DECLINE, item)),
    )


def compose_moments(reminder: Reminder) -> Message:
    """Write the same reminder with the moments of "later" as its buttons."""
    return replace(compose(reminder), buttons=moment_rows(_item_words(reminder), reminder.item))


def compose_reasons(reminder: Reminder) -> Message:
    """Write the same reminder with the reasons for "not for us" as its buttons."""
    return replace(compose(reminder), buttons=reason_rows(_item_words(reminder), reminder.item))


def _item_words(reminder: Reminder) -> Translator:
    return translator("officer", reminder.item.language)


def _tap(text: str, verb: Verb, item: Card) -> Button:
    return Button(text, data=encode_tap(Tap(verb, item.delivery_id)))


def promise(language: str, moment: datetime, zone: str) -> str:
    """Say for a moment when the bot comes back to an item."""
    t = speak(language)
    day = format_date(moment.astimezone(ZoneInfo(zone)), "EEEE", locale=t.locale)
    return t("⏰ I will come back to it on {day} at {time}.", day=day, time=t.clock(moment, zone))


def too_late(language: str) -> str:
    """Say for a moment that an item is over before any later moment."""
    return speak(language)("⏰ It is over very soon; it stays here until then.")
