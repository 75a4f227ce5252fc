"""Claims, outcomes, doubt and its end: every change of a delivery happens once."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from sharebot.models import Asset, Attempt, Bot
from sharebot.store import bots, deliveries, officers, recovery
from sharebot.store.database import Database
from sharebot.store.deliveries import Claim
from sharebot.store.queue import get_entry, withdraw
from sharebot.values.status import AssetKind, AttemptOutcome, DeliveryStatus, EntryStatus, OfficerStatus
from tests.cast import NOW
from tests.store.props import delivery, released, statuses

SENT, QUEUED, UNCERTAIN = DeliveryStatus.SENT, DeliveryStatus.QUEUED, DeliveryStatus.UNCERTAIN
LATER = NOW + timedelta(seconds=100)


def claim(database: Database, *, limit: int = 1, now: datetime = NOW, worker: str = "one") -> list[Claim]:
    with database.write() as session:
        return deliveries.claim_due(session, now=now, limit=limit, worker=worker)


def outcomes(database: Database) -> list[AttemptOutcome]:
    with database.read() as session:
        return list(session.exec(select(Attempt.outcome).order_by(Attempt.id)))  # type: ignore[arg-type]


def doubt(database: Database, one: Claim, *, now: datetime = NOW) -> None:
    with database.write() as session:
        assert deliveries.mark_uncertain(session, one, "no answer", now=now)


def resolve(database: Database, *, now: datetime) -> tuple[int, int]:
    with database.write() as session:
        return recovery.resolve_uncertain(session, now=now)


def test_a_claim_is_written_down_before_anything_is_sent(either):
    released(either)
    (one,) = claim(either)
    assert statuses(either) == [DeliveryStatus.SENDING, QUEUED]
    assert outcomes(either) == [AttemptOutcome.OPEN]
    assert (one.delivery_id, one.number, delivery(either).sending_since) == (1, 1, NOW)


def test_nobody_has_two_messages_on_their_way_and_the_order_holds(either):
    released(either, items=3)
    first = claim(either, limit=9)
    assert [one.delivery_id for one in first] == [1, 2]
    assert claim(either, limit=9, now=NOW + timedelta(seconds=5)) == []
    with either.write() as session:
        deliveries.mark_sent(session, first[0], message_id=7, now=NOW)
    assert claim(either, limit=9) == [], "a chat gets one message a second"
    assert [one.delivery_id for one in claim(either, limit=9, now=NOW + timedelta(seconds=1))] == [3]


def test_what_is_not_due_or_over_is_not_claimed(either):
    released(either)
    assert claim(either, now=NOW - timedelta(seconds=1)) == []
    assert claim(either, now=NOW + timedelta(days=3)) == []
    with either.write() as session:
        assert recovery.expire_due(session, now=NOW + timedelta(days=3)) == 2
    assert statuses(either) == [DeliveryStatus.EXPIRED] * 2


@pytest.mark.parametrize("status", [one for one in OfficerStatus if one is not OfficerStatus.ACTIVE])
def test_only_active_officers_are_written_to(either, status: OfficerStatus):
    released(either)
    with either.write() as session:
        officers.set_status(session, 1, old=OfficerStatus.ACTIVE, new=status)
    assert [one.delivery_id for one in claim(either, limit=9)] == [2]


def test_nothing_is_claimed_while_the_bot_is_paused_or_halted(either):
    released(either)
    with either.write() as session:
        bots.pause_bot(session, "the token")
    assert claim(either) == []
    with either.write() as session:
        bots.resume_bot(session)
        bots.block_until(session, LATER)
        bots.block_until(session, NOW)
    assert claim(either) == [], "an earlier halt replaced the later one"
    assert len(claim(either, now=LATER)) == 1


def test_success_counts_one_copy(either):
    released(either)
    (one,) = claim(either)
    with either.write() as session:
        assert deliveries.mark_sent(session, one, message_id=2**40, now=LATER)
    row = delivery(either)
    assert (row.status, row.message_id, row.sent_at, row.copies) == (SENT, 2**40, LATER, 1)
    assert outcomes(either) == [AttemptOutcome.SENT]


def test_what_did_not_leave_waits_and_costs_no_copy(either):
    released(either)
    (one,) = claim(either)
    with either.write() as session:
        assert deliveries.mark_not_sent(session, one, "refused " * 99, retry_at=LATER, now=NOW)
    row = delivery(either)
    assert (row.status, row.due_at, row.copies, row.sending_since) == (QUEUED, LATER, 0, None)
    assert len(row.error or "") == 300


def test_a_fenced_claim_changes_nothing(either):
    """A process that slept through its time must not overwrite what another one did since."""
    released(either)
    (slept,) = claim(either)
    with either.write() as session:
        assert recovery.recover_lost(session, now=NOW + timedelta(seconds=121)) == 1
    resolve(either, now=NOW + timedelta(seconds=300))
    (_, second) = sorted(
        claim(either, limit=9, now=NOW + timedelta(seconds=300), worker="two"), key=lambda c: -c.delivery_id
    )
    assert second.delivery_id == slept.delivery_id
    with either.write() as session:
        assert not deliveries.is_held(session, slept)
        assert deliveries.is_held(session, second)
        assert not deliveries.mark_failed(session, slept, "late", now=LATER)
        assert not deliveries.mark_not_sent(session, slept, "late", retry_at=LATER, now=LATER)
        assert not deliveries.mark_uncertain(session, slept, "late", now=LATER)
        assert not deliveries.mark_sent(session, slept, message_id=5, now=LATER)
        assert not deliveries.put_back(session, slept, now=LATER)
    assert delivery(either).status is DeliveryStatus.SENDING
    assert delivery(either).copies == 1


def test_doubt_waits_90_seconds_then_one_more_copy_then_a_person(either):
    released(either)
    (one,) = claim(either)
    doubt(either, one)
    assert resolve(either, now=NOW + timedelta(seconds=89)) == (0, 0)
    assert resolve(either, now=NOW + timedelta(seconds=90)) == (1, 0)
    again = next(c for c in claim(either, limit=9, now=LATER) if c.delivery_id == 1)
    assert (again.number, again.copies) == (2, 1)
    doubt(either, again, now=LATER)
    assert resolve(either, now=LATER + timedelta(seconds=90)) == (0, 1)
    assert (delivery(either).status, delivery(either).copies) == (DeliveryStatus.NEEDS_REVIEW, 2)
    assert resolve(either, now=LATER + timedelta(days=1)) == (0, 0)


def test_doubt_past_the_expiry_goes_to_a_person(either):
    released(either)
    (one,) = claim(either)
    doubt(either, one, now=NOW + timedelta(days=3))
    assert resolve(either, now=NOW + timedelta(days=4)) == (0, 1)


@pytest.mark.parametrize("resolved_after", [None, 90])
def test_a_late_result_ends_the_doubt(either, resolved_after: int | None):
    released(either)
    (one,) = claim(either)
    with either.write() as session:
        recovery.recover_lost(session, now=NOW + timedelta(seconds=120))
    if resolved_after:
        resolve(either, now=NOW + timedelta(seconds=120 + resolved_after))
    with either.write() as session:
        assert deliveries.mark_sent(session, one, message_id=9, now=LATER)
    row = delivery(either)
    assert (row.status, row.message_id, row.copies, row.error) == (SENT, 9, 1, None)
    assert outcomes(either) == [AttemptOutcome.SENT]


@pytest.mark.parametrize("waits", [0, 90])
def test_a_tap_ends_the_doubt_and_names_the_message(either, waits: int):
    released(either)
    (one,) = claim(either)
    doubt(either, one)
    resolve(either, now=NOW + timedelta(seconds=waits))
    with either.write() as session:
        recovery.prove_arrival(session, 1, message_id=44, now=LATER)
    row = delivery(either)
    assert (row.status, row.message_id, row.copies) == (SENT, 44, 1)


def test_a_tap_does_not_move_what_was_never_sent(either):
    released(either)
    with either.write() as session:
        recovery.prove_arrival(session, 1, message_id=44, now=LATER)
    assert statuses(either) == [QUEUED, QUEUED]


def test_a_worker_that_restarts_doubts_only_its_own(either):
    released(either)
    claim(either, worker="one")
    claim(either, worker="two")
    with either.write() as session:
        assert recovery.recover_own(session, worker="one", now=NOW) == 1
        assert recovery.recover_own(session, worker="one", now=NOW) == 0
    assert statuses(either) == [UNCERTAIN, DeliveryStatus.SENDING]
    assert outcomes(either) == [AttemptOutcome.UNKNOWN, AttemptOutcome.OPEN]


def test_nothing_is_lost_to_doubt_before_two_minutes(either):
    released(either)
    claim(either)
    with either.write() as session:
        assert recovery.recover_lost(session, now=NOW + timedelta(seconds=119)) == 0
        assert recovery.recover_lost(session, now=NOW + timedelta(seconds=120)) == 1


def test_what_was_put_back_is_due_as_before(either):
    released(either)
    (one,) = claim(either)
    with either.write() as session:
        assert deliveries.put_back(session, one, now=LATER)
    assert (delivery(either).status, delivery(either).due_at, delivery(either).copies) == (QUEUED, NOW, 0)
    assert outcomes(either) == [AttemptOutcome.NOT_SENT]


def test_a_refused_content_pauses_its_entry_and_spares_the_others(either):
    released(either)
    (one,) = claim(either)
    with either.write() as session:
        deliveries.mark_failed(session, one, "400", now=NOW)
        deliveries.pause_entry(session, 1, "Telegram refuses it")
    assert claim(either, limit=9, now=LATER) == []
    with either.read() as session:
        entry = get_entry(session, 1)
    assert (entry.status, entry.note) == (EntryStatus.PAUSED, "Telegram refuses it")


def test_a_pause_does_not_bring_a_withdrawn_entry_back(either):
    released(either)
    claim(either)
    with either.write() as session:
        assert withdraw(session, 1, by="someone", now=NOW) == 1
        deliveries.pause_entry(session, 1, "Telegram refuses it")
    with either.read() as session:
        assert get_entry(session, 1).status is EntryStatus.WITHDRAWN


def test_a_file_is_uploaded_once(either):
    released(either)
    with either.write() as session:
        for url in ("https://a.example/1.png", "https://a.example/2.png"):
            session.add(Asset(variant_id=1, kind=AssetKind.PICTURE, url=url))
        session.flush()
        deliveries.remember_file(session, 1, "https://a.example/2.png", "FILE9")
    with either.read() as session:
        assert [asset.file_id for asset in session.exec(select(Asset).order_by(Asset.id))] == [None, "FILE9"]  # type: ignore[arg-type]


def test_whoever_comes_back_gets_the_latest_three(either):
    released(either, items=5)
    with either.write() as session:
        officers.mark_unreachable(session, 2)
        assert officers.come_back(session, 2, old=OfficerStatus.UNREACHABLE, now=LATER)
        assert not officers.come_back(session, 2, old=OfficerStatus.UNREACHABLE, now=LATER)
    bens = [delivery(either, number).status for number in (2, 4, 6, 8, 10)]
    assert bens == [DeliveryStatus.SUPPRESSED] * 2 + [QUEUED] * 3
    assert [delivery(either, number).status for number in (1, 3, 5, 7, 9)] == [QUEUED] * 5


def test_what_is_planned_for_later_is_no_backlog(either):
    released(either, items=5)
    with either.write() as session:
        assert deliveries.hold_back_backlog(session, 2, now=NOW - timedelta(hours=1)) == 0


def test_the_pace_is_smooth_and_shared(either):
    released(either)
    with either.write() as session:
        starts = [bots.reserve_slot(session, now=NOW, per_second=25) for _ in range(3)]
    assert starts == [NOW + timedelta(seconds=number / 25) for number in range(3)]
    with either.write() as session:
        bots.block_until(session, LATER)
        assert bots.reserve_slot(session, now=NOW, per_second=25) == LATER


def test_five_failures_in_a_row_open_the_breaker_and_a_success_closes_it(either):
    released(either)
    with either.write() as session:
        for _ in range(4):
            bots.record_failure(session, now=NOW)
        assert not bots.is_halted(session, now=NOW)
        bots.record_failure(session, now=NOW)
        assert bots.is_halted(session, now=NOW + timedelta(seconds=29))
        assert not bots.is_halted(session, now=NOW + timedelta(seconds=30))
        bots.record_success(session)
        bots.record_failure(session, now=LATER)
        assert not bots.is_halted(session, now=LATER)


def test_another_bots_token_is_noticed(either):
    with either.write() as session:
        assert bots.record_identity(session, external_id=7_000_000_001, username="a_bot")
        assert bots.record_identity(session, external_id=7_000_000_001, username="b_bot")
        assert not bots.record_identity(session, external_id=8, username="c_bot")
    with either.read() as session:
        bot = session.get(Bot, 1)
    assert bot is not None
    assert (bot.external_id, bot.username) == (7_000_000_001, "b_bot")
