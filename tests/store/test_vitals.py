"""The machine's own figures on both databases, and whether it can be written to."""

import shutil
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from sharebot.models import Alert, Delivery, Report, Worker
from sharebot.store.bots import get_bot, pause_bot
from sharebot.store.database import Database
from sharebot.store.schema import HEAD, find_revision
from sharebot.store.vault import Vault
from sharebot.store.vitals import (
    find_disk_free,
    find_write_trouble,
    get_vitals,
    list_paused_bots,
    list_workers,
)
from sharebot.values.status import BotStatus, DeliveryKind, DeliveryStatus, PauseKind, ReportKind, ReportStatus
from tests.cast import NOW

MINUTE = timedelta(minutes=1)


def test_everything_is_counted(either: Database) -> None:
    with either.write() as session:
        main, asia = get_bot(session).id, get_bot(session, "asia").id
        for number, (bot_id, minutes) in enumerate([(main, 5), (main, 9), (main, -1), (asia, 0)]):
            session.add(
                Delivery(
                    key=str(number),
                    kind=DeliveryKind.WELCOME,
                    bot_id=bot_id or 0,
                    due_at=NOW - minutes * MINUTE,
                    expires_at=NOW + MINUTE,
                    created_at=NOW,
                )
            )
        session.add(Alert(code="disk_low", opened_at=NOW))
        session.add(Alert(code="restored", opened_at=NOW, resolved_at=NOW))
        session.add(
            Report(
                recipient="a@b.example",
                kind=ReportKind.WEEKLY,
                period="2026-W47",
                language="en",
                due_at=NOW,
                message_id="x",
            )
        )
    with either.read() as session:
        vitals = get_vitals(session, now=NOW)
    assert {word: n for word, n in vitals.deliveries.items() if n} == {DeliveryStatus.QUEUED: 4}
    assert [(bot.code, bot.due, bot.oldest_due_at) for bot in vitals.bots] == [
        ("main", 2, NOW - 9 * MINUTE),
        ("asia", 1, NOW),
    ]
    assert vitals.alerts == {"disk_low": 1}
    assert vitals.reports[ReportStatus.DUE] == 1
    assert "open" not in vitals.attempts


def test_workers_are_those_of_the_last_minute(either: Database) -> None:
    with either.write() as session:
        for seconds in (0, 60, 61):
            session.add(Worker(name=f"w{seconds}", started_at=NOW, seen_at=NOW - timedelta(seconds=seconds)))
    with either.read() as session:
        assert [one.name for one in list_workers(session, now=NOW)] == ["w0", "w60"]


def test_paused_bots_are_named(either: Database) -> None:
    with either.write() as session:
        get_bot(session)
        pause_bot(session, get_bot(session, "asia").id, "why", kind=PauseKind.STAFF)
        assert get_bot(session).status is BotStatus.RUNNING
    with either.read() as session:
        assert list_paused_bots(session) == ["asia"]


def test_the_revision_is_read_without_writing(either: Database) -> None:
    with either.read() as session:
        assert find_revision(session) == HEAD


def test_a_sound_database_can_be_written_to(either: Database) -> None:
    assert find_write_trouble(either) is None


def test_a_full_disk_is_named(database: Database) -> None:
    assert find_write_trouble(database, full_below=10**18) == "the disk is full"


def test_a_postgresql_that_only_reads_is_named(pg_database: Database, vault: Vault) -> None:
    url = pg_database.url.render_as_string(hide_password=False)
    options = quote("-c default_transaction_read_only=on")
    reading = Database(f"{url}{'&' if '?' in url else '?'}options={options}", vault=vault)
    try:
        assert find_write_trouble(reading) == "the database is read only"
    finally:
        reading.dispose()


def test_the_free_space_is_that_beside_the_file(database: Database) -> None:
    assert database.path is not None
    there = shutil.disk_usage(database.path.parent).free
    assert find_disk_free(database) == pytest.approx(there, abs=10**9)


def test_without_a_file_it_is_that_of_the_data_folder(
    pg_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):  # without a data folder, and with one
        monkeypatch.chdir(tmp_path)
        assert find_disk_free(pg_database) == pytest.approx(shutil.disk_usage(tmp_path).free, abs=10**9)
        (tmp_path / "data").mkdir(exist_ok=True)
