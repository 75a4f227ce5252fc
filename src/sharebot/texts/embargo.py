"""What officers are told of an item that they see before it may be shared."""

from datetime import datetime

from sharebot.texts.catalogue import translator

_FORM = "EEE d MMM, HH:mm"


def note(language: str, share_from: datetime, zone: str) -> str:
    """Say from when an item may be shared, by the reader's clock; the markup of a message."""
    t = translator("officer", language)
    return t.html(
        "🔒 You see this before it is public. Please share it from <b>{moment}</b> on (your time); until then keep it "
        "to yourself. The buttons to share it appear here at that moment.",
        moment=t.moment(share_from, zone, _FORM),
    )
