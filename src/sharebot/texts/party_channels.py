"""What is said when the bot comes to a party's channel, or cannot see it any more."""

from sharebot.texts.cutting import shorten
from sharebot.texts.settings import speak
from sharebot.values.messages import Button, Message

_NAME_SHOWN = 80


def invitation_url(bot: str) -> str:
    """Return the address that lets somebody make a bot an administrator of a channel, with the least of rights."""
    return f"https://t.me/{bot}?startchannel&admin=manage_chat"


def joined(language: str, channel: str) -> str:
    """Tell an officer what the bot sees in the channel that they have brought it to."""
    return speak(language).html(
        "✅ Thank you! I am in <b>{channel}</b> now.\n\n"
        "I see what is posted there from now on, to count which of our items your party shares. I post nothing, "
        "change nothing, do not see who reads, and need no rights.\n\n"
        "/accounts ends it at any time; removing me from the channel does too.",
        channel=shorten(channel, _NAME_SHOWN),
    )


def anothers(language: str) -> str:
    """Tell an officer that a channel is registered for somebody else."""
    return speak(language)(
        "This channel is registered for somebody else, so I have left it. Staff know, and will set right what is "
        "wrong. You need do nothing."
    )


def lost(language: str, channel: str, *, bot: str) -> Message:
    """Tell an officer that the bot cannot see the channel any more, and how to bring it back."""
    t = speak(language)
    words = t.html(
        "I am no administrator of <b>{channel}</b> any more, so I cannot see what your party shares there.\n\n"
        "If that was meant, you need do nothing; you can send me the links to your posts instead.",
        channel=shorten(channel, _NAME_SHOWN),
    )
    return Message(words, ((Button(t("➕ Bring me back"), url=invitation_url(bot)),),))


def tell_staff(language: str, *, party: str, holder: str) -> str:
    """Tell staff that somebody brought the bot to a channel that is registered for another party."""
    return speak(language).html(
        "⚠️ An officer of <b>{party}</b> brought the bot to a Telegram channel that is registered for "
        "<b>{holder}</b>. The bot has left it. Please look at the accounts of both.",
        party=shorten(party, _NAME_SHOWN),
        holder=shorten(holder, _NAME_SHOWN),
    )
