"""Remind those who have not answered an item: one reminder for an officer and item at most, within their week."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.errors import Refused
from sharebot.models import Answer, CountryHold, Delivery, Member, Officer, QueueEntry, Reshare
from sharebot.rules.asks import WEEK, Asked
from sharebot.rules.nudges import Spared, Unanswered, decide_nudge
from sharebot.store.asks import list_asked, list_habits
from sharebot.store.deliveries import new_delivery
from sharebot.store.queue import get_entry
from sharebot.store.titles import Title, list_titles
from sharebot.store.upsert import insert_ignore
from sharebot.values.status import AnswerKind, DeliveryKind, DeliveryStatus, EntryStatus, MemberStatus

_KEY = "nudge:"  # how the key of such a reminder begins
_OFFERS = 5
_SPOKEN_FOR = (AnswerKind.TAKEN, AnswerKind.LATER, AnswerKind.DECLINED)


@dataclass(frozen=True, slots=True)
class Nudge:
    """One officer who would be reminded: the party, the language and when. Never a name."""

    delivery_id: int
    officer_id: int
    chat: tuple[int, int]
    party: str
    language: str
    due_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NudgePlan:
    """Who would be reminded, and which parties' officers would not, by why."""

    nudges: tuple[Nudge, ...]
    left_out: Mapping[Spared, tuple[str, ...]]

    @property
    def count(self) -> int:
        """How many officers would be reminded."""
        return len(self.nudges)

    @property
    def languages(self) -> Mapping[str, int]:
        """How many of them are written to in each language."""
        counted: dict[str, int] = defaultdict(int)
        for one in self.nudges:
            counted[one.language] += 1
        return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


@dataclass(frozen=True, slots=True)
class Nudged:
    """How many officers are reminded, and how many who have not answered are not, by why."""

    count: int
    left_out: Mapping[Spared, int]


def plan_nudge(
    session: Session, entry_id: int, *, settings: Settings, now: datetime, region: str | None = None
) -> NudgePlan:
    """Say who would be reminded of an entry's item now; nothing changes.

    With a `region`, of its parties alone. Raises NotFound, and Refused when the item is not on offer (not released,
    over, or seen but not to be shared yet).
    """
    entry = get_entry(session, entry_id)
    if entry.status is not EntryStatus.RELEASED or entry.expires_at <= now:
        raise Refused("nobody is reminded of what is not on offer")
    if entry.share_from is not None and entry.share_from > now:
        raise Refused("nobody is reminded of what may not be shared yet")
    rows = _list_silent(session, entry, region)
    habits = list_habits(session, {item.officer_id or 0 for item, _, _ in rows}, settings=settings, now=now)
    asked = _with_nudges(session, list_asked(session, now=now), now=now)
    barred = _find_barred(session, entry, rows, now=now)
    nudges, left_out = [], defaultdict(list)
    for item, officer, member in rows:
        unanswered = Unanswered(item.expires_at, asked.get(officer.id or 0, Asked()), barred.get(item.id or 0))
        decided = decide_nudge(unanswered, habits.get(officer.id or 0), now=now)
        if isinstance(decided, Spared):
            left_out[decided].append(member.name)
        else:
            chat = (item.chat_id or 0, item.bot_id)
            nudges.append(
                Nudge(item.id or 0, officer.id or 0, chat, member.name, officer.language, decided, item.expires_at)
            )
    return NudgePlan(tuple(nudges), {why: tuple(left_out[why]) for why in Spared if why in left_out})


def nudge(session: Session, entry_id: int, *, settings: Settings, now: datetime, region: str | None = None) -> Nudged:
    """Queue the reminders that `plan_nudge` tells of; asking twice reminds nobody twice. Raises as it does."""
    plan = plan_nudge(session, entry_id, settings=settings, now=now, region=region)
    rows = [
        new_delivery(
            f"{_KEY}{one.delivery_id}",
            DeliveryKind.REMINDER,
            chat=one.chat,
            officer_id=one.officer_id,
            about_id=one.delivery_id,
            due_at=one.due_at,
            expires_at=one.expires_at,
            now=now,
        )
        for one in plan.nudges
    ]
    left_out = {why: len(names) for why, names in plan.left_out.items()}
    return Nudged(insert_ignore(session, Delivery, rows), left_out)


@dataclass(frozen=True, slots=True)
class Offer:
    """An entry that is on offer now, by its title."""

    entry_id: int
    title: Title


def list_offers(session: Session, *, language: str, now: datetime) -> list[Offer]:
    """Return the latest released entries that are still on offer."""
    on_offer = select(QueueEntry).where(
        QueueEntry.status == EntryStatus.RELEASED,
        QueueEntry.expires_at > now,
        or_(col(QueueEntry.share_from).is_(None), col(QueueEntry.share_from) <= now),
    )
    entries = session.exec(on_offer.order_by(col(QueueEntry.id).desc()).limit(_OFFERS)).all()
    titles = list_titles(session, {one.content_id for one in entries}, language=language)
    return [Offer(one.id or 0, titles[one.content_id]) for one in entries]


Row = tuple[Delivery, Officer, Member]


def _list_silent(session: Session, entry: QueueEntry, region: str | None) -> list[Row]:
    """Return the entry's items that arrived and have no answer, by the party's name."""
    said = exists().where(col(Answer.delivery_id) == col(Delivery.id))
    silent = (
        select(Delivery, Officer, Member)
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .join(Member, col(Member.id) == col(Officer.member_id))
        .where(
            Delivery.entry_id == entry.id,
            Delivery.kind == DeliveryKind.ITEM,
            Delivery.status == DeliveryStatus.SENT,
            col(Delivery.chat_id).is_not(None),
            ~said,
        )
    )
    if region is not None:
        silent = silent.where(Member.region == region)
    return list(session.exec(silent.order_by(col(Member.name), col(Delivery.id))))


def _find_barred(session: Session, entry: QueueEntry, rows: Sequence[Row], *, now: datetime) -> dict[int, Spared]:
    """Return why items are ruled out whatever their officers' week is like, by delivery."""
    members = {member.id or 0 for _, _, member in rows}
    has_shared, is_spoken_for = _find_answered(session, entry, members)
    held = select(CountryHold.country).where(
        col(CountryHold.ended_at).is_(None), CountryHold.from_at <= now, CountryHold.until_at > now
    )
    countries = set(session.exec(held))
    numbers = [item.id for item, _, _ in rows]
    about = select(Delivery.about_id).where(col(Delivery.about_id).in_(numbers), Delivery.kind == DeliveryKind.REMINDER)
    reminded = set(session.exec(about))
    found: dict[int, Spared] = {}
    for item, officer, member in rows:
        reasons = {
            Spared.SHARED: member.id in has_shared,
            Spared.TAKEN: member.id in is_spoken_for,
            Spared.PARTY: member.status is not MemberStatus.ACTIVE,
            # Who left or was reached elsewhere since then is not written to in the old chat.
            Spared.AWAY: officer.chat_id != item.chat_id,
            Spared.REMINDED: item.id in reminded,
            Spared.HOLD: member.country in countries,
        }
        why = next((reason for reason, holds in reasons.items() if holds), None)
        if why is not None:
            found[item.id or 0] = why
    return found


def _find_answered(session: Session, entry: QueueEntry, members: Collection[int]) -> tuple[set[int], set[int]]:
    """Return the parties that shared the content, by word or by evidence, and those of whom somebody answered."""
    shared = select(Reshare.member_id).where(
        Reshare.content_id == entry.content_id, col(Reshare.member_id).in_(members)
    )
    item, seat = aliased(Delivery), aliased(Officer)
    spoken = (
        select(seat.member_id)
        .join(item, col(item.officer_id) == col(seat.id))
        .join(Answer, col(Answer.delivery_id) == col(item.id))
        .where(item.entry_id == entry.id, col(Answer.kind).in_(_SPOKEN_FOR))
    )
    return set(session.exec(shared)), set(session.exec(spoken))


def _with_nudges(session: Session, asked: Mapping[int, Asked], *, now: datetime) -> Mapping[int, Asked]:
    """Add the reminders of this kind that were sent in the last seven days or are yet to be."""
    sent = select(Delivery.officer_id, Delivery.due_at).where(
        col(Delivery.status).in_([DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.SENT]),
        Delivery.kind == DeliveryKind.REMINDER,
        col(Delivery.key).startswith(_KEY),
        Delivery.expires_at > now - WEEK,
        Delivery.due_at > now - WEEK,
    )
    moments: dict[int, list[datetime]] = defaultdict(list)
    for officer_id, due_at in session.exec(sent):
        moments[officer_id or 0].append(due_at)
    return dict(asked) | {
        one: Asked([*asked.get(one, Asked()).moments, *more], asked.get(one, Asked()).digests)
        for one, more in moments.items()
    }
