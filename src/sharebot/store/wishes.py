"""What officers choose for themselves."""

from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from sharebot.models import Member, Officer
from sharebot.rules.share_links import SHARE_ORDER
from sharebot.store.zones import zone_of
from sharebot.values.seats import Wishes


def wishes_of(officer: Officer, member: Member) -> Wishes:
    """Return what a seat's officer has chosen."""
    zone = zone_of(officer.zone, member.zone)
    return Wishes(
        language=officer.language,
        tier=officer.tier,
        topics=_codes(officer.topics),
        networks=_codes(officer.networks),
        offered=SHARE_ORDER,
        zone=zone,
        has_own_zone=officer.zone == zone,
        opens=officer.opens,
        closes=officer.closes,
        rhythm=officer.rhythm,
        asks_per_week=officer.asks_per_week,
        untracked=officer.untracked,
        high_risk=officer.high_risk,
        paused_until=officer.paused_until,
    )


def set_wish(session: Session, officer_id: int, **wish: Any) -> None:
    """Remember what an officer chose; the names are those of `Officer`'s columns."""
    session.execute(update(Officer).where(col(Officer.id) == officer_id).values(**wish))


def toggle_code(session: Session, officer_id: int, column: str, code: str, *, known: tuple[str, ...]) -> None:
    """Choose or unchoose one of the `known` topics or networks; all of them, like none, are kept as none."""
    officer = session.get(Officer, officer_id, populate_existing=True)
    if officer is None or code not in known:
        return
    chosen = set(_codes(getattr(officer, column)) or known) ^ {code}
    kept = [one for one in known if one in chosen]
    setattr(officer, column, "" if len(kept) == len(known) else ",".join(kept))
    session.add(officer)
    session.flush()


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code for code in text.split(",") if code)
