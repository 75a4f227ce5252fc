"""The digest: what waited for an officer, one numbered line an item."""

from sharebot.texts.catalogue import Translator, translator
from sharebot.texts.cutting import shorten
from sharebot.values.cards import Digest, DigestLine
from sharebot.values.messages import Button, Message
from sharebot.values.status import ContentKind
from sharebot.values.taps import Tap, Verb, encode_tap

_TITLE, _NAME = 110, 40
_IN_A_ROW = 5
_ICONS = {
    ContentKind.POST: "📰",
    ContentKind.VIDEO: "🎬",
    ContentKind.EPISODE: "🎧",
    ContentKind.EVENT: "📅",
    ContentKind.APPEAL: "✍️",
}


def speak(language: str) -> Translator:
    """Return the words of asking and reminding in an officer's language."""
    return translator("asks", language)


def compose(digest: Digest) -> Message:
    """Write a digest; its numbers bring the items, those that came are ticked."""
    first = digest.lines[0].item
    t = speak(first.language)
    numbered = list(enumerate(digest.lines, start=1))
    parts = [
        f"🗂 <b>{t.n('{n} item for you', '{n} items for you', len(digest.lines))}</b>",
        "\n".join(_line(t, number, line) for number, line in numbered),
    ]
    if free := _free(digest):
        parts.append(t.html("Nobody of your party is on {numbers} yet.", numbers=", ".join(free)))
    parts.append(t("Tap a number to get that item."))
    if digest.is_copy:
        parts.append(f"<i>{t('Sent again: the first copy could not be confirmed.')}</i>")
    buttons = [_button(number, line) for number, line in numbered if _is_offered(line)]
    rows = tuple(tuple(buttons[at : at + _IN_A_ROW]) for at in range(0, len(buttons), _IN_A_ROW))
    return Message("\n\n".join(parts), rows, protected=first.high_risk)


def _line(t: Translator, number: int, line: DigestLine) -> str:
    item = line.item
    if item.withdrawn:
        return t.html("{number}. <i>withdrawn</i>", number=number)
    title = t.html("{title}", title=shorten(item.title, _TITLE) or t("Untitled"))
    language = t.html(" · {language}", language=t.language_name(item.item_language))
    words = f"{number}. {_ICONS[item.item_kind]} {title}{language if item.item_language != item.language else ''}"
    if item.taken:
        words += t.html(" – ✋ {name}", name=shorten(item.taken.by, _NAME))
    if line.over:
        words += f" – <i>{t('over')}</i>"
    return words


def _free(digest: Digest) -> list[str]:
    """Return the numbers of what nobody of a party with several officers has taken."""
    if not digest.has_colleagues:
        return []
    numbered = enumerate(digest.lines, start=1)
    return [
        str(number) for number, line in numbered if _is_offered(line) and not line.item.taken and not line.item.answer
    ]


def _is_offered(line: DigestLine) -> bool:
    return not (line.item.withdrawn or line.over)


def _button(number: int, line: DigestLine) -> Button:
    if line.page_url:
        return Button(str(number), url=line.page_url)
    return Button(str(number) if line.waits else f"{number} ✓", data=encode_tap(Tap(Verb.SHOW, line.item.delivery_id)))


def tell(language: str, shown: str) -> str:
    """Say for a moment what a tap on a number came to: `comes`, `came`, `over` or `withdrawn`."""
    t = speak(language)
    return {
        "comes": t("Here it comes."),
        "came": t("You have it already, see below."),
        "over": t("This item is no longer on offer."),
        "withdrawn": t("This item was withdrawn."),
    }[shown]
