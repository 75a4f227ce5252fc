"""Visits of the pages behind short links, where a page shows them; and the way from share button to page, in counts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import String, func, literal, select, type_coerce, union_all
from sqlmodel import Session, col

from sharebot.models import ShareTally, TrackedLink, Variant, VisitTally
from sharebot.store.links import Visit, list_live, settle_visits
from sharebot.store.upsert import add_up
from sharebot.values.status import ClickOutcome, Network


@dataclass(frozen=True, slots=True)
class Funnel:
    """How often a content's share buttons were pressed, by network, and its pages visited by people who clicked."""

    presses: Mapping[Network, int]
    visits: int

    @property
    def all_presses(self) -> int:
        """How often any of its share buttons was pressed."""
        return sum(self.presses.values())


def add_visit(session: Session, visit: Visit, *, now: datetime) -> None:
    """Count a person's visit of the page behind a link, once a day; nothing when the link leads nowhere."""
    link = list_live(session, [visit.code], now=now).get(visit.code)
    if link is None or settle_visits(session, [visit], kind="visit ", now=now) != [ClickOutcome.COUNTED]:
        return
    row = {"link_id": link.id, "on_date": now.astimezone(UTC).date(), "n": 1}
    add_up(session, VisitTally, row, keys=("link_id", "on_date"), column="n")


def get_funnel(session: Session, content_id: int) -> Funnel:
    """Return a content's share buttons and visits over all its links and days."""
    own: Any = (
        select(col(TrackedLink.id))
        .join(Variant, col(Variant.id) == col(TrackedLink.variant_id))
        .where(col(Variant.content_id) == content_id)
        .scalar_subquery()
    )
    network = type_coerce(col(ShareTally.network), String)
    pressed: Any = select(network, func.sum(col(ShareTally.n))).where(col(ShareTally.link_id).in_(own))
    visited: Any = select(literal(""), func.sum(col(VisitTally.n))).where(col(VisitTally.link_id).in_(own))
    found: Counter[str] = Counter()
    for name, n in session.execute(union_all(pressed.group_by(network), visited)):
        found[name] += int(n or 0)
    visits = found.pop("", 0)
    return Funnel({Network(name): n for name, n in found.items()}, visits)
