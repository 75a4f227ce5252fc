"""Short answers of the bot, each one message."""

from sharebot.texts.catalogue import languages
from sharebot.texts.officer import speak


def neutral() -> str:
    """Answer anybody without a good invitation, in all languages, the same whatever the reason."""
    return "\n\n".join(_neutral(code) for code in languages())


def _neutral(language: str) -> str:
    t = speak(language)
    return t("This bot is for invited press officers. Please ask your contact at the secretariat for an invitation.")


def not_understood(language: str) -> str:
    """Answer a message that is neither a command nor a link."""
    return speak(language)("I understand links to your posts and the buttons under the items. /help shows more.")


def toast(language: str) -> str:
    """Say for a moment that a tap was noted."""
    return speak(language)("Noted, thank you!")


def withdrawn(language: str) -> str:
    """Say for a moment that an item is withdrawn."""
    return speak(language)("This item was withdrawn.")
