"""What the bot says to officers: the item to share, the text to post, and the few words around them."""

from dataclasses import replace

from sharebot.texts import embargo
from sharebot.texts.catalogue import Translator, translator
from sharebot.texts.cutting import CAPTION_LIMIT, MESSAGE_LIMIT, fit_post, shorten, shown_units, units
from sharebot.texts.item_buttons import (
    Rows,
    file_size,
    item_rows,
    moment_rows,
    more_rows,
    reason_rows,
)
from sharebot.texts.questions import compose_question
from sharebot.values.cards import Card, Taken
from sharebot.values.feeds import Media
from sharebot.values.messages import Button, Message
from sharebot.values.status import AnswerKind, AssetKind, ContentKind, DeliveryKind
from sharebot.values.taps import Tap, Verb, encode_tap

TEXT_SHOWN = 200  # about two lines of a phone beside a picture
TITLE_SHOWN = 250
NAME_SHOWN = 60
_LINK_BESIDE_MEDIA = 400  # a longer link leaves no room for the words in a caption
_POST_LEAST = 160  # units that the words to post get before the summary gets any


def speak(language: str) -> Translator:
    """Return the words of an officer's language."""
    return translator("officer", language)


def compose(card: Card) -> Message:
    """Write one delivery's message, within Telegram's limits whatever the item says."""
    t = speak(card.language)
    if card.kind is DeliveryKind.WELCOME:
        return Message(_welcome(t, card), protected=card.high_risk)
    if card.kind is DeliveryKind.REVIEW:
        return compose_question(card)
    if card.kind in {DeliveryKind.CORRECTED, DeliveryKind.WITHDRAWN}:
        return Message(_news(t, card), protected=card.high_risk)
    if card.withdrawn:
        title = shorten(card.title, TITLE_SHOWN)
        withdrawn = t.html("<b>{title}</b>\n\nThis item was withdrawn. Please do not share it.", title=title)
        return Message(withdrawn, media=card.media, file_id=card.file_id, protected=card.high_risk)
    return _item(t, card, item_rows(t, card))


def compose_reasons(card: Card) -> Message:
    """Write the same message with the reasons for "not for us" as its buttons."""
    t = speak(card.language)
    return _item(t, card, reason_rows(t, card))


def compose_more(card: Card) -> Message:
    """Write the same message with the buttons that are not needed every day."""
    t = speak(card.language)
    return _item(t, card, more_rows(t, card))


def compose_moments(card: Card) -> Message:
    """Write the same message with the moments that "later" may mean as its buttons."""
    t = speak(card.language)
    return _item(t, card, moment_rows(t, card))


def tell_holder(language: str, taken: Taken, zone: str) -> str:
    """Say for a moment, in plain text, who has the item already."""
    return _holds(speak(language), taken, zone)


def choose_item(language: str, items: list[tuple[int, str]]) -> Message:
    """Ask which of several items a pasted link belongs to; `items` are delivery ids and titles."""
    t = speak(language)
    rows = [
        (Button(shorten(title, 60) or t("Untitled"), data=encode_tap(Tap(Verb.LINK, number))),)
        for number, title in items
    ]
    return Message(t("Thank you! Which item does this link belong to?"), tuple(rows))


def _item(t: Translator, card: Card, rows: Rows) -> Message:
    """Write an item; where media leaves too little room for its link, the words go alone."""
    if units(card.post.url) > _LINK_BESIDE_MEDIA:
        card = replace(card, media=None, file_id=None)
    head = [_kind_line(t, card), f"<b>{t.html('{title}', title=shorten(card.title, TITLE_SHOWN))}</b>"]
    notes = _notes(t, card)
    limit = CAPTION_LIMIT if card.media else MESSAGE_LIMIT
    room = limit - shown_units("\n\n".join([*head, *notes])) - 2
    least = min(units(card.post.whole), units(card.post.url) + _POST_LEAST) + 2
    summary = shorten(card.text, min(TEXT_SHOWN, room - least - 2))
    body = [t.html("{text}", text=summary)] if summary else []
    room -= shown_units("".join(body)) + 2
    post = fit_post(card.post, room) if card.post.url else ""
    block = [f"<pre>{t.html('{post}', post=post)}</pre>"] if post else []
    html = "\n\n".join([*head, *body, *block, *notes])
    return Message(html, rows, card.media, card.file_id, card.high_risk)


def _news(t: Translator, card: Card) -> str:
    """Tell somebody who shared an item that it was corrected or withdrawn."""
    title = shorten(card.title, TITLE_SHOWN)
    if card.kind is DeliveryKind.WITHDRAWN:
        return t.html(
            "⚠️ <b>{title}</b>\n\nThis item was withdrawn. Your party has shared it: please delete your post. "
            "Sorry for the trouble.",
            title=title,
        )
    return t.html(
        "✏️ <b>{title}</b>\n\nThis item was corrected; the message above shows it as it is now. Your party has "
        "shared it: please check your post.",
        title=title,
    )


def _welcome(t: Translator, card: Card) -> str:
    return t.html(
        "Welcome to {organisation}! 👋\n\n"
        "You will receive here what {organisation} would like your party to share. "
        "Tap a network, and press Post there yourself: nothing is ever posted for you.\n\n"
        "When you have shared something, tap <b>Shared</b>, or just paste the link to your post here.\n\n"
        "/language – change the language\n/pause – take a break\n/help – how it works",
        organisation=card.organisation,
    )


def _kind_line(t: Translator, card: Card) -> str:
    names = {
        ContentKind.POST: t("📰 New article to share"),
        ContentKind.VIDEO: t("🎬 New video to share"),
        ContentKind.EPISODE: t("🎧 New episode to share"),
        ContentKind.EVENT: t("📅 New event to share"),
        ContentKind.APPEAL: t("✍️ New appeal to share"),
    }
    details = [names[card.item_kind]]
    if card.kind is DeliveryKind.PREVIEW:
        details.insert(0, t("👁 Preview"))
    if card.media and card.media.kind is not AssetKind.PICTURE:
        details += _file_facts(t, card.media)
    if card.item_language != card.language:
        details.append(t.language_name(card.item_language))
    return " · ".join(t.html("{part}", part=part) for part in details)


def _file_facts(t: Translator, media: Media) -> list[str]:
    facts = []
    if media.duration_s:
        minutes, seconds = divmod(media.duration_s, 60)
        facts.append(f"{minutes}:{seconds:02}")
    if media.size_bytes and media.size_bytes >= 100_000:
        facts.append(file_size(t, media.size_bytes).replace(" ", "\u00a0"))
    return facts


def _notes(t: Translator, card: Card) -> list[str]:
    proposer = shorten(card.proposed_by, NAME_SHOWN)
    notes = [embargo.note(card.language, card.share_from, card.zone)] if card.share_from else []
    notes += [t.html("💡 Proposed by {party}", party=proposer)] if proposer else []
    notes += [_own_word(t, card)] if card.answer else []
    if card.taken and card.answer is not AnswerKind.DECLINED:
        notes.append(_colleague(t, card.taken, card.zone))
    if card.copies:
        notes.append(t("Sent again: the first copy could not be confirmed."))
    return [f"<i>{note}</i>" for note in notes]


def _own_word(t: Translator, card: Card) -> str:
    """Say what was answered; in a group, by whom."""
    name = shorten(card.answered_by or "", NAME_SHOWN)
    if card.answer is AnswerKind.SHARED and card.has_link:
        return t("✅ Shared, and the link is noted – thank you!")
    if name and card.answer is AnswerKind.TAKEN:
        return t.html("✋ {name} is on it. Tap Shared when it is done.", name=name)
    if name and card.answer is AnswerKind.SHARED:
        return t.html("✅ {name} has shared it – thank you! Paste the link to the post here.", name=name)
    return {
        AnswerKind.TAKEN: t("✋ You are on it. Tap Shared when it is done."),
        AnswerKind.SHARED: t("✅ Shared – thank you! Paste the link to your post here: it is worth more."),
        AnswerKind.LATER: t("⏰ For later. It stays here for you."),
        AnswerKind.DECLINED: t("🚫 Not for your party. Thank you for saying so."),
    }[card.answer or AnswerKind.LATER]


def _colleague(t: Translator, taken: Taken, zone: str) -> str:
    return t.html("{word}", word=_holds(t, taken, zone))


def _holds(t: Translator, taken: Taken, zone: str) -> str:
    name = shorten(taken.by, NAME_SHOWN)
    if taken.until is None:
        return t("✅ {name} has shared it.", name=name)
    time = t.clock(taken.until, zone)
    if taken.today:
        return t("✋ {name} is on it until {time}.", name=name, time=time)
    return t("✋ {name} is on it until {day} {time}.", name=name, day=t.weekday(taken.until, zone), time=time)
