"""Holds: countries that get nothing for some days; staff begin and end them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, or_, update
from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.errors import NotFound, Refused
from sharebot.models import CountryHold, Delivery, Member, Officer
from sharebot.rules.holidays import list_holidays
from sharebot.rules.silences import LONGEST_DAYS, Silence, plan_silence
from sharebot.rules.timing import NO_HOLIDAYS
from sharebot.store.asks import window_of
from sharebot.store.edits import in_order
from sharebot.store.listings import find_page, like
from sharebot.values.listing import Listed, Listing
from sharebot.values.status import DeliveryKind, DeliveryStatus

_ASKS = (DeliveryKind.ITEM, DeliveryKind.FORWARD)
STOPPED = "its country was on hold"


@dataclass(frozen=True, slots=True)
class Wish:
    """Which days a country is to get nothing, and why; what falls into them waits, or is left out if it `stops`."""

    country: str
    first: date
    last: date
    stops: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A new hold, and how many messages that were queued wait for its end, or do not go at all."""

    hold_id: int
    moved: int
    stopped: int


def begin(session: Session, wish: Wish, *, settings: Settings, region: str | None, by: str, now: datetime) -> Begun:
    """Put a country on hold. Staff of a `region` may do so for its countries alone.

    Raises NotFound for a country without parties (in the region), Refused for days that are over, turned round or
    too many.
    """
    if wish.last < wish.first:
        raise Refused("the last day lies before the first")
    if (wish.last - wish.first).days >= LONGEST_DAYS:
        raise Refused(f"a hold lasts {LONGEST_DAYS} days at most")
    silence = _plan(session, wish, settings=settings, region=region)
    if silence.until_at <= now:
        raise Refused("these days are over")
    hold = CountryHold(
        country=wish.country,
        from_at=silence.from_at,
        until_at=silence.until_at,
        stops=wish.stops,
        reason=wish.reason,
        by=by,
        created_at=now,
    )
    session.add(hold)
    session.flush()
    changed = _move(session, wish.country, silence)
    return Begun(hold.id or 0, 0 if wish.stops else changed, changed if wish.stops else 0)


def _plan(session: Session, wish: Wish, *, settings: Settings, region: str | None) -> Silence:
    zones = select(Member.zone).where(Member.country == wish.country)
    if region is not None:
        zones = zones.where(Member.region == region)
    found = session.exec(zones.distinct()).all()
    if not found:
        raise NotFound(f"no party is in {wish.country}")
    return plan_silence(
        wish.first,
        wish.last,
        zones=found,
        window=window_of(settings),
        holidays=list_holidays(wish.country, wish.last.year) if settings.sending.holidays else NO_HOLIDAYS,
        stops=wish.stops,
    )


def _move(session: Session, country: str, silence: Silence) -> int:
    """Let what is queued and was never tried wait for the end, or hold it back for good; return how many."""
    seats = select(Officer.id).join(Member, col(Member.id) == col(Officer.member_id)).where(Member.country == country)
    falls_into_it = in_order(
        col(Delivery.status) == DeliveryStatus.QUEUED,
        col(Delivery.kind).in_(_ASKS),
        col(Delivery.attempts) == 0,
        col(Delivery.due_at) >= silence.from_at,
        col(Delivery.due_at) < silence.until_at,
        col(Delivery.officer_id).in_(seats),
    )
    values: dict[str, object] = {"due_at": silence.until_at}
    if silence.stops:
        values = {"status": DeliveryStatus.SUPPRESSED, "error": STOPPED}
    moved = update(Delivery).where(col(Delivery.id).in_(falls_into_it)).values(**values).returning(col(Delivery.id))
    return len(session.execute(moved, execution_options={"synchronize_session": False}).all())


def end(session: Session, hold_id: int, *, region: str | None, now: datetime) -> None:
    """End a hold before its time; what waited for its end goes now, within hours.

    Raises NotFound, and Refused when it is over.
    """
    hold = session.get(CountryHold, hold_id)
    if hold is None or (region is not None and not _is_in(session, hold.country, region)):
        raise NotFound(f"there is no hold {hold_id}")
    if hold.ended_at is not None or hold.until_at <= now:
        raise Refused("this hold is over")
    hold.ended_at = now
    session.add(hold)
    seats = select(Officer.id).join(Member, col(Member.id) == col(Officer.member_id))
    waited = in_order(
        col(Delivery.status) == DeliveryStatus.QUEUED,
        col(Delivery.kind).in_(_ASKS),
        col(Delivery.due_at) == hold.until_at,
        col(Delivery.officer_id).in_(seats.where(Member.country == hold.country)),
    )
    goes = update(Delivery).where(col(Delivery.id).in_(waited)).values(due_at=now)
    session.execute(goes, execution_options={"synchronize_session": False})


def _is_in(session: Session, country: str, region: str) -> bool:
    parties = select(Member.id).where(Member.country == country, Member.region == region)
    return session.exec(parties).first() is not None


def list_silences(session: Session, *, now: datetime) -> dict[str, tuple[Silence, ...]]:
    """Return what holds now or later, by country."""
    found: dict[str, list[Silence]] = defaultdict(list)
    rows = select(CountryHold).where(col(CountryHold.ended_at).is_(None), CountryHold.until_at > now)
    for one in session.exec(rows.order_by(col(CountryHold.from_at))):
        found[one.country].append(Silence(one.from_at, one.until_at, one.stops))
    return {country: tuple(silences) for country, silences in found.items()}


def list_holds(session: Session, listing: Listing, *, region: str | None, now: datetime) -> Listed[CountryHold]:
    """Return holds, those that hold now or later first; of staff's `region` alone where they have one."""
    over: ColumnElement[bool] = or_(col(CountryHold.ended_at).is_not(None), col(CountryHold.until_at) <= now)
    statement = select(CountryHold)
    if region is not None:
        statement = statement.where(col(CountryHold.country).in_(select(Member.country).where(Member.region == region)))
    if listing.q:
        statement = statement.where(col(CountryHold.reason).ilike(like(listing.q), escape="\\"))
    sorts = {
        "from": case((over, 1), else_=0),
        "country": col(CountryHold.country),
        "id": col(CountryHold.from_at),
    }
    page = find_page(session, statement, listing, sorts)
    return Listed([row[0] for row in page.rows], page.total, page.page)


def list_countries(session: Session, *, region: str | None) -> list[str]:
    """Return the countries that have parties, of staff's `region` alone where they have one."""
    countries = select(Member.country).distinct().order_by(Member.country)
    return list(session.exec(countries if region is None else countries.where(Member.region == region)))


def is_silenced(now: object) -> ColumnElement[bool]:
    """Return the condition that an officer's country is on hold at `now`; the officer is the statement's own."""
    return (
        select(CountryHold.id)
        .join(Member, col(Member.country) == col(CountryHold.country))
        .where(
            col(Member.id) == col(Officer.member_id),
            and_(col(CountryHold.from_at) <= now, col(CountryHold.until_at) > now),
            col(CountryHold.ended_at).is_(None),
        )
        .correlate(Officer)
        .exists()
    )
