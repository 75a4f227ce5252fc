"""Help that fits one screen, and the menus of commands."""

from sharebot.texts.settings import speak
from sharebot.values.messages import Message


def officer_help(language: str, organisation: str) -> Message:
    """Explain the bot to an officer."""
    t = speak(language)
    words = t.html(
        "<b>How it works</b>\n"
        "I bring you what {organisation} would like your party to share.\n\n"
        "• Tap a network: it opens with the text filled in. You press Post yourself.\n"
        "• <b>Shared</b> tells us it is done. Pasting the link to your post here is even better.\n"
        "• <b>Not for us</b> helps us to send you less of that kind.\n"
        "• Forward a post of your party to me to propose it to all the others.\n"
        "• Reply to an item with its words in your language to translate it for others.\n\n"
        "Reports name parties, never people.",
        organisation=organisation,
    )
    menu = "\n".join(f"/{name} – {line}" for name, line in officer_commands(language).items() if name != "help")
    return Message(f"{words}\n\n{menu}")


def officer_commands(language: str) -> dict[str, str]:
    """Return an officer's commands with a few words on each."""
    t = speak(language)
    return {
        "settings": t("language, topics, hours, privacy"),
        "impact": t("what your shares did"),
        "accounts": t("your party’s accounts"),
        "pause": t("take a break"),
        "resume": t("go on"),
        "handover": t("pass your seat to a successor"),
        "export": t("everything held about you"),
        "forget": t("erase everything about you"),
        "help": t("how it works"),
    }


def staff_help(language: str) -> Message:
    """Explain staff's chat to staff."""
    return Message(
        speak(language)(
            "<b>This is staff’s chat</b>\n"
            "• Here come alerts, questions about messages that may not have arrived, people who joined, and what "
            "parties propose.\n"
            "• Whoever is in this chat may decide with the buttons; the first decision counts, and the message then "
            "says who decided.\n"
            "• Whoever has linked their account on the page “Account” can work here as on the pages.\n\n"
            "Keep this chat small."
        )
    )
