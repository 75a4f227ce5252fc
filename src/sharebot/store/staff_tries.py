"""Ceremonies that have begun in one browser: each can be ended once, within five minutes, by that browser alone."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from sharebot.models import SignInTry
from sharebot.store.staff import hash_token
from sharebot.values.sign_in import Ceremony

TRY_LASTS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Begun:
    """What is known of a ceremony: whose it is, when somebody was signed in, and what its end is compared with."""

    staff_id: int | None
    secret: str


def begin_try(session: Session, kind: Ceremony, secret: str, *, now: datetime, staff_id: int | None = None) -> str:
    """Keep a ceremony and return the token for the browser's cookie; `secret` has at most 1,000 signs."""
    session.execute(delete(SignInTry).where(col(SignInTry.expires_at) <= now))
    token = secrets.token_urlsafe(32)
    kept = SignInTry(token_sha256=hash_token(token), kind=kind.value, secret=secret, expires_at=now + TRY_LASTS)
    kept.staff_id = staff_id
    session.add(kept)
    session.flush()
    return token


def end_try(session: Session, kind: Ceremony, token: str, *, now: datetime) -> Begun | None:
    """Use a ceremony up; None when this browser has begun none of this kind, or too long ago."""
    ended = session.execute(
        delete(SignInTry)
        .where(
            col(SignInTry.token_sha256) == hash_token(token),
            col(SignInTry.kind) == kind.value,
            col(SignInTry.expires_at) > now,
        )
        .returning(col(SignInTry.staff_id), col(SignInTry.secret))
    ).first()
    return Begun(ended[0], ended[1]) if ended else None
