"""What became of each message of an entry, by the party and seat it went to; never a chat id."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import SQLColumnExpression, func
from sqlmodel import Session, col, select

from sharebot.models import Answer, Delivery, Member, Officer, Variant
from sharebot.store.listings import find_page, like
from sharebot.store.zones import zone_of
from sharebot.values.listing import Listed, Listing
from sharebot.values.status import AnswerKind, DeclineReason, DeliveryKind, DeliveryStatus

_SORTS: Mapping[str, SQLColumnExpression[Any]] = {
    "party": func.lower(Member.name),
    "language": col(Variant.language),
    "state": col(Delivery.status),
    "time": func.coalesce(Delivery.sent_at, Delivery.due_at),
    "answer": col(Answer.kind),
    "id": col(Delivery.id),
}


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One message; `seat` counts the seats of its party that got it."""

    id: int
    member_name: str
    member_code: str
    seat: int
    zone: str
    language: str | None
    status: DeliveryStatus
    due_at: datetime
    sent_at: datetime | None
    copies: int
    answer: AnswerKind | None
    reason: DeclineReason | None
    error: str | None


def list_delivery_lines(
    session: Session, entry_id: int, listing: Listing, *, region: str | None = None
) -> Listed[DeliveryLine]:
    """Return the messages of an entry to officers, of staff's `region` alone where they have one.

    The filter `state` is a DeliveryStatus, `q` words of a party's name.
    """
    seat = func.row_number().over(partition_by=col(Officer.member_id), order_by=col(Officer.id))
    # select() of SQLModel takes four things at most, each of a table.
    statement: Any = (
        select(Delivery, Officer, Member, Answer)
        .add_columns(col(Variant.language), seat)
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .join(Member, col(Member.id) == col(Officer.member_id))
        .outerjoin(Answer, col(Answer.delivery_id) == col(Delivery.id))
        .outerjoin(Variant, col(Variant.id) == col(Delivery.variant_id))
        .where(col(Delivery.entry_id) == entry_id, col(Delivery.kind) == DeliveryKind.ITEM)
    )
    if region is not None:
        statement = statement.where(Member.region == region)
    if state := listing.chosen("state"):
        statement = statement.where(Delivery.status == state)
    if listing.q:
        statement = statement.where(col(Member.name).ilike(like(listing.q), escape="\\"))
    found = find_page(session, statement, listing, _SORTS)
    return Listed([_line(*row) for row in found.rows], found.total, found.page)


def _line(
    delivery: Delivery, officer: Officer, member: Member, answer: Answer | None, language: str | None, seat: int
) -> DeliveryLine:
    # A high-risk officer's own answer is shown to nobody.
    said = None if officer.high_risk else answer
    return DeliveryLine(
        delivery.id or 0,
        member.name,
        member.code,
        seat,
        zone_of(None, member.zone),
        language,
        delivery.status,
        delivery.due_at,
        delivery.sent_at,
        delivery.copies,
        said.kind if said else None,
        said.reason if said else None,
        delivery.error,
    )
