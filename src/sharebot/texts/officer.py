"""What the bot says to officers: the item to share, and the few words around it."""

from sharebot.texts.catalogue import Translator, languages, translator
from sharebot.values.cards import Card
from sharebot.values.feeds import Media
from sharebot.values.messages import Button, Message
from sharebot.values.status import (
    AnswerKind,
    AssetKind,
    ContentKind,
    Decision,
    DeclineReason,
    DeliveryKind,
    Network,
)
from sharebot.values.taps import Tap, Verb, encode_tap

TEXT_SHOWN = 420
COPY_LIMIT = 256
CAPTION_LIMIT = 1024
TITLE_SHOWN = 250
NAME_SHOWN = 60
_OWN_NAMES = {"en": "English", "fr": "Français", "es": "Español"}


def speak(language: str) -> Translator:
    """Return the words of an officer's language."""
    return translator("officer", language)


def compose(card: Card) -> Message:
    """Write one delivery's message; at most 1,024 characters beside the media."""
    t = speak(card.language)
    if card.kind is DeliveryKind.WELCOME:
        return Message(_welcome(t, card), protected=card.high_risk)
    title = _shorten(card.title, TITLE_SHOWN)
    if card.kind is DeliveryKind.REVIEW:
        return compose_question(card)
    if card.kind in {DeliveryKind.CORRECTED, DeliveryKind.WITHDRAWN}:
        return Message(_news(t, card, title), protected=card.high_risk)
    if card.withdrawn:
        withdrawn = t.html("<b>{title}</b>\n\nThis item was withdrawn. Please do not share it.", title=title)
        return Message(withdrawn, media=card.media, file_id=card.file_id, protected=card.high_risk)
    head = [_kind_line(t, card), f"<b>{t.html('{title}', title=title)}</b>"]
    # A longer address is left to the buttons: it would push the words out of a caption.
    tail = [t.html("🔗 {url}", url=card.url)] if card.url and _units(card.url) <= COPY_LIMIT else []
    tail += _notes(t, card)
    # Counted with tags and escapes, so never too little.
    room = CAPTION_LIMIT - _units("\n\n".join([*head, *tail])) - 2
    summary = _shorten(card.text, min(TEXT_SHOWN, room))
    body = [t.html("{text}", text=summary)] if summary else []
    return Message(
        "\n\n".join([*head, *body, *tail]),
        buttons=_keyboard(t, card),
        media=card.media,
        file_id=card.file_id,
        protected=card.high_risk,
        preview_url=None,
    )


def _news(t: Translator, card: Card, title: str) -> str:
    """Tell somebody who shared an item that it was corrected or withdrawn."""
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


def compose_question(card: Card, *, decided: str = "") -> Message:
    """Ask staff what became of a message, or show what was `decided`, if only that it was."""
    t = speak(card.language)
    question = t.html(
        "❓ <b>{party}</b> may or may not have got “{title}”: Telegram did not say so, twice. What should happen?",
        party=_shorten(card.about_party, NAME_SHOWN) or card.organisation,
        title=_shorten(card.title, TITLE_SHOWN) or t("Untitled"),
    )
    if not card.about_open:
        decided = decided or t("Decided, nothing more to do.")
        return Message(f"{question}\n\n<b>{t.html('{decided}', decided=decided)}</b>")
    names = {
        Decision.ARRIVED: t("✅ It arrived"),
        Decision.AGAIN: t("🔁 Send it again"),
        Decision.DROP: t("🚫 Leave it"),
    }
    row = tuple(
        Button(name, data=encode_tap(Tap(Verb.DECIDE, card.about_id, decision.value)))
        for decision, name in names.items()
    )
    return Message(question, (row,))


def tell_decision(language: str, decision: Decision, name: str) -> str:
    """Say who decided what."""
    t = speak(language)
    return {
        Decision.ARRIVED: t("{name}: it arrived.", name=name),
        Decision.AGAIN: t("{name}: it is sent again, marked as a copy.", name=name),
        Decision.DROP: t("{name}: nothing more is sent.", name=name),
    }[decision]


def compose_reasons(card: Card) -> Message:
    """Write the same message with the reasons for "not for us" as its buttons."""
    t = speak(card.language)
    names = {
        DeclineReason.TOPIC: t("Not our topic"),
        DeclineReason.LANGUAGE: t("Not in our language"),
        DeclineReason.TIMING: t("Wrong moment"),
        DeclineReason.SENSITIVE: t("Too sensitive here"),
        DeclineReason.OTHER: t("Another reason"),
    }
    buttons = [_tap(name, Verb.DECLINED, card, reason.value) for reason, name in names.items()]
    rows = [*_rows(buttons, 2), (_tap(t("← Back"), Verb.BACK, card),)]
    message = compose(card)
    return Message(message.html, tuple(rows), message.media, message.file_id, message.protected)


def choose_language(language: str) -> Message:
    """Ask which language the bot should speak."""
    t = speak(language)
    buttons = [Button(_OWN_NAMES.get(code, code), data=encode_tap(Tap(Verb.SPEAK, 0, code))) for code in languages()]
    return Message(t("Which language should I speak?"), (tuple(buttons),))


def choose_item(language: str, items: list[tuple[int, str]]) -> Message:
    """Ask which of several items a pasted link belongs to; `items` are delivery ids and titles."""
    t = speak(language)
    rows = [
        (Button(_shorten(title, 60) or t("Untitled"), data=encode_tap(Tap(Verb.LINK, number))),)
        for number, title in items
    ]
    return Message(t("Thank you! Which item does this link belong to?"), tuple(rows))


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
        facts.append(t("{size} MB", size=t.number(round(media.size_bytes / 1_000_000, 1))))
    return facts


def _notes(t: Translator, card: Card) -> list[str]:
    said = {
        AnswerKind.TAKEN: t("✋ You are on it. Tap Shared when it is done."),
        AnswerKind.SHARED: t("✅ Shared – thank you! Paste the link to your post here, so that we can confirm it."),
        AnswerKind.LATER: t("⏰ For later. It stays here for you."),
        AnswerKind.DECLINED: t("🚫 Not for your party. Thank you for saying so."),
    }
    notes = [f"<i>{said[card.answer]}</i>"] if card.answer else []
    if card.taken_by and not card.answer:
        name = _shorten(card.taken_by, NAME_SHOWN)
        notes.append(f"<i>{t.html('✋ {name} is on it.', name=name)}</i>")
    if card.copies:
        notes.append(f"<i>{t('Sent again: the first copy could not be confirmed.')}</i>")
    return notes


def _keyboard(t: Translator, card: Card) -> tuple[tuple[Button, ...], ...]:
    if card.answer is AnswerKind.DECLINED:
        return ((_tap(t("↩︎ Changed our mind"), Verb.BACK, card),),)
    places = [Button(Network(share.place).label, url=share.url) for share in card.shares]
    rows = _rows(places, 3)
    text = _copy_text(card)
    second = [Button(t("📋 Copy text"), copy=text)] if text else []
    second += [
        _tap(f"🌐 {_OWN_NAMES.get(code, t.language_name(code))}", Verb.LANGUAGE, card, code)
        for code in card.other_languages[:2]
    ]
    rows += _rows(second, 3)
    if card.answer is AnswerKind.SHARED:
        return tuple(rows)
    take = [] if card.answer is AnswerKind.TAKEN else [_tap(t("✋ I’ll take it"), Verb.TAKEN, card)]
    rows.append((*take, _tap(t("✅ Shared"), Verb.SHARED, card)))
    later = [] if card.answer is AnswerKind.LATER else [_tap(t("⏰ Later"), Verb.LATER, card)]
    rows.append((*later, _tap(t("🚫 Not for us"), Verb.DECLINE, card)))
    return tuple(rows)


def _copy_text(card: Card) -> str | None:
    """Return the title and the link, the link alone, or None when not even that fits."""
    if not card.url or _units(card.url) > COPY_LIMIT:
        return None
    title = _shorten(card.title, COPY_LIMIT - _units(card.url) - 1)
    return f"{title}\n{card.url}" if title else card.url


def _tap(text: str, verb: Verb, card: Card, argument: str = "") -> Button:
    return Button(text, data=encode_tap(Tap(verb, card.delivery_id, argument)))


def _rows(buttons: list[Button], width: int) -> list[tuple[Button, ...]]:
    return [tuple(buttons[start : start + width]) for start in range(0, len(buttons), width)]


def _shorten(text: str, limit: int) -> str:
    """Cut at a word's end; limits are in UTF-16 units, which no shortened text exceeds."""
    words = " ".join(text.split())
    if _units(words) <= limit:
        return words
    kept = words.encode("utf-16-le")[: max(0, 2 * (limit - 1))].decode("utf-16-le", errors="ignore")
    kept = (kept.rpartition(" ")[0] or kept).rstrip(" ,;:–-…")
    return f"{kept}…" if kept else ""


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
