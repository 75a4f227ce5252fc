"""What only one transaction may do at a time; SQLite has one writer anyway."""

from enum import IntEnum

from sqlalchemy import text
from sqlmodel import Session


class Turn(IntEnum):
    """What turns are taken at: the first key of a PostgreSQL advisory lock."""

    SPENDING = 0x5A4EB0A
    FINDINGS = 0x5A4EB0B
    NETWORKS = 0x5A4EB0C  # which accounts and networks are watched, as processes begin


def take_turn(session: Session, turn: Turn, *, of: int = 0) -> None:
    """Wait until nobody else does this (`of` one thing), and keep it until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        keys = {"turn": int(turn), "of": of}
        session.execute(text("SELECT pg_advisory_xact_lock(:turn, :of)"), keys)
