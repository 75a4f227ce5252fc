"""Doubt and its end: what a crash leaves, what is waited for, what is sent once more, what a person decides."""

from datetime import timedelta

import pytest

from sharebot.models import Delivery
from sharebot.store import recovery
from sharebot.store.bots import ensure_bots
from sharebot.store.chats import ensure_chat
from sharebot.values.status import AttemptOutcome, ChatKind, DeliveryKind, DeliveryStatus
from tests.cast import NOW
from tests.store.props import (
    WAIT,
    attempt_outcomes,
    claim,
    claimed,
    delivery,
    doubt,
    queue_note,
    released,
    resolve,
    rests_until,
    statuses,
)

SENT, QUEUED, UNCERTAIN = DeliveryStatus.SENT, DeliveryStatus.QUEUED, DeliveryStatus.UNCERTAIN
SENDING, REVIEW = DeliveryStatus.SENDING, DeliveryStatus.NEEDS_REVIEW
SECOND = timedelta(seconds=1)
LATER = NOW + 100 * SECOND


def test_doubt_waits_90_seconds_then_one_more_copy_then_a_person(either):
    released(either)
    (one,) = claim(either)
    doubt(either, one)
    assert resolve(either, now=NOW + 89 * SECOND) == (0, 0)
    assert resolve(either, now=NOW + 90 * SECOND) == (1, 0)
    again = next(one for one in claim(either, limit=9, now=LATER) if one.delivery_id == 1)
    assert (again.number, again.copies) == (2, 1)
    doubt(either, again, now=LATER)
    assert resolve(either, now=LATER + 90 * SECOND) == (0, 1)
    assert (delivery(either).status, delivery(either).copies) == (REVIEW, 2)
    assert resolve(either, now=LATER + timedelta(days=1)) == (0, 0)


def test_doubt_past_the_expiry_goes_to_a_person(either):
    released(either)
    (one,) = claim(either)
    doubt(either, one, now=NOW + timedelta(days=3))
    assert resolve(either, now=NOW + timedelta(days=4)) == (0, 1)


@pytest.mark.parametrize("kind", [ChatKind.GROUP, ChatKind.CHANNEL])
def test_where_many_would_see_a_second_copy_a_person_decides(either, kind: ChatKind):
    released(either)
    with either.write() as session:
        chat = ensure_chat(session, 1, -100, kind)
    note = queue_note(either, chat=(chat, 1), due_at=NOW - SECOND)
    (one,) = claim(either)
    assert one.delivery_id == note
    doubt(either, one)
    assert resolve(either, now=NOW + WAIT) == (0, 1)
    assert delivery(either, note).status is REVIEW


def test_staffs_own_preview_may_come_twice_in_a_group(either):
    released(either)
    with either.write() as session:
        chat = ensure_chat(session, 1, -100, ChatKind.GROUP)
        session.connection().exec_driver_sql("UPDATE queue_entry SET status = 'previewing'")
    preview = queue_note(either, chat=(chat, 1), kind=DeliveryKind.PREVIEW, entry_id=1)
    (one,) = claim(either)
    assert one.delivery_id == preview
    doubt(either, one)
    assert resolve(either, now=NOW + WAIT) == (1, 0)
    assert claimed(either, now=NOW + WAIT) == [preview]


@pytest.mark.parametrize("waits", [0, 90])
def test_a_tap_ends_the_doubt_and_names_the_message(either, waits: int):
    released(either)
    (one,) = claim(either)
    doubt(either, one)
    resolve(either, now=NOW + waits * SECOND)
    with either.write() as session:
        recovery.prove_arrival(session, 1, message_id=44, now=LATER)
    row = delivery(either)
    assert (row.status, row.message_id, row.copies) == (SENT, 44, 1)


def test_a_tap_does_not_move_what_was_never_sent(either):
    released(either)
    with either.write() as session:
        recovery.prove_arrival(session, 1, message_id=44, now=LATER)
    assert statuses(either) == [QUEUED, QUEUED]


def test_a_dead_worker_leaves_doubt_about_its_own_only(either):
    released(either)
    claim(either, worker="one")
    claim(either, worker="two")
    with either.write() as session:
        assert sorted(recovery.list_open_workers(session)) == ["one", "two"]
        assert recovery.recover_worker(session, "one", now=LATER) == 1
        assert recovery.recover_worker(session, "one", now=LATER) == 0
        assert recovery.list_open_workers(session) == ["two"]
    assert statuses(either) == [UNCERTAIN, SENDING]
    assert attempt_outcomes(either) == [AttemptOutcome.UNKNOWN, AttemptOutcome.OPEN]
    row = delivery(either)
    assert (row.due_at, row.copies, row.sending_since) == (LATER, 1, None)
    assert (rests_until(either), rests_until(either, 2)) == (LATER + SECOND, None)


def test_nothing_is_lost_to_doubt_before_two_minutes(either):
    released(either)
    claim(either)
    with either.write() as session:
        assert recovery.recover_lost(session, now=NOW + 119 * SECOND) == 0
        assert recovery.recover_lost(session, now=NOW + 120 * SECOND) == 1
    assert statuses(either) == [UNCERTAIN, QUEUED]


def test_what_was_claimed_by_a_commit_whose_answer_was_lost_is_queued_as_before(either):
    """Nobody sends it: the worker never learnt that it has it. What it knows of goes on."""
    released(either)
    with either.write() as session:
        africa = ensure_bots(session, ["africa"])["africa"]
        seats = [(ensure_chat(session, bot_id, 77, ChatKind.PRIVATE), bot_id) for bot_id in (1, africa)]
    orphan, elsewhere = (queue_note(either, chat=seat) for seat in seats)
    claim(either, worker="two")
    assert [one.delivery_id for one in claim(either, limit=9, worker="one")] == [2, orphan]
    assert [one.delivery_id for one in claim(either, worker="one", bot_id=africa)] == [elsewhere]
    for count in (1, 0):
        with either.write() as session:
            assert recovery.put_back_orphans(session, "one", bot_id=1, known=[2], now=LATER) == count
    assert statuses(either) == [SENDING, SENDING, QUEUED, SENDING]
    row = delivery(either, orphan)
    assert (row.copies, row.due_at, row.sending_since) == (0, NOW, None)
    assert attempt_outcomes(either).count(AttemptOutcome.NOT_SENT) == 1
    assert claimed(either) == [orphan]


def test_what_is_still_due_when_its_time_is_over_expires(either):
    released(either)
    over = NOW + timedelta(days=3)
    claim(either)
    with either.write() as session:
        assert recovery.expire_due(session, now=over - SECOND) == 0
        assert recovery.expire_due(session, now=over) == 1
    assert statuses(either) == [SENDING, DeliveryStatus.EXPIRED], "what is on its way has not expired"


def test_a_click_ends_the_doubt_when_one_message_alone_brought_the_link(either):
    released(either)
    doubt(either, claim(either)[0])
    with either.write() as session:
        recovery.prove_by_click(session, member_id=2, variant_id=1, now=LATER)
        assert session.get_one(Delivery, 1).status is UNCERTAIN, "another party's click says nothing of it"
        recovery.prove_by_click(session, member_id=1, variant_id=1, now=LATER)
    assert (delivery(either).status, delivery(either).sent_at) == (SENT, LATER)


def test_a_click_says_nothing_when_a_colleague_has_the_link_too(either):
    released(either)
    with either.write() as session:
        session.connection().exec_driver_sql("UPDATE officer SET member_id = 1")
    for one in claim(either, limit=9):
        doubt(either, one)
    with either.write() as session:
        recovery.prove_by_click(session, member_id=1, variant_id=1, now=LATER)
    assert statuses(either) == [UNCERTAIN, UNCERTAIN]
