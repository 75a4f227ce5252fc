"""What Today shows of the queue."""

from sqlalchemy import update
from sqlmodel import col

from sharebot.models import Delivery
from sharebot.store.database import Database
from sharebot.store.queue_views import find_ahead
from sharebot.values.status import DeliveryStatus, EntryStatus
from tests.store.props import released, set_entry_status


def sent(database: Database, entry_id: int) -> None:
    with database.write() as session:
        session.execute(update(Delivery).where(col(Delivery.entry_id) == entry_id).values(status=DeliveryStatus.SENT))


def test_what_is_out_stays_on_today_while_it_is_on_offer_after_what_is_still_being_sent(either: Database) -> None:
    released(either, items=4)
    sent(either, 2)
    sent(either, 3)
    set_entry_status(either, EntryStatus.WITHDRAWN, 4)
    with either.read() as session:
        ahead = find_ahead(session, language="en", limit=5)
        first = find_ahead(session, language="en", limit=1)
    assert [one.id for one in ahead.out] == [1, 3, 2]
    assert [one.id for one in first.out] == [1]
    assert ahead.going == first.going == 1
