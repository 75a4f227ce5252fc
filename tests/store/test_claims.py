"""Claims: who may send what now, and what nobody may; order and pace are in the tests beside."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from sharebot.store import bots, officers
from sharebot.store.chats import ensure_chat
from sharebot.store.claims import Claim, Claimed, claim_due, open_attempts
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
    ask,
    attempt_outcomes,
    claim,
    claimed,
    delivery,
    queue_note,
    released,
    set_entry_status,
    starts,
    statuses,
)

QUEUED, SENDING = DeliveryStatus.QUEUED, DeliveryStatus.SENDING
SECOND, MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)
LATER = NOW + 100 * SECOND


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
