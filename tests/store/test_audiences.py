"""Lists and further waves, turned into the members that are meant."""

import pytest

from sharebot.models import Delivery
from sharebot.rules.audience import NOBODY, Audience
from sharebot.store.answers import record_answer
from sharebot.store.audiences import Reached, Spared, find_reached, is_of_region, resolve
from sharebot.store.database import Database
from sharebot.store.lists import add_list, change_list
from sharebot.values.status import AnswerKind, DeliveryStatus
from tests.cast import NOW, add_cast
from tests.store.props import released

EVERYBODY = Audience()


def test_a_list_is_taken_as_it_is(either: Database) -> None:
    add_cast(either)
    with either.write() as session:
        number = add_list(session, "Some", ["north"], now=NOW)
        before = resolve(session, 1, EVERYBODY, lists=[number])
        change_list(session, number, "Some", ["south"])
        after = resolve(session, 1, Audience(members=frozenset({"north"})), lists=[number])
        change_list(session, number, "Some", [])
        nobody = resolve(session, 1, EVERYBODY, lists=[number])
    assert before.members == {"north"}
    assert after.members == {"north", "south"}
    assert nobody.members == NOBODY, "an empty list does not mean everybody"


def test_a_further_wave_spares_who_got_or_shared_it(either: Database) -> None:
    released(either)
    with either.write() as session:
        first = session.get_one(Delivery, 1)
        first.status = DeliveryStatus.SENT
        session.add(first)
        session.flush()
        assert find_reached(session, 1) == Reached(frozenset({"north"}), frozenset())
        assert resolve(session, 1, EVERYBODY, spared=Spared.GOT).members == {"south"}
        record_answer(session, first, AnswerKind.SHARED, now=NOW)
        assert resolve(session, 1, EVERYBODY, spared=Spared.SHARED).members == {"south"}
        only_north = Audience(members=frozenset({"north"}))
        assert resolve(session, 1, only_north, spared=Spared.SHARED).members == NOBODY


@pytest.mark.parametrize(
    ("audience", "within"),
    [
        (Audience(), False),
        (Audience(regions=frozenset({"Europe"})), True),
        (Audience(regions=frozenset({"Europe", "Americas"})), False),
        (Audience(countries=frozenset({"BE"})), False),
        (Audience(members=frozenset({"north", "south"})), True),
    ],
)
def test_an_audience_lies_in_a_region_when_nobody_else_can_be_meant(
    database: Database, audience: Audience, *, within: bool
) -> None:
    add_cast(database)
    with database.read() as session:
        assert is_of_region(session, audience, "Europe") is within
        assert is_of_region(session, audience, None)
