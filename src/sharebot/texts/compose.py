"""Write the message of whatever is to be said: one writer a kind of subject."""

from collections.abc import Callable
from typing import Any

from sharebot.texts import desk_cards, digest, joining, officer, proposals, reminder
from sharebot.values.cards import Card, Digest, Forward, Reminder, Subject
from sharebot.values.desk import DraftCard
from sharebot.values.messages import Message
from sharebot.values.proposals import ProposalCard, Verdict
from sharebot.values.seats import Farewell, Newcomer

_WRITERS: dict[type, Callable[[Any], Message]] = {
    Card: officer.compose,
    Forward: lambda one: Message("", forward=one.origin),
    Digest: digest.compose,
    Reminder: reminder.compose,
    Newcomer: joining.compose_newcomer,
    Farewell: joining.compose_farewell,
    ProposalCard: proposals.compose_question,
    Verdict: proposals.compose_verdict,
    DraftCard: desk_cards.compose_draft,
}


def compose(subject: Subject) -> Message:
    """Write the message of a subject, in its reader's language."""
    return _WRITERS[type(subject)](subject)
