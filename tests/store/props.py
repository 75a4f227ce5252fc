"""Items, entries and deliveries for the store's tests."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import text
from sqlmodel import Session, select

from sharebot.config.settings import Settings
from sharebot.models import Delivery
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.store.contents import Ingested, Intake, content_hash, ingest
from sharebot.store.database import Database
from sharebot.store.queue import Approval, Released, approve, release
from sharebot.values.feeds import FeedItem
from sharebot.values.status import DeliveryStatus
from tests.cast import NOW, add_cast

ITEM = FeedItem("a", "A title", "Words", "https://alliance.example/a", NOW, "en")
_numbers = count(1)


def take_in(database: Database, *items: FeedItem, now: datetime = NOW) -> Ingested:
    with database.write() as session:
        return ingest(session, items, Intake("en", frozenset({"alliance.example"}), now))


def approval_of(session: Session, content_id: int = 1, *, timing: Timing | None = None) -> Approval:
    return Approval(
        content_id=content_id,
        audience=Audience(),
        timing=timing or Timing(send_at=NOW, urgent=True),
        expires_at=NOW + timedelta(days=3),
        by="approver@alliance.example",
        expected_hash=content_hash(session, content_id),
    )


def approved(database: Database, content_id: int = 1, *, timing: Timing | None = None) -> int:
    with database.write() as session:
        return approve(session, approval_of(session, content_id, timing=timing), now=NOW).id or 0


def release_now(session: Session, entry_id: int, *, now: datetime = NOW) -> Released | None:
    def new_code() -> str:
        return f"code{next(_numbers):06}"

    return release(session, entry_id, settings=Settings(), new_code=new_code, now=now)


def released(database: Database, *, items: int = 1) -> None:
    """Seat the cast and release `items` items to both: deliveries 1, 2 (Ana, Ben), 3, 4 and so on."""
    add_cast(database)
    for number in range(items):
        take_in(database, replace(ITEM, external_id=f"a{number}", url=f"https://alliance.example/a{number}"))
        entry = approved(database, number + 1)
        with database.write() as session:
            assert release_now(session, entry) is not None


def delivery(database: Database, number: int = 1) -> Delivery:
    with database.read() as session:
        found = session.get(Delivery, number)
    assert found is not None
    return found


def statuses(database: Database) -> list[DeliveryStatus]:
    with database.read() as session:
        return [row.status for row in session.exec(select(Delivery).order_by(text("id")))]
