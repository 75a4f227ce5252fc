"""What the bot asks staff to decide of messages that may not have arrived."""

from sharebot.texts.catalogue import translator
from sharebot.texts.cutting import shorten
from sharebot.values.cards import Card
from sharebot.values.messages import Button, Message
from sharebot.values.status import Decision
from sharebot.values.taps import Tap, Verb, encode_tap

_TITLE_SHOWN = 250
_NAME_SHOWN = 60


def compose_question(card: Card, *, decided: str = "") -> Message:
    """Ask staff what became of a message, or show what was `decided`, if only that it was."""
    t = translator("officer", card.language)
    question = t.html(
        "❓ <b>{party}</b> may or may not have got “{title}”: Telegram did not say so, twice. What should happen?",
        party=shorten(card.about_party, _NAME_SHOWN) or card.organisation,
        title=shorten(card.title, _TITLE_SHOWN) or t("Untitled"),
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
    t = translator("officer", language)
    return {
        Decision.ARRIVED: t("{name}: it arrived.", name=name),
        Decision.AGAIN: t("{name}: it is sent again, marked as a copy.", name=name),
        Decision.DROP: t("{name}: nothing more is sent.", name=name),
    }[decision]
