"""From every released revision to the newest, on both databases, with rows in every table; also after a kill -9."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, select

from sharebot.models import AssetFile, Bot, Chat, Delivery, InboxUpdate, Officer
from sharebot.store.bots import ensure_bots
from sharebot.store.chats import find_chat, open_address
from sharebot.store.database import Database
from sharebot.store.schema import HEAD, current_revision, migrate
from sharebot.values.status import ChatKind, DeliveryStatus
from tests.cast import ANA, BEN
from tests.store.fresh import FILLERS, KINDS, MakeDatabase, Rows, alembic_config, all_rows, database_maker, fill

DROPPED = {
    "0001": {"officer.chat_sealed", "officer.chat_index", "officer.next_send_at", "asset.file_id"},
    "0002": set[str](),
    "0003": set[str](),
}
CHILD = """
import os, signal, sys
from sqlalchemy import event
from sharebot.store.database import Database
from sharebot.store.schema import migrate
from sharebot.store.vault import Vault
database, last, seen = Database(sys.argv[1], vault=Vault([b"k" * 32])), int(sys.argv[2]), 0
@event.listens_for(database.engine, "before_cursor_execute")
def count(*_):
    global seen
    seen += 1
    if seen == last:
        os.kill(os.getpid(), signal.SIGKILL)
migrate(database)
print(seen)
"""


@pytest.fixture(params=KINDS)
def make_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeDatabase]:
    with database_maker(request, request.param, folder=tmp_path) as make:
        yield make


@pytest.fixture(params=FILLERS)
def make_old(request: pytest.FixtureRequest, make_database: MakeDatabase) -> MakeDatabase:
    def make() -> Database:
        database = make_database()
        fill(database, request.param)
        return database

    return make


def test_every_released_revision_is_tried_with_rows_in_every_table(make_old: MakeDatabase):
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    assert known == {*FILLERS, HEAD}
    assert [name for name, rows in all_rows(make_old()).items() if not rows] == []


def test_no_row_is_lost_or_changed_but_in_the_columns_that_moved(make_old: MakeDatabase):
    old = make_old()
    before, revision = all_rows(old), current_revision(old)
    assert migrate(old) == HEAD
    _check_rows(before, all_rows(old), revision=revision)


def _check_rows(before: Rows, after: Rows, *, revision: str | None) -> None:
    gone = set()
    for table, rows in before.items():
        if table == "alembic_version":
            continue
        columns = [name for name in rows[0] if name in after[table][0]]
        gone |= {f"{table}.{name}" for name in rows[0] if name not in columns}
        assert _only(columns, after[table]) == _only(columns, rows), table
    assert gone == DROPPED[revision or ""]


def _only(columns: list[str], rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr([row[name] for name in columns]) for row in rows)


def test_what_moved_is_where_the_models_read_it(make_old: MakeDatabase):
    old = make_old()
    migrate(old)
    with old.read() as session:
        officers = {officer.id: officer for officer in session.exec(select(Officer))}
        assert officers[3].chat_id is None
        for number, address in ((1, ANA), (2, BEN)):
            chat = find_chat(session, 1, address)
            assert chat is not None
            assert (chat.id, chat.kind) == (officers[number].chat_id, ChatKind.PRIVATE)
            assert open_address(session, chat) == address
            assert chat.next_send_at is not None
        deliveries = {one.id: one for one in session.exec(select(Delivery))}
        chats = {number: officer.chat_id for number, officer in officers.items()}
        assert {n: (one.bot_id, one.chat_id) for n, one in deliveries.items()} == {n: (1, chats[n]) for n in (1, 2, 3)}
        assert deliveries[2].status is DeliveryStatus.SENDING
        files = [(one.asset_id, one.bot_id, one.file_id) for one in session.exec(select(AssetFile))]
        assert files == [(1, 1, "handle-1")]
        updates = session.exec(select(InboxUpdate).order_by("update_id")).all()
        assert [(one.bot_id, one.update_id, one.done_at is None) for one in updates] == [
            (1, 5_000_000_001, False),
            (1, 5_000_000_002, True),
        ]
        bot = session.exec(select(Bot)).one()
        assert (bot.code, bot.external_id, bot.slowness, bot.failures_in_row) == ("main", 7_000_000_001, 1, 2)


def test_every_model_reads_its_rows(make_old: MakeDatabase):
    old = make_old()
    migrate(old)
    kept = all_rows(old)
    with old.read() as session:
        for mapper in SQLModel._sa_registry.mappers:
            name = str(mapper.local_table.name)  # type: ignore[attr-defined]
            assert len(session.exec(select(mapper.class_)).all()) == len(kept[name]), name


def test_foreign_keys_hold_afterwards(make_old: MakeDatabase):
    old = make_old()
    migrate(old)
    with old.engine.connect() as connection:
        if old.is_sqlite:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    for parent in ("bot", "chat", "officer", "asset", "delivery"):
        with pytest.raises(IntegrityError), old.engine.begin() as connection:
            connection.execute(text(f"DELETE FROM {parent}"))


def test_new_rows_get_ids_of_their_own(make_old: MakeDatabase):
    old = make_old()
    migrate(old)
    with old.write() as session:
        assert ensure_bots(session, ["africa"]) == {"africa": 2}
        session.add(Chat(bot_id=2, kind=ChatKind.GROUP, address_sealed="x", address_index="x"))


def test_an_installation_without_a_bot_gets_one_for_its_rows(make_database: MakeDatabase):
    old = make_database()
    fill(old, "0001")
    with old.engine.begin() as connection:
        connection.execute(text("DELETE FROM bot"))
    migrate(old)
    with old.read() as session:
        bot = session.exec(select(Bot)).one()
        assert {one.bot_id for one in session.exec(select(Delivery))} == {bot.id}


def test_tables_made_by_migrations_are_those_of_the_models_to_the_last_index(
    make_old: MakeDatabase, make_database: MakeDatabase
):
    old, new = make_old(), make_database()
    migrate(old)
    SQLModel.metadata.create_all(new.engine)
    made, wanted = _shape(old), _shape(new)
    made.pop("alembic_version")
    assert made == wanted


def _shape(database: Database) -> dict[str, Any]:
    """Return all that both databases tell of their tables."""
    found = inspect(database.engine)
    return {
        name: {
            "columns": sorted(
                (one["name"], repr(one["type"]), one["nullable"], one["default"]) for one in found.get_columns(name)
            ),
            "key": found.get_pk_constraint(name),
            "foreign": sorted(map(repr, found.get_foreign_keys(name))),
            "unique": sorted(repr((one["name"], one["column_names"])) for one in found.get_unique_constraints(name)),
            "indexes": sorted(_index(one) for one in found.get_indexes(name)),
        }
        for name in found.get_table_names()
    }


def _index(index: Any) -> str:
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return repr((index["name"], index["column_names"], bool(index["unique"]), options))


def test_a_migration_killed_anywhere_changes_nothing_and_can_be_run_again(make_old: MakeDatabase):
    counted = _migrate_in_a_child(make_old(), kill_at=0)
    assert counted.returncode == 0, counted.stderr
    total = int(counted.stdout)
    old = make_old()
    before, revision = all_rows(old), current_revision(old)
    for tenths in (3, 5, 7, 9, 10):
        killed = _migrate_in_a_child(old, kill_at=total * tenths // 10)
        assert killed.returncode == -signal.SIGKILL, f"at {tenths} tenths: {killed.stdout}{killed.stderr}"
        assert current_revision(old) == revision
        assert all_rows(old) == before
    assert migrate(old) == HEAD
    _check_rows(before, all_rows(old), revision=revision)


def _migrate_in_a_child(database: Database, *, kill_at: int) -> subprocess.CompletedProcess[str]:
    url = database.url.render_as_string(hide_password=False)
    words = [sys.executable, "-c", CHILD, url, str(kill_at)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
