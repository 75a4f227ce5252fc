"""Keys of other programs to the API: made by staff, and never worth more than their maker is now."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from sharebot.errors import NotFound
from sharebot.models import ApiToken, Staff
from sharebot.store.listings import find_page, like
from sharebot.store.staff import SignedIn, describe
from sharebot.values.api import Scope
from sharebot.values.listing import Listed, Listing

PREFIX = "sb_"
_NOTED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that calls: by which token, for what, and in whose name, as the database knows them now."""

    token_id: int
    scopes: frozenset[Scope]
    staff: SignedIn
    is_stale: bool = False

    @property
    def actor(self) -> str:
        """How the audit log calls it."""
        return f"api:{self.token_id}"


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as staff see it; `by` is who made it, and it opens nothing when `is_open` is not so."""

    id: int
    name: str
    scopes: tuple[str, ...]
    by: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None
    is_open: bool


def add_token(
    session: Session, staff_id: int, name: str, scopes: Collection[Scope], *, expires_at: datetime | None, now: datetime
) -> tuple[int, str]:
    """Make a token; return its number and itself, this once: only its hash is kept."""
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        name=name,
        token_sha256=_hash(token),
        scopes=",".join(sorted(scopes)),
        staff_id=staff_id,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return row.id or 0, token


def revoke_token(session: Session, token_id: int, *, now: datetime) -> None:
    """Shut a token out at once. Raises NotFound."""
    revoked = update(ApiToken).where(col(ApiToken.id) == token_id, col(ApiToken.revoked_at).is_(None))
    ended = session.execute(revoked.values(revoked_at=now).returning(col(ApiToken.id))).first()
    if ended is None and session.get(ApiToken, token_id) is None:
        raise NotFound(f"there is no token {token_id}")


def find_tokens(session: Session, listing: Listing, *, now: datetime) -> Listed[TokenView]:
    """Return a page of the tokens."""
    rows: Any = sa_select(ApiToken, Staff).join(Staff, col(Staff.id) == col(ApiToken.staff_id))
    if listing.q:
        rows = rows.where(col(ApiToken.name).ilike(like(listing.q), escape="\\"))
    sorts: dict[str, Any] = {
        "made": col(ApiToken.created_at),
        "name": func.lower(ApiToken.name),
        "by": col(Staff.email),
        "used": col(ApiToken.used_at),
        "expires": col(ApiToken.expires_at),
        "id": col(ApiToken.id).desc(),
    }
    found = find_page(session, rows, listing, sorts)
    return Listed([_view(token, staff, now) for token, staff in found.rows], found.total, found.page)


def _view(token: ApiToken, staff: Staff, now: datetime) -> TokenView:
    is_over = token.expires_at is not None and token.expires_at <= now
    return TokenView(
        token.id or 0,
        token.name,
        tuple(token.scopes.split(",")),
        staff.name or staff.email,
        token.created_at,
        token.expires_at,
        token.used_at,
        token.revoked_at,
        staff.active and token.revoked_at is None and not is_over,
    )


def find_caller(session: Session, token: str, *, now: datetime) -> Caller | None:
    """Return who calls with this token; None when it is unknown, over, revoked, or its maker is not staff any more."""
    found = session.exec(
        select(ApiToken, Staff)
        .join(Staff, col(Staff.id) == col(ApiToken.staff_id))
        .where(
            ApiToken.token_sha256 == _hash(token),
            col(ApiToken.revoked_at).is_(None),
            col(ApiToken.expires_at).is_(None) | (col(ApiToken.expires_at) > now),
            col(Staff.active).is_(True),
        )
    ).first()
    if found is None:
        return None
    row, staff = found
    person = describe(staff)
    stale = row.used_at is None or row.used_at <= now - _NOTED_EVERY
    return Caller(row.id or 0, frozenset(Scope(word) for word in row.scopes.split(",")), person, stale)


def touch_token(session: Session, token_id: int, *, now: datetime) -> None:
    """Note that the token is in use."""
    session.execute(update(ApiToken).where(col(ApiToken.id) == token_id).values(used_at=now))


def _hash(token: str) -> str:
    # surrogateescape: a header may hold anything, and must only fail to match.
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
