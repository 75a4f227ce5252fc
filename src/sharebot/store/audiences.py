"""For whom an entry is: lists and wishes of a form turned into the members that are meant, once and for all."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import null
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from sharebot.models import Answer, Delivery, Member, Officer, QueueEntry, Reshare
from sharebot.rules.audience import NOBODY, Audience, find_objection, is_within
from sharebot.store.lists import list_lists
from sharebot.store.members import candidate
from sharebot.store.parties import list_seated_members
from sharebot.values.status import AnswerKind, DeliveryKind, DeliveryStatus, MemberStatus

_REACHED = (DeliveryStatus.SENT, DeliveryStatus.UNCERTAIN, DeliveryStatus.NEEDS_REVIEW)


class Spared(StrEnum):
    """Whom a further wave leaves out."""

    NOBODY = ""
    GOT = "got"  # who got an earlier one
    SHARED = "shared"  # who shared it, or says so


@dataclass(frozen=True, slots=True)
class Reached:
    """The codes of the members that got a content, and of those that shared it or say so."""

    got: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MemberChoice:
    """A member to choose by name."""

    code: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class ListChoice:
    """A list to choose, and how many members are on it."""

    id: int
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Choices:
    """By what an audience may be narrowed: the words of active members, the members, and the lists."""

    regions: tuple[str, ...]
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    kinds: tuple[str, ...]
    members: tuple[MemberChoice, ...]
    lists: tuple[ListChoice, ...]


def find_choices(session: Session) -> Choices:
    """Return by what an approver may narrow an audience."""
    members = [one for one in list_seated_members(session) if one.status is MemberStatus.ACTIVE]
    named = sorted(members, key=lambda one: one.name.casefold())
    return Choices(
        tuple(sorted({one.region for one in members})),
        tuple(sorted({one.country for one in members})),
        tuple(sorted({code for one in members for code in one.languages.split(",")})),
        tuple(sorted({one.kind.value for one in members})),
        tuple(MemberChoice(one.code, one.name, one.country) for one in named),
        tuple(ListChoice(one.id, one.name, len(one.codes)) for one in list_lists(session)),
    )


def resolve(
    session: Session,
    content_id: int,
    wished: Audience,
    *,
    lists: Collection[int] = (),
    spared: Spared = Spared.NOBODY,
    reached: Reached | None = None,
) -> Audience:
    """Return the audience with the members of `lists` in place of these, and without those who are spared.

    What it means does not change any more when a list does. Lists and members that are chosen add up. `reached` is
    what `find_reached` says, where it is known.
    """
    codes = set(wished.members)
    if lists:
        codes |= {code for one in list_lists(session) if one.id in lists for code in one.codes} or NOBODY
    if spared is Spared.NOBODY:
        return replace(wished, members=frozenset(codes))
    reached = reached or find_reached(session, content_id)
    without = reached.got if spared is Spared.GOT else reached.shared
    meant = replace(wished, members=frozenset(codes))
    left = {
        one.code
        for one in list_seated_members(session)
        if one.code not in without and find_objection(candidate(one), meant) is None
    }
    return replace(wished, members=frozenset(left) or NOBODY)


def find_reached(session: Session, content_id: int) -> Reached:
    """Return who got a content in its earlier waves, and who shared it."""
    items = (
        select_columns(col(Member.code), col(Delivery.status), col(Answer.kind))
        .join(Officer, col(Officer.member_id) == col(Member.id))
        .join(Delivery, col(Delivery.officer_id) == col(Officer.id))
        .join(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .outerjoin(Answer, col(Answer.delivery_id) == col(Delivery.id))
        .where(col(QueueEntry.content_id) == content_id, col(Delivery.kind) == DeliveryKind.ITEM)
    )
    seen = (
        select_columns(col(Member.code), null(), null())
        .join(Reshare, col(Reshare.member_id) == col(Member.id))
        .where(col(Reshare.content_id) == content_id)
    )
    told = session.execute(items.union(seen)).all()
    return Reached(
        frozenset(code for code, status, _ in told if status in _REACHED),
        # Without the status of a message it is a finding.
        frozenset(code for code, status, said in told if said is AnswerKind.SHARED or status is None),
    )


def is_of_region(session: Session, audience: Audience, region: str | None) -> bool:
    """Whether nobody outside of a region is meant: none but it is named, or only members of it; None is all."""
    if is_within(audience, region):
        return True
    codes = select(Member.region).where(col(Member.code).in_(audience.members)).distinct()
    return bool(audience.members) and set(session.exec(codes)) <= {region}
