"""From every released revision to the newest, on both databases, with rows in every table; also after a kill -9."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import event, inspect, text
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
    "0004": set[str](),
}
# What could not be looked at by a revision, and can be by the next one.
NOW_WATCHED = {"x", "mastodon", "telegram", "website", "linkedin"}
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


OLDEST_FIRST = sorted(FILLERS)
# All of one kind in one process, so that what is copied is made once.
_KINDS = [pytest.param("sqlite", marks=pytest.mark.xdist_group("migrations")), *KINDS[1:]]


@pytest.fixture(scope="session", params=_KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def make_lasting(
    request: pytest.FixtureRequest, kind: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeDatabase]:
    with database_maker(request, kind, folder=tmp_path_factory.mktemp("lasting")) as make:
        yield make


@pytest.fixture(scope="session", params=OLDEST_FIRST)
def old_template(request: pytest.FixtureRequest, make_lasting: MakeDatabase) -> Database:
    """A database of a released revision with rows in every table, to be copied."""
    database = make_lasting()
    fill(database, request.param)
    return database


@pytest.fixture(scope="session")
def moved_template(old_template: Database, make_lasting: MakeDatabase) -> Database:
    database = make_lasting(like=old_template)
    migrate(database)
    return database


@pytest.fixture(scope="session")
def shape_of_the_models(make_lasting: MakeDatabase) -> dict[str, Any]:
    new = make_lasting()
    SQLModel.metadata.create_all(new.engine)
    return _shape(new)


@pytest.fixture
def make_database(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[MakeDatabase]:
    with database_maker(request, kind, folder=tmp_path) as make:
        yield make


@pytest.fixture
def make_old(old_template: Database, make_database: MakeDatabase) -> MakeDatabase:
    return lambda: make_database(like=old_template)


@pytest.fixture
def moved(moved_template: Database, make_database: MakeDatabase) -> Database:
    """One that was brought from a released revision to the newest."""
    return make_database(like=moved_template)


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
        kept = [_moved(row) for row in rows] if table == "social_account" else rows
        assert _only(columns, after[table]) == _only(columns, kept), table
    assert gone == DROPPED[revision or ""]


def _moved(account: dict[str, Any]) -> dict[str, Any]:
    is_freed = account["status"] == "unobservable" and account["network"] in NOW_WATCHED
    return account | {"status": "watched"} if is_freed else account


def _only(columns: list[str], rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr([row[name] for name in columns]) for row in rows)


def test_what_moved_is_where_the_models_read_it(moved: Database):
    with moved.read() as session:
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


def test_every_model_reads_its_rows(moved: Database):
    kept = all_rows(moved)
    with moved.read() as session:
        for mapper in SQLModel._sa_registry.mappers:
            name = str(mapper.local_table.name)  # type: ignore[attr-defined]
            assert len(session.exec(select(mapper.class_)).all()) == len(kept[name]), name


def test_foreign_keys_hold_afterwards(moved: Database):
    with moved.engine.connect() as connection:
        if moved.is_sqlite:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    for parent in ("bot", "chat", "officer", "asset", "delivery"):
        with pytest.raises(IntegrityError), moved.engine.begin() as connection:
            connection.execute(text(f"DELETE FROM {parent}"))


def test_new_rows_get_ids_of_their_own(moved: Database):
    with moved.write() as session:
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
    moved: Database, shape_of_the_models: dict[str, Any]
):
    made = _shape(moved)
    made.pop("alembic_version")
    assert made == shape_of_the_models


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


# All steps are one transaction. The newest is killed in any case, those that nobody changes any more in the long run.
@pytest.mark.parametrize(
    "old_template",
    [*(pytest.param(one, marks=pytest.mark.long) for one in OLDEST_FIRST[:-1]), OLDEST_FIRST[-1]],
    indirect=True,
)
def test_a_migration_killed_anywhere_changes_nothing_and_can_be_run_again(make_old: MakeDatabase):
    total = _count_statements(make_old())
    old = make_old()
    before, revision = all_rows(old), current_revision(old)
    for tenths in (3, 5, 7, 9, 10):
        killed = _migrate_in_a_child(old, kill_at=total * tenths // 10)
        assert killed.returncode == -signal.SIGKILL, f"at {tenths} tenths: {killed.stdout}{killed.stderr}"
        assert current_revision(old) == revision
        assert all_rows(old) == before
    assert migrate(old) == HEAD
    _check_rows(before, all_rows(old), revision=revision)


def _count_statements(database: Database) -> int:
    """Migrate, and return how many statements that took."""
    seen: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *of: seen.append(of[2]))
    migrate(database)
    return len(seen)


def _migrate_in_a_child(database: Database, *, kill_at: int) -> subprocess.CompletedProcess[str]:
    url = database.url.render_as_string(hide_password=False)
    words = [sys.executable, "-c", CHILD, url, str(kill_at)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
