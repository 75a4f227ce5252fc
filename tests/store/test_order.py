"""The order of messages in a chat, and the rest that a chat gets between two of them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from sharebot.store import outcomes
from sharebot.store.chats import ensure_chat
from sharebot.store.claims import Claim
from sharebot.store.database import Database
from sharebot.values.status import ChatKind
from tests.cast import NOW
from tests.store.props import claim, claimed, doubt, queue_note, released, resolve

SECOND, MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)
LATER = NOW + 100 * SECOND


def send(database: Database, one: Claim, *, now: datetime) -> None:
    with database.write() as session:
        outcomes.mark_sent(session, one, message_id=7, now=now)


def test_nobody_has_two_messages_on_their_way_and_the_order_holds(either):
    released(either, items=3)
    first = claim(either, limit=9)
    assert [one.delivery_id for one in first] == [1, 2]
    assert claimed(either, now=NOW + 5 * SECOND) == []
    send(either, first[0], now=NOW)
    assert claimed(either) == [], "a chat gets one message a second"
    assert claimed(either, now=NOW + SECOND) == [3]


def test_the_database_itself_refuses_a_second_message_on_its_way_to_a_chat(either):
    released(either, items=2)
    claim(either)
    with pytest.raises(IntegrityError), either.write() as session:
        session.connection().exec_driver_sql("UPDATE delivery SET status = 'sending' WHERE id = 3")


def test_what_is_due_first_goes_first_whatever_its_number(either):
    released(either, items=3)
    with either.write() as session:
        session.connection().exec_driver_sql("UPDATE delivery SET due_at = '2026-11-23 07:00:00' WHERE id IN (3, 6)")
        session.connection().exec_driver_sql("UPDATE delivery SET due_at = '2026-11-23 06:00:00' WHERE id = 6")
    assert claimed(either) == [6, 3]


@pytest.mark.parametrize("ending", ["put back", "not sent", "429"])
def test_the_order_in_a_chat_holds_after_a_try_that_sent_nothing(either, ending: str):
    released(either, items=3)
    one = claim(either, limit=9)[0]
    with either.write() as session:
        if ending == "put back":
            outcomes.put_back(session, one, now=NOW)
        elif ending == "429":
            outcomes.mark_rate_limited(session, one, now=NOW)
        else:
            outcomes.mark_not_sent(session, one, "refused", retry_at=NOW + 5 * SECOND, now=NOW)
    order = []
    for minute in range(1, 4):
        at = NOW + timedelta(minutes=minute)
        (again,) = [claim for claim in claim(either, limit=9, now=at) if claim.officer_id == 1]
        order.append(again.delivery_id)
        send(either, again, now=at)
    assert order == [1, 3, 5]


def test_a_chat_waits_for_its_next_try_and_its_bot_does_not(either):
    released(either, items=3)
    first, second = claim(either, limit=9)
    with either.write() as session:
        outcomes.mark_not_sent(session, first, "refused", retry_at=LATER, now=NOW)
    send(either, second, now=NOW)
    assert claimed(either, now=LATER - SECOND) == [4], "the newer items of the waiting chat stay behind the older"
    assert claimed(either, now=LATER) == [1]


def test_a_chat_with_a_long_queue_does_not_hide_the_others(either):
    released(either)
    with either.write() as session:
        long, short = (ensure_chat(session, 1, address, ChatKind.PRIVATE) for address in (5001, 5002))
    for _ in range(50):
        queue_note(either, chat=(long, 1), due_at=NOW - SECOND)
    queue_note(either, chat=(short, 1), due_at=NOW - SECOND)
    found: list[int] = []
    while claims := claim(either, limit=3):
        found += [one.chat_id for one in claims]
    assert sorted(found) == sorted({long, short, 1, 2})


def test_a_group_rests_after_a_message_and_a_person_a_second(either):
    released(either)
    with either.write() as session:
        group = ensure_chat(session, 1, -100, ChatKind.GROUP)
    notes = [queue_note(either, chat=(group, 1)) for _ in range(2)]
    for one in claim(either, limit=9):
        send(either, one, now=NOW)
    rest = timedelta(seconds=60 / 18)
    assert claimed(either, now=NOW + rest - MILLISECOND) == []
    assert claimed(either, now=NOW + rest) == [notes[1]]


def test_a_copy_after_doubt_goes_out_with_its_number(either):
    released(either)
    doubt(either, claim(either)[0])
    resolve(either, now=LATER)
    (again,) = [one for one in claim(either, limit=9, now=LATER) if one.delivery_id == 1]
    assert (again.number, again.copies) == (2, 1)
