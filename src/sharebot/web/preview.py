"""The officer's message as Telegram would show it, for the review page."""

from dataclasses import dataclass

import nh3
from markupsafe import Markup

from sharebot.texts.officer import compose
from sharebot.values.cards import Card
from sharebot.values.feeds import Media

# What Telegram's HTML knows and our messages use.
_TAGS = {"b", "strong", "i", "em", "u", "s", "code", "pre", "blockquote"}


@dataclass(frozen=True, slots=True)
class Preview:
    """One language's message: its text, media and the words on its buttons."""

    language: str
    html: Markup
    media: Media | None
    buttons: tuple[tuple[str, ...], ...]


def show(card: Card) -> Preview:
    """Compose the message of a card just as the worker will."""
    message = compose(card)
    # Composed of escaped values and our own tags; cleaned again, since it leaves Telegram's hands here.
    html = Markup(nh3.clean(message.html, tags=_TAGS, attributes={}, link_rel=None))  # noqa: S704
    rows = tuple(tuple(button.text for button in row) for row in message.buttons)
    return Preview(card.language, html, message.media, rows)
