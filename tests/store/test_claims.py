"""Claims: who may send what now, one a chat and in order, at the bot's pace."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from sharebot.store import bots, officers, outcomes
from sharebot.store.chats import ensure_chat
from sharebot.store.claims import Claim, Claimed, Pace, claim_due, open_attempts
from sharebot.store.database import Database
from sharebot.values.status import (
    AttemptOutcome,
    ChatKind,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    OfficerStatus,
    PauseKind,
)
from tests.cast import NOW
from tests.store.props import (
    FAST,
    attempt_outcomes,
    claim,
    claimed,
    delivery,
    doubt,
    queue_note,
    released,
    resolve,
    set_entry_status,
    statuses,
)

QUEUED, SENDING = DeliveryStatus.QUEUED, DeliveryStatus.SENDING
SECOND, MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)
LATER = NOW + 100 * SECOND


def ask(database: Database, *, per_second: float, limit: int = 9, now: datetime = NOW, bot_id: int = 1) -> Claimed:
    """Claim at a pace; nothing is sent, and the attempts stand open."""
    with database.write() as session:
        answer = claim_due(session, bot_id, now=now, limit=limit, pace=Pace(per_second))
        open_attempts(session, answer.claims, {}, worker="one", now=now)
        return answer


def starts(answer: Claimed) -> list[timedelta]:
    return [one.starts_at - NOW for one in answer.claims]


def send(database: Database, one: Claim, *, now: datetime) -> None:
    with database.write() as session:
        outcomes.mark_sent(session, one, message_id=7, now=now)


def two_bots(database: Database) -> tuple[int, int]:
    """Release three items to the cast by the main bot, and queue a note of another one; return both."""
    released(database, items=3)
    with database.write() as session:
        africa = bots.ensure_bots(session, ["africa"])["africa"]
        chat = ensure_chat(session, africa, 1001, ChatKind.PRIVATE)
    queue_note(database, chat=(chat, africa))
    return 1, africa


# --- what a claim is


def test_a_claim_is_written_down_before_anything_is_sent(either):
    released(either)
    with either.write() as session:
        (one,) = claim_due(session, 1, now=NOW, limit=1, pace=FAST).claims
        open_attempts(session, [one], {one.delivery_id: "a" * 64}, worker="one", now=NOW)
    assert statuses(either) == [SENDING, QUEUED]
    assert attempt_outcomes(either) == [AttemptOutcome.OPEN]
    row = delivery(either)
    assert (one.delivery_id, one.number, row.attempts, row.sending_since) == (1, 1, 1, NOW)
    assert (one.bot_id, one.chat_id, one.officer_id, one.address) == (1, row.chat_id, 1, 1001)
    with either.read() as session:
        kept = session.connection().exec_driver_sql("SELECT delivery_id, number, worker, body_sha256 FROM attempt")
        assert [tuple(row) for row in kept] == [(1, 1, "one", "a" * 64)]


def test_a_claim_that_is_not_committed_was_never_made(either):
    released(either)
    with pytest.raises(RuntimeError), either.write() as session:
        claims = claim_due(session, 1, now=NOW, limit=9, pace=FAST).claims
        open_attempts(session, claims, {}, worker="one", now=NOW)
        raise RuntimeError("the machine dies here")
    assert (statuses(either), attempt_outcomes(either)) == ([QUEUED, QUEUED], [])
    answer = ask(either, per_second=25)
    assert starts(answer)[0] == timedelta(0), "the place in the pace was lost with it"


def test_workers_at_once_never_claim_the_same_and_keep_one_pace(either):
    released(either)
    with either.write() as session:
        chats = [ensure_chat(session, 1, 5000 + number, ChatKind.PRIVATE) for number in range(30)]
    notes = {queue_note(either, chat=(chat, 1)) for chat in chats}

    def work(worker: str) -> list[Claim]:
        mine: list[Claim] = []
        while claims := claim(either, limit=3, worker=worker):
            mine += claims
        return mine

    with ThreadPoolExecutor(4) as pool:
        found = [one for mine in pool.map(work, "abcd") for one in mine]
    assert sorted(one.delivery_id for one in found) == sorted({1, 2, *notes})
    assert sorted(one.starts_at - NOW for one in found) == [number * MILLISECOND for number in range(32)]


# --- one a chat, in order


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


# --- what is not claimed


def test_what_is_not_due_or_over_is_not_claimed(either):
    released(either)
    assert claimed(either, now=NOW - MILLISECOND) == []
    assert claimed(either, now=NOW + timedelta(days=3)) == []
    assert claimed(either, now=NOW + timedelta(days=3) - MILLISECOND) == [1, 2]


@pytest.mark.parametrize("status", [one for one in OfficerStatus if one is not OfficerStatus.ACTIVE])
@pytest.mark.parametrize("kind", [one for one in DeliveryKind if one is not DeliveryKind.PREVIEW])
def test_only_active_officers_are_written_to(either, status: OfficerStatus, kind: DeliveryKind):
    released(either)
    notes = {seat: queue_note(either, chat=(seat, 1), officer_id=seat, kind=kind, entry_id=1) for seat in (1, 2)}
    with either.write() as session:
        session.connection().exec_driver_sql("DELETE FROM delivery WHERE id < 3")
        officers.set_status(session, 1, old=OfficerStatus.ACTIVE, new=status)
    assert claimed(either) == [notes[2]]
    with either.write() as session:
        officers.set_status(session, 1, old=status, new=OfficerStatus.ACTIVE)
    assert claimed(either) == [notes[1]]


@pytest.mark.parametrize("status", [one for one in EntryStatus if one is not EntryStatus.RELEASED])
def test_items_go_out_only_while_their_entry_is_released_and_notes_in_any_case(either, status: EntryStatus):
    released(either)
    note = queue_note(either, chat=(1, 1), officer_id=1, kind=DeliveryKind.WITHDRAWN, entry_id=1)
    set_entry_status(either, status)
    assert claimed(either) == [note]


@pytest.mark.parametrize("status", list(EntryStatus))
def test_a_preview_goes_out_before_the_items_and_never_with_them(either, status: EntryStatus):
    released(either)
    with either.write() as session:
        staff = ensure_chat(session, 1, -100, ChatKind.GROUP)
    preview = queue_note(either, chat=(staff, 1), kind=DeliveryKind.PREVIEW, entry_id=1)
    set_entry_status(either, status)
    allowed = {EntryStatus.PREVIEWING: [preview], EntryStatus.RELEASED: [1, 2]}
    assert claimed(either) == allowed.get(status, [])


def test_nothing_is_claimed_while_the_bot_is_paused_or_halted(either):
    released(either)
    with either.write() as session:
        bots.pause_bot(session, 1, "the token", kind=PauseKind.TOKEN)
    assert ask(either, per_second=25) == Claimed()
    with either.write() as session:
        bots.resume_bots(session)
        bots.block_until(session, 1, LATER)
    assert ask(either, per_second=25, now=LATER - MILLISECOND) == Claimed()
    assert claimed(either, now=LATER) == [1, 2]


def test_after_a_break_nothing_is_claimed_before_a_probe_succeeded(either):
    released(either)
    for _ in range(5):
        with either.write() as session:
            bots.record_failure(session, 1, now=NOW)
    assert claimed(either, now=LATER) == [], "the break is over, and nobody has asked whether Telegram answers"
    with either.write() as session:
        assert bots.claim_probe(session, 1, now=LATER)
        bots.end_probe(session, 1)
    assert claimed(either, now=LATER) == [1, 2]


def test_a_bot_that_is_not_there_and_a_worker_without_a_free_hand_claim_nothing(either):
    released(either)
    assert claimed(either, bot_id=99) == []
    assert claimed(either, limit=0) == []
    assert claimed(either, limit=-1) == []
    assert statuses(either) == [QUEUED, QUEUED]


# --- several bots


def test_bots_do_not_take_each_others_deliveries(either):
    main, africa = two_bots(either)
    assert claimed(either, bot_id=africa) == [7]
    assert claimed(either, bot_id=main) == [1, 2], "the same person's chat with another bot is another chat"


def test_bots_do_not_share_their_pace_or_their_halts(either):
    main, africa = two_bots(either)
    assert ask(either, per_second=1, limit=1, bot_id=main).next_at == NOW + SECOND
    with either.write() as session:
        bots.block_until(session, main, LATER)
        bots.slow_down(session, main, now=NOW)
    answer = ask(either, per_second=1, bot_id=africa)
    assert (starts(answer), answer.next_at) == ([timedelta(0)], NOW + SECOND)


# --- the pace


def test_the_pace_is_smooth_and_only_the_next_moment_is_claimed(either):
    released(either)
    with either.write() as session:
        chats = [ensure_chat(session, 1, 5000 + number, ChatKind.PRIVATE) for number in range(5)]
    for chat in chats:
        queue_note(either, chat=(chat, 1))
    answer = ask(either, per_second=25)
    assert starts(answer) == [timedelta(0), 40 * MILLISECOND], "80 ms ahead is too far: a crash would leave doubt"
    assert answer.next_at == NOW + 80 * MILLISECOND
    assert ask(either, per_second=25) == Claimed((), answer.next_at)
    answer = ask(either, per_second=25, now=NOW + 40 * MILLISECOND)
    assert (starts(answer), answer.next_at) == ([80 * MILLISECOND], NOW + 120 * MILLISECOND)


def test_at_a_slow_pace_one_is_claimed_and_the_answer_says_when_the_next(either):
    released(either)
    answer = ask(either, per_second=0.1)
    assert (starts(answer), answer.next_at) == ([timedelta(0)], NOW + 10 * SECOND)
    waiting = ask(either, per_second=0.1, now=NOW + 9 * SECOND)
    assert (waiting.claims, waiting.next_at) == ((), NOW + 10 * SECOND)
    last = ask(either, per_second=0.1, now=NOW + 10 * SECOND)
    assert [one.delivery_id for one in last.claims] == [2]
    assert ask(either, per_second=0.1, now=NOW + 11 * SECOND) == Claimed(), "there is nothing to wait for"


def test_whoever_has_hands_left_learns_that_nothing_more_is_due(either):
    released(either)
    answer = ask(either, per_second=1000)
    assert (len(answer.claims), answer.next_at) == (2, None)


def test_a_429_slows_the_next_claims_and_wears_off(either):
    released(either, items=9)
    with either.write() as session:
        bots.slow_down(session, 1, now=NOW)
    assert ask(either, per_second=1, limit=1).next_at == NOW + 1.25 * SECOND
    after = NOW + timedelta(minutes=5)
    assert ask(either, per_second=1, limit=1, now=after).next_at == after + (1.125 - 0.5 * 1.125) * SECOND
