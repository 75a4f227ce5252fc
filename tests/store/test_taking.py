"""An item is one officer's at a time; two who tap at once do not both get it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import col, select

from sharebot.config.settings import Settings
from sharebot.models import Answer, Delivery
from sharebot.store.answers import Said, record_answer, take_back_decline
from sharebot.store.cards import get_card
from sharebot.store.database import Database
from sharebot.store.taking import Holder, find_end, take
from sharebot.values.cards import Card
from sharebot.values.status import AnswerKind, DeclineReason
from tests.cast import NOW
from tests.store.props import released

LASTS = timedelta(hours=24)


@pytest.fixture
def party(either: Database) -> Database:
    """Ana (delivery 1) and Ben (2) are of one party, and have its item."""
    released(either)
    with either.write() as session:
        session.connection().exec_driver_sql("UPDATE officer SET member_id = 2")
        session.connection().exec_driver_sql("UPDATE delivery SET message_id = id + 100, status = 'sent', copies = 1")
    return either


def tap(database: Database, number: int, *, after: timedelta = timedelta(), officer_id: int = 0) -> Said | Holder:
    with database.write() as session:
        delivery = session.get_one(Delivery, number)
        return take(session, delivery, officer_id=officer_id or number, now=NOW + after, lasts=LASTS)


def card(database: Database, number: int, *, after: timedelta = timedelta()) -> Card:
    with database.read() as session:
        return get_card(session, number, settings=Settings(), now=NOW + after)


def answers(database: Database) -> list[tuple[int, AnswerKind]]:
    with database.read() as session:
        return [(one.delivery_id, one.kind) for one in session.exec(select(Answer).order_by(col(Answer.delivery_id)))]


def test_whoever_comes_second_is_told_who_has_it(party: Database) -> None:
    assert tap(party, 2) == Said(2, (1,))
    held = tap(party, 1)
    assert isinstance(held, Holder)
    assert (held.taken.by, held.taken.until, held.zone) == ("Ben", NOW + LASTS, "Europe/Brussels")
    assert answers(party) == [(2, AnswerKind.TAKEN)]
    seen = card(party, 1).taken
    assert seen == held.taken


def test_it_is_still_free_for_another_party(either: Database) -> None:
    released(either)
    assert isinstance(tap(either, 2), Said)
    assert isinstance(tap(either, 1), Said)
    assert answers(either) == [(1, AnswerKind.TAKEN), (2, AnswerKind.TAKEN)]


def test_it_is_free_again_when_the_time_is_over(party: Database) -> None:
    tap(party, 2)
    assert card(party, 1, after=LASTS).taken is None
    assert card(party, 2, after=LASTS).answer is None
    assert isinstance(tap(party, 1, after=LASTS), Said)
    assert isinstance(tap(party, 2, after=LASTS), Holder)


def test_the_messages_of_the_party_are_shown_anew_at_its_end(party: Database) -> None:
    tap(party, 2)
    with party.read() as session:
        assert list(session.exec(select(Delivery.edit_at))) == [NOW + LASTS] * 2


def test_an_edit_that_is_due_before_stays(party: Database) -> None:
    with party.write() as session:
        session.get_one(Delivery, 1).edit_at = NOW
    tap(party, 2)
    with party.read() as session:
        assert session.get_one(Delivery, 1).edit_at == NOW


def test_whoever_has_it_may_take_it_again(party: Database) -> None:
    tap(party, 2)
    assert isinstance(tap(party, 2, after=timedelta(hours=5)), Said)
    taken = card(party, 1, after=timedelta(hours=25)).taken
    assert taken is not None
    assert taken.until == NOW + timedelta(hours=29)


@pytest.mark.parametrize("kind", [AnswerKind.LATER, AnswerKind.DECLINED, AnswerKind.SHARED])
def test_another_word_of_whoever_has_it_frees_it(party: Database, kind: AnswerKind) -> None:
    tap(party, 2)
    with party.write() as session:
        record_answer(session, session.get_one(Delivery, 2), kind, now=NOW)
    seen = card(party, 1).taken
    assert (seen.until if seen else None) is None
    assert isinstance(tap(party, 1), Said)


def test_in_a_group_one_message_has_several_officers(party: Database) -> None:
    """Delivery 2 went to the party's group; Ana and Ben may both answer it there."""
    assert isinstance(tap(party, 2, officer_id=1), Said)
    held = tap(party, 2, officer_id=2)
    assert isinstance(held, Holder)
    assert held.taken.by == "Ana"
    assert (card(party, 2).answer, card(party, 2).answered_by) == (AnswerKind.TAKEN, "Ana")


def test_two_at_once_do_not_both_get_it(party: Database) -> None:
    for _ in range(5):
        with party.write() as session:
            session.connection().exec_driver_sql("DELETE FROM answer")
        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(lambda number: tap(party, number), (1, 2)))
        assert sorted(type(one).__name__ for one in outcomes) == ["Holder", "Said"]
        assert len(answers(party)) == 1


def test_only_a_decline_is_taken_back(party: Database) -> None:
    with party.write() as session:
        record_answer(session, session.get_one(Delivery, 1), AnswerKind.DECLINED, reason=DeclineReason.TOPIC, now=NOW)
        record_answer(session, session.get_one(Delivery, 2), AnswerKind.LATER, now=NOW)
    with party.write() as session:
        assert take_back_decline(session, session.get_one(Delivery, 1)) == Said(1, (2,))
        assert take_back_decline(session, session.get_one(Delivery, 2)) == Said(2)
    assert answers(party) == [(2, AnswerKind.LATER)]


def test_the_end_is_known_to_the_whole_party_and_to_nobody_else(party: Database) -> None:
    def end(number: int, *, after: timedelta = timedelta()) -> object:
        with party.read() as session:
            return find_end(session, number, now=NOW + after, lasts=LASTS)

    assert end(1) is None
    tap(party, 2)
    assert (end(1), end(2)) == (NOW + LASTS, NOW + LASTS)
    assert end(1, after=LASTS) is None
    with party.write() as session:
        session.connection().exec_driver_sql("UPDATE officer SET member_id = 1 WHERE id = 1")
    assert (end(1), end(2)) == (None, NOW + LASTS)


def test_whoever_is_gone_has_nothing(party: Database) -> None:
    tap(party, 2)
    with party.write() as session:
        session.connection().exec_driver_sql("UPDATE officer SET status = 'gone' WHERE id = 2")
    assert card(party, 1).taken is None
    assert isinstance(tap(party, 1), Said)
