"""The simulation of docs/asks.md, small: no budget is exceeded, and everything released ends somewhere."""

from datetime import timedelta

from sqlmodel import select

from sharebot.models import Delivery
from sharebot.values.status import DeliveryStatus, Rhythm
from tests.bench.simulate_year import Size, read_books, simulate, write_table


def test_eight_weeks_stay_within_every_budget(database):
    books = simulate(database, Size(members=13, seats=2, weeks=8, step=timedelta(hours=1)), seed=7)
    lines = read_books(database, books)
    assert sum(line.officers for line in lines) == 26
    assert [line.over for line in lines] == [0] * len(lines)
    outcomes = {word for line in lines for word in line.outcomes}
    assert outcomes == {"at once", "in a digest", "alone, later", "expired"}
    assert all(
        line.outcomes["at once"] > line.outcomes["expired"]
        for line in lines
        if (line.rhythm, line.budget) == (Rhythm.EACH, 5)
    )
    with database.read() as session:
        left = session.exec(select(Delivery.id).where(Delivery.status == DeliveryStatus.QUEUED)).all()
    assert left == []
    assert len(write_table(lines).splitlines()) == len(lines) + 2
