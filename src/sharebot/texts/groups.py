"""What the bot says in a party's group."""

from sharebot.texts.catalogue import Translator, translator

_LONGEST_NAME = 80  # of the 200 characters that fit into what a tap shows for a moment


def speak(language: str) -> Translator:
    """Return the translator for what groups read."""
    return translator("groups", language)


def invite_here(language: str) -> str:
    """Tell an officer who has added the bot how items get here."""
    return speak(language)(
        "Hello! Write /here where items should arrive: in this group, or in the topic of it that suits you."
    )


def linked(language: str, party: str) -> str:
    """Say that items come here from now on."""
    return speak(language).html(
        "✅ Items for <b>{party}</b> will arrive here from now on, once for all of you. "
        "Any enrolled officer of your party may use the buttons.\n\n"
        "/here off brings the items back to your private chats.",
        party=party,
    )


def taken(language: str) -> str:
    """Say that a group is another party's."""
    return speak(language)(
        "This group already receives another party’s items. Please use a group of your own, "
        "or ask them to write /here off first."
    )


def ended(language: str) -> str:
    """Say that items come to private chats again."""
    return speak(language)("Done. Items will arrive in your private chats again.")


def not_linked(language: str) -> str:
    """Answer /here off where nothing arrives."""
    return speak(language)("No items of your party arrive in this group.")


def group_commands(language: str) -> dict[str, str]:
    """Return the commands of a party's group with a few words on each."""
    return {"here": speak(language)("let items arrive here")}


def only_officers(language: str, party: str) -> str:
    """Say for a moment that somebody has no say here."""
    return speak(language)("Only enrolled officers of {party} can answer here.", party=party[:_LONGEST_NAME])
