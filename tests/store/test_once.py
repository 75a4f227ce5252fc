"""What the parts of a page read alike is read once; what is about to be changed is read afresh."""

from functools import partial

from sqlmodel import Session, select

from sharebot.models import Member
from sharebot.store.database import Database
from sharebot.store.once import once
from tests.cast import add_cast


def test_a_reading_transaction_reads_once_and_the_next_one_again(either: Database) -> None:
    add_cast(either)
    told: list[int] = []

    def count(session: Session) -> None:
        told.append(len(session.exec(select(Member)).all()))

    for _ in range(2):
        with either.read() as session:
            for _ in range(3):
                once(session, "members", partial(count, session))
    assert told == [2, 2]


def test_a_writing_transaction_reads_afresh(either: Database) -> None:
    with either.write() as session:
        numbers = iter([1, 2])
        assert [once(session, "n", lambda: next(numbers)) for _ in range(2)] == [1, 2]
