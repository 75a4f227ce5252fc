"""Everything that is held about one officer, as they may read it."""

import json
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from sharebot.models import (
    Answer,
    Chat,
    Delivery,
    InboxUpdate,
    Invitation,
    Member,
    Officer,
    PassingMessage,
    PastedPost,
    Proposal,
    SocialAccount,
    Variant,
)
from sharebot.store.database import vault_of
from sharebot.store.erasure import Traces

_SEALED = ("label_sealed", "label_index", "name_sealed", "chat_id", "member_id", "replaces_id")
_OF_AN_ANSWER = ("id", "delivery_id", "officer_id")


def export_officer(session: Session, officer_id: int, *, now: datetime) -> str:
    """Return everything held about an officer as JSON, with their label and chat opened."""
    officer = session.get(Officer, officer_id)
    if officer is None:
        return "{}"
    vault, member = vault_of(session), session.get(Member, officer.member_id)
    chat = session.get(Chat, officer.chat_id) if officer.chat_id else None
    address = vault.open(chat.address_sealed) if chat else None
    deliveries = session.exec(
        select(Delivery).where(Delivery.officer_id == officer_id).order_by(col(Delivery.id))
    ).all()
    told: dict[str, Any] = {
        "exported_at": now,
        "party": member.name if member else "",
        "seat": {"label": vault.open(officer.label_sealed), "status": officer.status, **_plain(officer, _SEALED)},
        "telegram_chat": address,
        "name_shown_to_staff": vault.open(officer.name_sealed) if officer.name_sealed else None,
        "invitations": _all(session, Invitation, Invitation.officer_id == officer_id, without=("token_sha256",)),
        "messages": [_delivery(session, one) for one in deliveries],
        "said_in_the_group": [_said(one) for one in _given_elsewhere(session, officer_id)],
        "pasted_posts": _all(session, PastedPost, PastedPost.officer_id == officer_id, without=("url_sha256",)),
        "proposals": _all(session, Proposal, Proposal.officer_id == officer_id),
        "messages_to_be_deleted": _all(session, PassingMessage, PassingMessage.chat_id == officer.chat_id),
        "accounts_confirmed": _accounts(session, officer_id),
        "raw_updates": list(_updates(session, address)),
    }
    return json.dumps(told, ensure_ascii=False, indent=2, default=_spell)


def _accounts(session: Session, officer_id: int) -> list[dict[str, Any]]:
    """Return the accounts of which the officer had the last word."""
    own = select(SocialAccount).where(SocialAccount.confirmed_by == f"officer:{officer_id}")
    return [
        {"network": one.network, "handle": one.handle, "is_ours": one.confirmed_at is not None, "at": one.confirmed_at}
        for one in session.exec(own.order_by(col(SocialAccount.id)))
    ]


def _delivery(session: Session, delivery: Delivery) -> dict[str, Any]:
    variant = session.get(Variant, delivery.variant_id) if delivery.variant_id else None
    said = session.exec(select(Answer).where(Answer.delivery_id == delivery.id)).first()
    names = ("kind", "status", "created_at", "due_at", "sent_at", "expires_at", "message_id", "attempts", "error")
    return {name: getattr(delivery, name) for name in names} | {
        "item": variant.title if variant else None,
        "language": variant.language if variant else None,
        "answer": _plain(said, _OF_AN_ANSWER) if said else None,
    }


def _given_elsewhere(session: Session, officer_id: int) -> Iterable[tuple[Answer, str | None]]:
    """Return what an officer said of items that went to the group of their party, each with its item's title."""
    said = (
        select(Answer, Variant.title)
        .join(Delivery, col(Delivery.id) == col(Answer.delivery_id))
        .outerjoin(Variant, col(Variant.id) == col(Delivery.variant_id))
        .where(Answer.officer_id == officer_id, Delivery.officer_id != officer_id)
    )
    return session.exec(said.order_by(col(Answer.id)))


def _said(said: tuple[Answer, str | None]) -> dict[str, Any]:
    answer, title = said
    return {"item": title, "answer": _plain(answer, _OF_AN_ANSWER)}


def _all(session: Session, model: type[SQLModel], own: Any, *, without: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [_plain(one, ("id", "officer_id", "chat_id", *without)) for one in session.exec(select(model).where(own))]


def _plain(row: SQLModel, without: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in row.model_dump().items() if name not in without}


def _updates(session: Session, address: str | None) -> Iterable[Any]:
    """Give the raw updates that still have a body: one that could not take effect, or that is under way."""
    traces = Traces(number=address)
    for row in session.exec(select(InboxUpdate).where(col(InboxUpdate.body).contains(address or "\0"))):
        if traces.stand_in(row.body):
            yield {"received_at": row.received_at, "error": row.error, "body": json.loads(row.body)}


def _spell(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)
