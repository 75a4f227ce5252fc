"""Short answers of the bot, each one message."""

from sharebot.texts.catalogue import languages
from sharebot.texts.officer import speak


def neutral() -> str:
    """Answer anybody without a good invitation, in all languages, the same whatever the reason."""
    return "\n\n".join(_neutral(code) for code in languages())


def _neutral(language: str) -> str:
    t = speak(language)
    return t("This bot is for invited press officers. Please ask your contact at the secretariat for an invitation.")


def waiting(language: str, organisation: str) -> str:
    """Tell somebody who just joined what happens next."""
    t = speak(language)
    return t.html(
        "Thank you! {organisation} will now confirm that it is you. I will write to you after that.",
        organisation=organisation,
    )


def language_set(language: str) -> str:
    """Confirm the chosen language in that language."""
    return speak(language)("Done. I will write in English from now on.")


def help_text(language: str, organisation: str) -> str:
    """Explain the bot in a few lines."""
    return speak(language).html(
        "I bring you what {organisation} would like your party to share.\n\n"
        "• Tap a network: it opens with the text filled in. You press Post yourself.\n"
        "• <b>Copy text</b> puts the text and your party's link into the clipboard.\n"
        "• <b>Shared</b> tells us it is done. A link pasted here is even better.\n"
        "• <b>Not for us</b> helps us send you fewer items of that kind.\n\n"
        "/language – change the language\n/pause – take a break\n/resume – go on",
        organisation=organisation,
    )


def paused(language: str) -> str:
    """Confirm the break."""
    return speak(language)("You will get nothing more until you write /resume.")


def resumed(language: str) -> str:
    """Confirm the return."""
    return speak(language)("Welcome back! You will get new items again.")


def status(language: str, member_name: str) -> str:
    """Answer /start of somebody who has joined already."""
    return speak(language).html("You are set up for {party}. Write /help to see how it works.", party=member_name)


def not_understood(language: str) -> str:
    """Answer a message that is neither a command nor a link."""
    return speak(language)("I understand links to your posts and the buttons under the items. /help shows more.")


def link_noted(language: str, network: str) -> str:
    """Thank for a pasted link."""
    return speak(language).html("✅ Thank you! Noted as shared on {network}.", network=network)


def no_open_item(language: str) -> str:
    """Answer a link when there is no item it could belong to."""
    return speak(language)("Thank you! No current item matches this link.")


def toast(language: str) -> str:
    """Say for a moment that a tap was noted."""
    return speak(language)("Noted, thank you!")


def withdrawn(language: str) -> str:
    """Say for a moment that an item is withdrawn."""
    return speak(language)("This item was withdrawn.")
