"""Outcomes: every change of a claimed delivery is written once, by whoever holds the claim."""

from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.models import Attempt
from sharebot.store import erasure, outcomes, recovery
from sharebot.store.chats import ensure_chat
from sharebot.store.claims import Pace, is_held
from sharebot.values.status import AttemptOutcome, ChatKind, DeliveryStatus
from tests.cast import NOW
from tests.store.props import (
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
SECOND = timedelta(seconds=1)
LATER = NOW + 100 * SECOND


def test_success_counts_one_copy_and_gives_its_chat_a_second(either):
    released(either)
    (one,) = claim(either)
    with either.write() as session:
        outcomes.mark_sent(session, one, message_id=2**40, now=LATER)
    row = delivery(either)
    assert (row.status, row.message_id, row.sent_at, row.copies) == (SENT, 2**40, LATER, 1)
    assert (row.sending_since, rests_until(either)) == (None, LATER + SECOND)
    assert attempt_outcomes(either) == [AttemptOutcome.SENT]


def test_many_successes_are_written_at_once_each_with_its_own_message(either):
    released(either, items=2)
    first, second = claim(either, limit=9)
    with either.write() as session:
        outcomes.mark_all_sent(session, [(second, 8), (first, 7)], now=LATER)
        outcomes.mark_all_sent(session, [], now=LATER)
    assert [delivery(either, number).message_id for number in (1, 2, 3, 4)] == [7, 8, None, None]
    assert statuses(either) == [SENT, SENT, QUEUED, QUEUED]


@pytest.mark.parametrize(("per_minute", "seconds"), [(18, 60 / 18), (60, 1)])
def test_a_group_rests_longer_than_a_private_chat(either, per_minute: float, seconds: float):
    released(either)
    with either.write() as session:
        group = ensure_chat(session, 1, -100, ChatKind.GROUP)
    note = queue_note(either, chat=(group, 1))
    claims = claim(either, limit=9, pace=Pace(1000, per_minute))
    private, public = sorted(claims, key=lambda one: one.delivery_id)[1:]
    assert (public.delivery_id, public.address) == (note, -100)
    with either.write() as session:
        outcomes.mark_all_sent(session, [(private, 1), (public, 2)], now=NOW)
    assert rests_until(either, private.delivery_id) == NOW + SECOND
    assert rests_until(either, note) == NOW + timedelta(seconds=seconds)


def test_what_did_not_leave_waits_on_its_chat_and_costs_no_copy(either):
    released(either)
    (one,) = claim(either)
    with either.write() as session:
        assert outcomes.mark_not_sent(session, one, "refused " * 99, retry_at=LATER, now=NOW)
    row = delivery(either)
    assert (row.status, row.due_at, row.copies, row.sending_since) == (QUEUED, NOW, 0, None)
    assert (rests_until(either), rests_until(either, 2)) == (LATER, None)
    assert len(row.error or "") == 300
    assert attempt_outcomes(either) == [AttemptOutcome.NOT_SENT]


def test_what_a_429_refused_waits_a_second_and_costs_no_copy(either):
    released(either)
    (one,) = claim(either)
    with either.write() as session:
        assert outcomes.mark_rate_limited(session, one, now=NOW)
    row = delivery(either)
    assert (row.status, row.due_at, row.copies, rests_until(either)) == (QUEUED, NOW, 0, NOW + SECOND)
    assert attempt_outcomes(either) == [AttemptOutcome.RATE_LIMITED]


def test_what_was_put_back_is_due_as_before(either):
    released(either)
    (one,) = claim(either)
    with either.write() as session:
        assert outcomes.put_back(session, one, now=LATER)
    assert (delivery(either).status, delivery(either).due_at, delivery(either).copies) == (QUEUED, NOW, 0)
    assert attempt_outcomes(either) == [AttemptOutcome.NOT_SENT]
    assert claimed(either, now=LATER) == [1, 2]


def test_what_failed_lets_the_next_go_at_once(either):
    released(either, items=2)
    (one,) = claim(either)
    with either.write() as session:
        assert outcomes.mark_failed(session, one, "400: x", now=NOW)
    assert (delivery(either).status, delivery(either).error) == (DeliveryStatus.FAILED, "400: x")
    assert attempt_outcomes(either) == [AttemptOutcome.REFUSED]
    assert claimed(either) == [2, 3]


def test_what_is_uncertain_counts_a_copy_and_its_doubt_begins_now(either):
    released(either)
    (one,) = claim(either)
    doubt(either, one, now=LATER)
    row = delivery(either)
    assert (row.status, row.due_at, row.copies, row.error) == (UNCERTAIN, LATER, 1, "no answer")
    assert rests_until(either) == LATER + SECOND
    assert attempt_outcomes(either) == [AttemptOutcome.UNKNOWN]


def test_a_fenced_claim_changes_nothing(either):
    """A process that slept through its time must not overwrite what another one did since."""
    released(either)
    (slept,) = claim(either)
    with either.write() as session:
        assert recovery.recover_lost(session, now=NOW + 121 * SECOND) == 1
    resolve(either, now=NOW + 300 * SECOND)
    claims = claim(either, limit=9, now=NOW + 300 * SECOND, worker="two")
    (second,) = [one for one in claims if one.delivery_id == slept.delivery_id]
    with either.write() as session:
        assert not is_held(session, slept)
        assert is_held(session, second)
        assert not outcomes.mark_failed(session, slept, "late", now=LATER)
        assert not outcomes.mark_not_sent(session, slept, "late", retry_at=LATER, now=LATER)
        assert not outcomes.mark_rate_limited(session, slept, now=LATER)
        assert not outcomes.mark_uncertain(session, slept, "late", now=LATER)
        assert not outcomes.put_back(session, slept, now=LATER)
        outcomes.mark_sent(session, slept, message_id=5, now=LATER)
    row = delivery(either)
    assert (row.status, row.copies, row.message_id) == (DeliveryStatus.SENDING, 1, None)


def test_an_outcome_whose_commit_was_not_confirmed_can_be_written_again(either):
    """The database took it and the answer was lost: the worker writes all of it once more."""
    released(either)
    sent, failed = claim(either, limit=9)
    for _ in range(2):
        with either.write() as session:
            outcomes.mark_all_sent(session, [(sent, 7)], now=NOW)
            outcomes.mark_failed(session, failed, "400: x", now=NOW)
    assert statuses(either) == [SENT, DeliveryStatus.FAILED]
    assert (delivery(either).copies, delivery(either).message_id) == (1, 7)
    assert attempt_outcomes(either) == [AttemptOutcome.SENT, AttemptOutcome.REFUSED]


@pytest.mark.parametrize("resolved_after", [None, 90])
def test_a_late_result_ends_the_doubt(either, resolved_after: int | None):
    released(either)
    (one,) = claim(either)
    with either.write() as session:
        recovery.recover_lost(session, now=NOW + 120 * SECOND)
    if resolved_after:
        resolve(either, now=NOW + timedelta(seconds=120 + resolved_after))
    with either.write() as session:
        outcomes.mark_sent(session, one, message_id=9, now=LATER)
    row = delivery(either)
    assert (row.status, row.message_id, row.copies, row.error) == (SENT, 9, 1, None)
    assert attempt_outcomes(either) == [AttemptOutcome.SENT]
    assert 1 not in claimed(either, now=NOW + 900 * SECOND)


def test_a_late_result_among_others_ends_only_its_own_doubt(either):
    released(either, items=2)
    first, second = claim(either, limit=9)
    doubt(either, first)
    with either.write() as session:
        outcomes.mark_all_sent(session, [(first, 7), (second, 8)], now=LATER)
    assert [(delivery(either, number).status, delivery(either, number).copies) for number in (1, 2)] == [(SENT, 1)] * 2
    assert statuses(either)[2:] == [QUEUED, QUEUED]


def test_an_error_that_comes_after_an_erasure_leaves_no_words(either):
    """A mail server's answer names the address, and the erasure has looked for it already."""
    released(either)
    (one,) = claim(either)
    with either.write() as session:
        erasure.erase(session, one.officer_id or 0, now=LATER)
    with either.write() as session:
        outcomes.mark_failed(session, one, "550 <ana@north.example> is unknown", now=LATER)
    row = delivery(either)
    with either.read() as session:
        errors = session.exec(select(Attempt.error).where(Attempt.delivery_id == one.delivery_id)).all()
    assert (row.status, row.error, set(errors)) == (DeliveryStatus.CANCELLED, None, {None})
