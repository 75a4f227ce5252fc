"""What officers are asked: their habits, and what is on its way to them already."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.models import Delivery, Member, Officer
from sharebot.rules.asks import WEEK, Asked, Habits
from sharebot.rules.holidays import list_holidays
from sharebot.rules.timing import NO_HOLIDAYS, Window, own_window
from sharebot.store.zones import zone_of
from sharebot.values.status import DeliveryKind, DeliveryStatus, OfficerStatus

# Failed, suppressed, cancelled and expired ones asked nothing of anybody.
_ASKING = (
    DeliveryStatus.QUEUED,
    DeliveryStatus.SENDING,
    DeliveryStatus.SENT,
    DeliveryStatus.UNCERTAIN,
    DeliveryStatus.NEEDS_REVIEW,
)


def window_of(settings: Settings) -> Window:
    """Return the configured window in which officers may be written to."""
    sending = settings.sending
    return Window(sending.window_from, sending.window_to, sending.days)


def habits_of(officer: Officer, member: Member, *, settings: Settings, now: datetime) -> Habits:
    """Return how and when an officer is written to: their own choices over the settings."""
    sending = settings.sending
    zone = zone_of(officer.zone, member.zone)
    this_year = now.astimezone(ZoneInfo(zone)).year
    return Habits(
        zone=zone,
        window=own_window(window_of(settings), officer.opens, officer.closes),
        budget=max(officer.asks_per_week or sending.asks_per_week, 1),
        digest_day=sending.digest_day,
        rhythm=officer.rhythm,
        holidays=list_holidays(member.country, this_year) if sending.holidays else NO_HOLIDAYS,
    )


def list_habits(
    session: Session, officer_ids: Collection[int], *, settings: Settings, now: datetime
) -> dict[int, Habits]:
    """Return the habits of those officers who may be written to, by their ids."""
    active = (
        select(Officer, Member)
        .join(Member, col(Member.id) == col(Officer.member_id))
        .where(
            col(Officer.id).in_(officer_ids),
            Officer.status == OfficerStatus.ACTIVE,
            col(Officer.consented_at).is_not(None),
        )
    )
    return {
        officer.id or 0: habits_of(officer, member, settings=settings, now=now)
        for officer, member in session.exec(active)
    }


def list_asked(session: Session, *, now: datetime) -> Mapping[int, Asked]:
    """Return what each officer was asked in the last seven days or is yet to be, in one statement.

    Items that came by a tap in a digest were asked for by the officer; the digest itself is what counts.
    """
    since = now - WEEK
    item = and_(col(Delivery.kind) == DeliveryKind.ITEM, col(Delivery.digest_id).is_(None))
    asks = select(Delivery.officer_id, Delivery.due_at, Delivery.status).where(
        # Whatever is due since then ends since then: there is an index on that.
        col(Delivery.status).in_([*_ASKING, DeliveryStatus.HELD]),
        col(Delivery.expires_at) > since,
        col(Delivery.due_at) > since,
        or_(item, col(Delivery.kind) == DeliveryKind.DIGEST),
    )
    moments: dict[int, list[datetime]] = defaultdict(list)
    digests: dict[int, set[datetime]] = defaultdict(set)
    for officer_id, due_at, status in session.exec(asks):
        if status is DeliveryStatus.HELD:
            digests[officer_id or 0].add(due_at)
        else:
            moments[officer_id or 0].append(due_at)
    return {one: Asked(moments[one], digests[one]) for one in {*moments, *digests}}
