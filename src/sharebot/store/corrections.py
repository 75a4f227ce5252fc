"""Take back or correct what officers have already: edit it in place, and tell those who shared it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Answer, Chat, Delivery, Member, Officer, QueueEntry, Reshare, Variant
from sharebot.store.deliveries import new_delivery
from sharebot.store.edits import ask_for_edits
from sharebot.store.queue import get_entry, withdraw
from sharebot.store.staff_words import keep_staffs_words
from sharebot.store.upsert import insert_ignore
from sharebot.values.status import AnswerKind, DeliveryKind, EntryStatus, Evidence, Network, OfficerStatus

_NOTE_LASTS = timedelta(days=7)
_OUT = (EntryStatus.PREVIEWING, EntryStatus.RELEASED, EntryStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class Sharer:
    """A party that shared, or says that it did."""

    member_name: str
    member_code: str
    network: Network | None
    evidence: Evidence
    url: str | None


@dataclass(frozen=True, slots=True)
class Changed:
    """What a correction or withdrawal does: messages not sent any more, shown anew, and officers told."""

    cancelled: int
    edits: int
    told: int


def list_sharers(session: Session, content_id: int) -> list[Sharer]:
    """Return who shared a content, by party."""
    rows = (
        select(Reshare, Member)
        .join(Member, col(Member.id) == col(Reshare.member_id))
        .where(Reshare.content_id == content_id)
        .order_by(Member.name, col(Reshare.id))
    )
    return [
        Sharer(member.name, member.code, share.network, share.evidence, share.url)
        for share, member in session.exec(rows)
    ]


def take_back(session: Session, entry_id: int, *, by: str, now: datetime) -> Changed:
    """Stop an entry and take back what it delivered. Raises Refused when it is over already."""
    cancelled = withdraw(session, entry_id, by=by, now=now)
    edits = ask_for_edits(session, entry_id=entry_id, now=now)
    told = _tell(session, [entry_id], DeliveryKind.WITHDRAWN, mark="", now=now)
    return Changed(cancelled, edits, told)


def correct(  # noqa: PLR0913 - a form
    session: Session, content_id: int, language: str, *, title: str, text: str, revision: int, now: datetime
) -> Changed:
    """Change the words of a language version that is out already; what officers have is edited in place.

    `revision` is what the corrector saw. Raises NotFound, and Refused when somebody changed it since, when
    nothing changes, or when nothing of the content is out (then it is edited and approved as any draft).
    """
    found = select(Variant).where(Variant.content_id == content_id, Variant.language == language)
    variant = session.exec(found).first()
    if variant is None:
        raise NotFound(f"content {content_id} has no version in {language}")
    if variant.revision != revision:
        raise Refused("somebody changed it after you opened it; look again")
    if not title.strip():
        raise Refused("a title is needed")
    if (variant.title, variant.text) == (title.strip(), text.strip()):
        raise Refused("nothing was changed")
    entries = _entries_out(session, content_id)
    if not entries:
        raise Refused("nothing of it is out; edit and approve it as a draft")
    keep_staffs_words(variant)
    variant.title, variant.text = title.strip()[:500], text.strip()
    variant.revision, variant.updated_at = revision + 1, now
    session.add(variant)
    session.flush()
    edits = ask_for_edits(session, variant_id=variant.id, now=now)
    told = _tell(session, entries, DeliveryKind.CORRECTED, mark=f":{variant.revision}", now=now)
    return Changed(0, edits, told)


def _entries_out(session: Session, content_id: int) -> list[int]:
    out = select(QueueEntry.id).where(QueueEntry.content_id == content_id, col(QueueEntry.status).in_(_OUT))
    return [entry_id for entry_id in session.exec(out) if entry_id is not None]


def _tell(session: Session, entries: Sequence[int], kind: DeliveryKind, *, mark: str, now: datetime) -> int:
    """Queue a note to the officers whose party shared it, or who said so themselves."""
    rows = []
    for entry_id in entries:
        entry = get_entry(session, entry_id)
        shared = select(Reshare.member_id).where(Reshare.content_id == entry.content_id)
        said = select(Answer.delivery_id).where(Answer.kind == AnswerKind.SHARED)
        items = (
            select(Delivery, Chat.bot_id)
            .join(Officer, col(Officer.id) == col(Delivery.officer_id))
            .join(Chat, col(Chat.id) == col(Delivery.chat_id))
            .where(
                Delivery.entry_id == entry_id,
                Delivery.kind == DeliveryKind.ITEM,
                Officer.status == OfficerStatus.ACTIVE,
                col(Officer.member_id).in_(shared) | col(Delivery.id).in_(said),
            )
        )
        rows += [
            new_delivery(
                f"{kind.value}{mark}:{entry_id}:{item.officer_id}",
                kind,
                chat=(item.chat_id or 0, bot_id),
                officer_id=item.officer_id,
                entry_id=entry_id,
                variant_id=item.variant_id,
                due_at=now,
                expires_at=now + _NOTE_LASTS,
                now=now,
            )
            for item, bot_id in session.exec(items)
        ]
    return insert_ignore(session, Delivery, rows)
