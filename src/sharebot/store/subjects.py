"""What each message says, by the kind of its delivery: one gatherer a kind, for many deliveries at once."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from sharebot.config.settings import Settings
from sharebot.store import admission, channel, digests, draft_cards, proposals, reminders
from sharebot.store.cards import get_cards
from sharebot.values.cards import Subject
from sharebot.values.status import DeliveryKind

Gather = Callable[[Session, Sequence[int], Settings, datetime], Mapping[int, Subject]]


def _cards(session: Session, delivery_ids: Sequence[int], settings: Settings, now: datetime) -> Mapping[int, Subject]:
    return get_cards(session, delivery_ids, settings=settings, now=now)


# Kinds that are not named here show an item, or a note about one.
_GATHERERS: dict[DeliveryKind, Gather] = {
    DeliveryKind.FORWARD: channel.gather,
    DeliveryKind.DIGEST: digests.gather,
    DeliveryKind.REMINDER: reminders.gather,
    DeliveryKind.JOINED: admission.gather,
    DeliveryKind.PROPOSAL: proposals.gather,
    DeliveryKind.DECIDED: proposals.gather,
    DeliveryKind.DRAFT: draft_cards.gather,
}


def get_subjects(
    session: Session, kinds: Mapping[int, DeliveryKind], *, settings: Settings, now: datetime
) -> dict[int, Subject]:
    """Return what the messages of deliveries say; `kinds` are the deliveries' kinds by their ids."""
    groups: dict[Gather, list[int]] = defaultdict(list)
    for delivery_id, kind in kinds.items():
        groups[_GATHERERS.get(kind, _cards)].append(delivery_id)
    found: dict[int, Subject] = {}
    for gather, ids in groups.items():
        found.update(gather(session, ids, settings, now))
    return found
