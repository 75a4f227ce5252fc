"""Deliveries as a whole: an entry's pause, a file's handle, a backlog, a welcome."""

from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.config.settings import Settings
from sharebot.errors import NotFound
from sharebot.models import Asset, AssetFile, Delivery
from sharebot.store import deliveries, officers, outcomes
from sharebot.store.bots import ensure_bots
from sharebot.store.cards import get_card
from sharebot.store.queue import get_entry, withdraw
from sharebot.values.messages import Receipt
from sharebot.values.status import AssetKind, DeliveryKind, DeliveryStatus, EntryStatus, OfficerStatus
from tests.cast import NOW
from tests.store.props import claim, claimed, delivery, released

QUEUED = DeliveryStatus.QUEUED
LATER = NOW + timedelta(seconds=100)


def test_a_refused_content_pauses_its_entry_and_spares_the_others(either):
    released(either)
    (one,) = claim(either)
    with either.write() as session:
        outcomes.mark_failed(session, one, "400", now=NOW)
        deliveries.pause_entry(session, 1, "Telegram refuses it")
    assert claimed(either, now=LATER) == []
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


def test_a_file_is_uploaded_once_by_each_bot(either):
    released(either)
    url = "https://a.example/2.png"
    with either.write() as session:
        session.add(Asset(variant_id=1, kind=AssetKind.FILE, url="https://a.example/1.pdf"))
        session.add(Asset(variant_id=1, kind=AssetKind.PICTURE, url=url))
        session.flush()
        deliveries.remember_file(session, 1, url, Receipt(1, "FILE9"))
        deliveries.remember_file(session, 2, url, Receipt(1, "FILE10"))
        deliveries.remember_file(session, 1, "https://a.example/another.png", Receipt(1, "FILE11"))
    with either.read() as session:
        kept = [(one.asset_id, one.bot_id, one.file_id) for one in session.exec(select(AssetFile))]
        assert kept == [(2, 1, "FILE9")]
        assert get_card(session, 1, settings=Settings(), now=NOW).file_id == "FILE9"


def test_another_bot_cannot_use_the_handle(either):
    released(either)
    url = "https://a.example/2.png"
    with either.write() as session:
        session.add(Asset(variant_id=1, kind=AssetKind.PICTURE, url=url))
        session.flush()
        deliveries.remember_file(session, 1, url, Receipt(1, "FILE9"))
        africa = ensure_bots(session, ["africa"])["africa"]
        session.connection().exec_driver_sql(f"UPDATE delivery SET bot_id = {africa} WHERE id = 2")
    with either.read() as session:
        assert get_card(session, 2, settings=Settings(), now=NOW).file_id is None


def test_whoever_comes_back_gets_the_latest_three(either):
    """T18."""
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


def test_each_confirmation_is_welcomed_once_in_the_officers_own_chat(either):
    released(either)
    with either.write() as session:
        deliveries.add_welcome(session, 2, now=NOW, expires_at=LATER)
        deliveries.add_welcome(session, 2, now=LATER, expires_at=LATER + timedelta(days=1))
    with either.read() as session:
        rows = session.exec(select(Delivery).where(Delivery.kind == DeliveryKind.WELCOME)).all()
        bens = deliveries.get_delivery(session, 2)
    assert [(row.chat_id, row.bot_id) for row in rows] == [(bens.chat_id, bens.bot_id)] * 2
    assert len({row.key for row in rows}) == 2


def test_a_delivery_that_is_not_there_is_not_found(either):
    with either.read() as session, pytest.raises(NotFound, match="no delivery 9"):
        deliveries.get_delivery(session, 9)
