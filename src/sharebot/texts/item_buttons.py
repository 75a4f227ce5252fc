"""The buttons under an item, in a calm order: take it, share it, help with it, answer."""

from sharebot.texts.catalogue import Translator
from sharebot.texts.cutting import COPY_LIMIT, units
from sharebot.values.cards import Card, FileOffer, ShareButton
from sharebot.values.messages import Button
from sharebot.values.status import AnswerKind, AssetKind, DataTier, DeclineReason, Network
from sharebot.values.taps import Tap, Verb, encode_tap

OWN_NAMES = {"en": "English", "fr": "Français", "es": "Español"}
_TIERS = (DataTier.TEXT, DataTier.LIGHT, DataTier.FULL)  # by weight
Rows = tuple[tuple[Button, ...], ...]


def item_rows(t: Translator, card: Card) -> Rows:
    """Return the buttons of every day; what was answered already leaves those that still make sense."""
    if card.answer is AnswerKind.DECLINED:
        return ((_tap(t("↩︎ Changed our mind"), Verb.BACK, card, card.asked_language),),)
    is_free = card.taken is None and card.answer not in {AnswerKind.TAKEN, AnswerKind.SHARED}
    more = _tap(t("⋯ More"), Verb.MORE, card, card.asked_language)
    take = [_tap(t("✋ I’ll take it"), Verb.TAKEN, card)] if is_free else []
    return (
        *in_rows(take, 1),
        *in_rows(_reposts(t, card, used=True), 2),
        *in_rows([Button(_place_name(t, share), url=share.url) for share in card.shares], 3),
        *in_rows([*_copy(t, card), *_languages(t, card)[:1], more], 3),
        *_answers(t, card),
    )


def more_rows(t: Translator, card: Card) -> Rows:
    """Return the buttons that are not needed every day."""
    kit = [] if card.share_from else [_tap(t("🧰 Kit"), Verb.KIT, card, card.asked_language)]
    return (
        *in_rows(_languages(t, card)[1:], 3),
        *in_rows([_file(t, card, offer) for offer in card.offers], 2),
        *in_rows([*kit, *_reposts(t, card, used=False)], 2),
        (_tap(t("← Back"), Verb.BACK, card, card.asked_language),),
    )


def reason_rows(t: Translator, card: Card) -> Rows:
    """Return the reasons for "not for us"."""
    names = {
        DeclineReason.TOPIC: t("Not our topic"),
        DeclineReason.LANGUAGE: t("Not in our language"),
        DeclineReason.TIMING: t("Wrong moment"),
        DeclineReason.SENSITIVE: t("Too sensitive here"),
        DeclineReason.OTHER: t("Another reason"),
    }
    buttons = [_tap(name, Verb.DECLINED, card, reason.value) for reason, name in names.items()]
    return (*in_rows(buttons, 2), (_tap(t("← Back"), Verb.BACK, card, card.asked_language),))


def moment_rows(t: Translator, card: Card) -> Rows:
    """Return the moments that "later" may mean."""
    names = {"evening": t("This evening"), "tomorrow": t("Tomorrow"), "week": t("Monday")}
    buttons = [_tap(name, Verb.WHEN, card, moment) for moment, name in names.items()]
    return (*in_rows(buttons, 3), (_tap(t("← Back"), Verb.BACK, card, card.asked_language),))


def in_rows(buttons: list[Button], width: int) -> Rows:
    """Return buttons in rows of `width`."""
    return tuple(tuple(buttons[start : start + width]) for start in range(0, len(buttons), width))


def _answers(t: Translator, card: Card) -> Rows:
    """Return the answers: what is hoped for in a row of its own."""
    if card.answer is AnswerKind.SHARED:
        return ()
    hoped = () if card.share_from else ((_tap(t("✅ Shared"), Verb.SHARED, card),),)
    later = [] if card.answer is AnswerKind.LATER else [_tap(t("⏰ Later"), Verb.LATER, card, card.asked_language)]
    decline = _tap(t("🚫 Not for us"), Verb.DECLINE, card, card.asked_language)
    return (*hoped, (*later, decline))


def _copy(t: Translator, card: Card) -> list[Button]:
    """Offer to copy the text; the link alone where Telegram would not copy all of it."""
    if card.post.url and units(card.post.whole) <= COPY_LIMIT:
        return [Button(t("📋 Copy text"), copy=card.post.whole)]
    if card.post.url and units(card.post.url) <= COPY_LIMIT:
        return [Button(t("📋 Copy link"), copy=card.post.url)]
    return []


def _languages(t: Translator, card: Card) -> list[Button]:
    """Offer the item in its other languages, the reader's own first."""
    codes = sorted(card.other_languages, key=lambda code: code != card.language)
    return [_tap(f"🌐 {OWN_NAMES.get(code, t.language_name(code))}", Verb.LANGUAGE, card, code) for code in codes]


def _reposts(t: Translator, card: Card, *, used: bool) -> list[Button]:
    """Offer to pass on the Alliance's own posts, on networks that the party uses or on the others."""
    own = {share.place for share in card.shares}
    names = [(Network(one.place).label, one.url) for one in card.reposts if (one.place in own) is used]
    return [Button(t("🔁 Repost on {network}", network=name), url=url) for name, url in names]


def _file(t: Translator, card: Card, offer: FileOffer) -> Button:
    """Name a file of another tier by its weight, with its size where that is known."""
    heavier = _TIERS.index(offer.tier) > _TIERS.index(card.tier)
    mark = "⬆️" if heavier else "⬇️"
    kind = {
        AssetKind.PICTURE: t("Picture"),
        AssetKind.VIDEO: t("Video"),
        AssetKind.AUDIO: t("Audio"),
        AssetKind.FILE: t("File"),
    }[offer.kind]
    size = f" {file_size(t, offer.size_bytes)}" if offer.size_bytes else ""
    return _tap(f"{mark} {kind}{size}", Verb.FILE, card, offer.tier.value)


def file_size(t: Translator, size: int) -> str:
    """Write a file's size as people say it."""
    if size < 1_000_000:
        return t("{size} kB", size=t.number(max(1, round(size / 1000))))
    return t("{size} MB", size=t.number(round(size / 1_000_000, 1)))


def _place_name(t: Translator, share: ShareButton) -> str:
    return t("E-mail") if share.place == Network.EMAIL.value else Network(share.place).label


def _tap(text: str, verb: Verb, card: Card, argument: str = "") -> Button:
    return Button(text, data=encode_tap(Tap(verb, card.delivery_id, argument)))
