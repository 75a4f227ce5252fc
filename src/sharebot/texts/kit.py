"""The share kit: everything that is needed to post an item by hand, in one message."""

from sharebot.texts import embargo
from sharebot.texts.catalogue import Translator, translator
from sharebot.texts.cutting import MESSAGE_LIMIT, cut, shorten, shown_units, units
from sharebot.values.cards import Kit, KitText
from sharebot.values.messages import Message
from sharebot.values.status import Network

_ALT_SHOWN = 500
_LINK_SHOWN = 300  # a longer one is left out rather than cut


def compose_kit(kit: Kit) -> Message:
    """Write the kit; every text stands in a block that one tap copies."""
    t = translator("officer", kit.language)
    head = f"🧰 <b>{t.html('{title}', title=shorten(kit.title, 250) or t('Untitled'))}</b>"
    if kit.share_from is not None:
        return Message(f"{head}\n\n{embargo.note(kit.language, kit.share_from, kit.zone)}", protected=kit.high_risk)
    facts = _facts(t, kit)
    room = MESSAGE_LIMIT - shown_units("\n\n".join([head, *facts])) - 2
    blocks: list[str] = []
    # The short ones first, what they leave goes to the long ones: should not all fit, the longest are cut.
    ordered = sorted(kit.texts, key=lambda one: units(one.text))
    for left, text in zip(range(len(ordered), 0, -1), ordered, strict=True):
        block = _block(t, text, room // left)
        if block:
            blocks.append(block)
            room -= shown_units(block) + 2
    return Message("\n\n".join([head, *blocks, *facts]), protected=kit.high_risk)


def _block(t: Translator, text: KitText, room: int) -> str:
    names = ", ".join(t("E-mail") if place is Network.EMAIL else place.label for place in text.places)
    heading = f"<b>{t.html('{names}', names=names)}</b>\n"
    words = _whole_or_cut(text.text, room - shown_units(heading) - 2)
    return f"{heading}<pre>{t.html('{words}', words=words)}</pre>" if words else ""


def _whole_or_cut(text: str, room: int) -> str:
    """Return the text, or its words cut before the link in its last line."""
    if units(text) <= room:
        return text
    words, _, link = text.rpartition("\n")
    kept = cut(words, room - units(link) - 1)
    return f"{kept}\n{link}" if kept else ""


def _facts(t: Translator, kit: Kit) -> list[str]:
    facts = []
    if kit.hashtags:
        facts.append(t.html("🏷 Hashtag: {hashtag}", hashtag=kit.hashtags))
    if kit.picture_alt:
        alt = shorten(kit.picture_alt, _ALT_SHOWN)
        facts.append(t.html("🖼 Description of the picture, for people who do not see it:") + f"\n{_pre(t, alt)}")
    if kit.picture_url and len(kit.picture_url) <= _LINK_SHOWN:
        facts.append(t.html("📎 Picture in full size: {url}", url=kit.picture_url))
    if kit.source_url and len(kit.source_url) <= _LINK_SHOWN:
        facts.append(t.html("📚 Source: {url}", url=kit.source_url))
    return facts


def _pre(t: Translator, text: str) -> str:
    return f"<pre>{t.html('{text}', text=text)}</pre>"
