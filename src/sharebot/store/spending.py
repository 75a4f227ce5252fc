"""What looking at networks costs: a ledger by UTC day, kept under the month's budget."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import func
from sqlmodel import Session, select

from sharebot.models import TrackerSpend
from sharebot.store.database import Database
from sharebot.store.turns import Turn, take_turn
from sharebot.store.upsert import add_up
from sharebot.values.status import Network

MICROS = 1_000_000  # of a dollar


class DatabasePurse:
    """See `trackers.seam.Purse`. `budget` is for one UTC month in millionths of a dollar, None for no limit."""

    def __init__(
        self, database: Database, network: Network, *, budget: int | None, now: Callable[[], datetime]
    ) -> None:
        self._database, self._network, self._budget, self._now = database, network, budget, now

    def spend(self, resource: str, n: int, *, micros: int) -> bool:
        """Set `micros` aside, committed before this returns; False when the budget does not bear it."""
        with self._database.write() as session:
            _take_turn(session, self._network)
            spent = spent_in_month(session, self._network, now=self._now())
            if self._budget is not None and spent + micros > self._budget:
                return False
            self._add(session, resource, n, micros)
        return True

    def give_back(self, resource: str, n: int, *, micros: int) -> None:
        """Return what was set aside and not used; what was set aside in another month lowers nothing in this one."""
        with self._database.write() as session:
            _take_turn(session, self._network)
            back = min(micros, spent_in_month(session, self._network, now=self._now()))
            if back == micros or back > 0:
                self._add(session, resource, -n, -back)

    def left(self) -> int:
        """Return what may still be spent this UTC month; a very large number without a budget."""
        if self._budget is None:
            return 2**62
        with self._database.read() as session:
            return max(0, self._budget - spent_in_month(session, self._network, now=self._now()))

    def _add(self, session: Session, resource: str, n: int, micros: int) -> None:
        row = {"network": self._network, "on_date": self._now().astimezone(UTC).date(), "resource": resource}
        keys = ("network", "on_date", "resource")
        add_up(session, TrackerSpend, row | {"n": n, "micros": 0}, keys=keys, column="n")
        add_up(session, TrackerSpend, row | {"n": 0, "micros": micros}, keys=keys, column="micros")


def _take_turn(session: Session, network: Network) -> None:
    take_turn(session, Turn.SPENDING, of=list(Network).index(network))


def spent_in_month(session: Session, network: Network, *, now: datetime) -> int:
    """Return what was spent on a network since this UTC month began, in millionths of a dollar."""
    today = now.astimezone(UTC).date()
    spent = select(func.sum(TrackerSpend.micros)).where(
        TrackerSpend.network == network, TrackerSpend.on_date >= today.replace(day=1), TrackerSpend.on_date <= today
    )
    return int(session.exec(spent).one() or 0)
