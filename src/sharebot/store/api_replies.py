"""Answers kept for a while, so that a request sent twice takes effect once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from sharebot.errors import Refused
from sharebot.models import ApiReply
from sharebot.store.upsert import insert_ignore

KEPT_FOR = timedelta(hours=48)
_OPEN = 0  # the status of a reply whose effect is not there yet: nobody but its own transaction sees it


@dataclass(frozen=True, slots=True)
class Ticket:
    """What makes a request the same as an earlier one: whose key it names, and the hash of all it asks."""

    token_id: int
    key: str
    request_sha256: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer given before."""

    status: int
    body: str


def find_reply(session: Session, ticket: Ticket) -> Reply | None:
    """Return the answer to a request that was made before. Raises Refused when its key named another request."""
    row = session.exec(select(ApiReply).where(ApiReply.token_id == ticket.token_id, ApiReply.key == ticket.key)).first()
    if row is None:
        return None
    if row.request_sha256 != ticket.request_sha256:
        raise Refused("this idempotency key was used for another request")
    return Reply(row.status, row.body)


def claim_key(session: Session, ticket: Ticket, *, now: datetime) -> Reply | None:
    """Take a key for this transaction, or return the answer it has; whoever comes next waits for our end.

    Raises Refused when the key named another request.
    """
    row = {
        "token_id": ticket.token_id,
        "key": ticket.key,
        "request_sha256": ticket.request_sha256,
        "status": _OPEN,
        "body": "",
        "at": now,
    }
    return None if insert_ignore(session, ApiReply, [row]) else find_reply(session, ticket)


def keep_reply(session: Session, ticket: Ticket, reply: Reply) -> None:
    """Keep the answer along with its effect, in the same transaction."""
    own = update(ApiReply).where(col(ApiReply.token_id) == ticket.token_id, col(ApiReply.key) == ticket.key)
    session.execute(own.values(status=reply.status, body=reply.body))


def forget_replies(session: Session, *, now: datetime) -> None:
    """Delete answers past their time."""
    session.execute(delete(ApiReply).where(col(ApiReply.at) <= now - KEPT_FOR))
