"""Write the message of whatever is to be said: one writer a kind of subject."""

from collections.abc import Callable
from typing import Any

from sharebot.texts import officer
from sharebot.values.cards import Card, Subject
from sharebot.values.messages import Message

_WRITERS: dict[type, Callable[[Any], Message]] = {Card: officer.compose}


def compose(subject: Subject) -> Message:
    """Write the message of a subject, in its reader's language."""
    return _WRITERS[type(subject)](subject)
