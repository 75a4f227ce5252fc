"""Staff as the page of all staff lists them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from sharebot.models import Passkey, Staff, StaffSession
from sharebot.store.listings import find_page, like
from sharebot.values.listing import Listed, Listing
from sharebot.values.status import StaffRole

FILTERS = ("role", "region", "state")


@dataclass(frozen=True, slots=True)
class StaffView:
    """A person of staff; `seen_at` is when one of their open sessions was last in use."""

    staff_id: int
    email: str
    name: str
    role: StaffRole
    region: str | None
    language: str
    active: bool
    passkeys: int
    has_telegram: bool
    seen_at: datetime | None


def find_staff(session: Session, listing: Listing) -> Listed[StaffView]:
    """Return a page of people; those who were removed only where they are asked for."""
    keys = select(func.count(col(Passkey.id))).where(col(Passkey.staff_id) == Staff.id).scalar_subquery()
    seen = select(func.max(col(StaffSession.seen_at))).where(col(StaffSession.staff_id) == Staff.id).scalar_subquery()
    is_active = col(Staff.active).is_(listing.chosen("state") != "gone")
    asked = select(Staff, keys.label("keys"), seen.label("seen")).where(is_active)
    if (role := listing.chosen("role")) in list(StaffRole):
        asked = asked.where(col(Staff.role) == StaffRole(role))
    if region := listing.chosen("region"):
        asked = asked.where(col(Staff.region) == region)
    if listing.q:
        pattern = like(listing.q)
        asked = asked.where(
            or_(col(Staff.email).ilike(pattern, escape="\\"), col(Staff.name).ilike(pattern, escape="\\"))
        )
    sorts = {
        "email": col(Staff.email),
        "name": col(Staff.name),
        "role": col(Staff.role),
        "region": col(Staff.region),
        "seen": seen,
        "id": col(Staff.id),
    }
    listed = find_page(session, asked, listing, sorts)
    return Listed([_view(*row) for row in listed.rows], listed.total, listed.page)


def names_of_staff(session: Session) -> dict[int, str]:
    """Return what people are called by their ids, those who were removed too."""
    rows = session.execute(select(col(Staff.id), col(Staff.name), col(Staff.email)))
    return {staff_id or 0: name or email for staff_id, name, email in rows}


def _view(staff: Staff, passkeys: int, seen_at: datetime | None) -> StaffView:
    return StaffView(
        staff.id or 0,
        staff.email,
        staff.name,
        staff.role,
        staff.region,
        staff.language,
        staff.active,
        passkeys,
        staff.telegram_index is not None,
        seen_at,
    )
