"""Backups: whole while a worker writes, marked, for the owner's eyes; nothing half made looks whole."""

import gzip
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sharebot.errors import ConfigError, Refused
from sharebot.models import JobSlot, Marker
from sharebot.store.backup import BACKUP, back_up, check_backup
from sharebot.store.database import Database
from sharebot.store.restore import check_integrity
from sharebot.store.schema import HEAD, current_revision, migrate
from tests.cast import NOW
from tests.store.fresh import (
    KINDS,
    MakeDatabase,
    all_rows,
    database_maker,
    fill,
    path_with_postgres_programs,
    put_back,
)

# Every transaction writes a row and how many there are: a copy between the two would show it.
WRITER = """
import sys
from datetime import UTC, datetime, timedelta
from sharebot.models import JobSlot, Marker
from sharebot.store.database import Database
from sharebot.store.vault import Vault
database, at = Database(sys.argv[1], vault=Vault([b"k" * 32])), datetime(2026, 1, 1, tzinfo=UTC)
for number in range(1, 1_000_000):
    with database.write() as session:
        session.merge(Marker(name="slots", value=str(number), at=at))
        session.add(JobSlot(job="writer", slot_at=at + timedelta(seconds=number), taken_at=at))
    print(number, flush=True)
"""
COPIER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from sharebot.store.backup import back_up
from sharebot.store.database import Database
from sharebot.store.vault import Vault
back_up(Database(sys.argv[1], vault=Vault([b"k" * 32])), Path(sys.argv[2]), now=datetime.now(UTC))
"""


@pytest.fixture(params=KINDS)
def make_database(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeDatabase]:
    if request.param == "postgresql":
        monkeypatch.setenv("PATH", path_with_postgres_programs())
    with database_maker(request, request.param, folder=tmp_path) as make:
        yield make


@pytest.fixture
def live(make_database: MakeDatabase) -> Database:
    database = make_database()
    fill(database, "0001")
    migrate(database)
    return database


def restored(backup: Path, make_database: MakeDatabase) -> Database:
    database = make_database()
    said = put_back(backup, database)
    assert said is None or said.returncode == 0, said.stderr
    return database


def url_of(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def test_a_backup_holds_every_row_and_the_mark_and_stands_alone(
    live: Database, make_database: MakeDatabase, tmp_path: Path
):
    path = tmp_path / "backups" / "copy"
    size = back_up(live, path, now=NOW)
    assert size == path.stat().st_size > 1000
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [one.name for one in path.parent.iterdir()] == ["copy"]
    assert check_backup(path) == NOW
    assert [one.name for one in path.parent.iterdir()] == ["copy"], "a check leaves files of its own"
    before, copy = all_rows(live), restored(path, make_database)
    with copy.write() as session:
        mark = session.get(Marker, BACKUP)
        assert mark is not None
        assert mark.at == NOW
        session.delete(mark)
    assert all_rows(copy) == before
    with live.read() as session:
        assert session.get(Marker, BACKUP) is None, "the database at work is no backup"


def test_backups_are_whole_while_a_worker_writes(live: Database, make_database: MakeDatabase, tmp_path: Path):
    words = [sys.executable, "-c", WRITER, url_of(live)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        written, seen = int(writer.stdout.readline()), []
        for number in range(4):
            path = tmp_path / f"copy{number}"
            back_up(live, path, now=NOW)
            check_backup(path)
            seen.append(_counted(restored(path, make_database)))
            assert seen[-1] >= written, "a copy is older than its backup's beginning"
            while written <= seen[-1]:
                written = int(writer.stdout.readline())
        assert writer.poll() is None
        writer.kill()
    assert seen == sorted(set(seen)), "the writer stood still meanwhile"


def _counted(copy: Database) -> int:
    with copy.read() as session:
        said = session.get(Marker, "slots")
        rows = session.connection().execute(text("SELECT count(*) FROM job_slot WHERE job = 'writer'")).scalar_one()
        assert said is not None
        assert int(said.value) == rows
        return int(rows)


def test_nothing_is_overwritten(live: Database, tmp_path: Path):
    path = tmp_path / "copy"
    path.write_text("precious")
    with pytest.raises(Refused, match=r"copy is there already; nothing is overwritten"):
        back_up(live, path, now=NOW)
    assert path.read_text() == "precious"


def test_a_killed_backup_leaves_nothing_that_looks_whole(live: Database, tmp_path: Path):
    _make_large(live)
    folders = (tmp_path / f"backups{number}" for number in range(20))
    folder = next(one for one in folders if _killed_in_time(live, one))
    left = list(folder.iterdir())
    assert left
    assert all(".partial" in one.name for one in left)
    back_up(live, folder / "copy", now=NOW)
    assert check_backup(folder / "copy") == NOW


def _killed_in_time(database: Database, folder: Path) -> bool:
    """Kill -9 a backup as soon as it has written something; False when it was over already."""
    copier = subprocess.Popen([sys.executable, "-c", COPIER, url_of(database), str(folder / "copy")])
    _wait_for(lambda: _has_written(folder))
    copier.kill()
    return copier.wait() == -signal.SIGKILL


def _has_written(folder: Path) -> bool:
    try:
        return any(one.stat().st_size for one in folder.iterdir())
    except FileNotFoundError:  # not begun, or renamed just now
        return (folder / "copy").exists()


def _make_large(database: Database) -> None:
    """Add some 24 MB of letters that no compression makes small."""
    letters = "hex(randomblob(200000))"
    if not database.is_sqlite:
        letters = "(SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 12500))"
    columns = "content_id, external_id, language, title, text, revision, warnings, updated_at"
    row = f"SELECT 1, :name, :name, '', {letters}, 1, '', updated_at FROM variant WHERE id = 1"
    with database.engine.begin() as connection:
        for number in range(60):
            connection.execute(text(f"INSERT INTO variant ({columns}) {row}"), {"name": f"{number:03}"})


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_a_full_disk_ends_a_backup_with_a_word_and_without_a_trace(live: Database, tmp_path: Path):
    _make_large(live)
    folder = tmp_path / "backups"

    def only_a_megabyte() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    words = [sys.executable, "-c", COPIER, url_of(live), str(folder / "copy")]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60, preexec_fn=only_a_megabyte)
    assert done.returncode == 1
    assert "sharebot.errors.Refused" in done.stderr.splitlines()[-1]
    assert list(folder.iterdir()) == []


def test_a_database_of_an_older_revision_is_backed_up_as_it_is(make_database: MakeDatabase, tmp_path: Path):
    old = make_database()
    fill(old, "0001")
    back_up(old, tmp_path / "copy", now=NOW)
    assert current_revision(old) == "0001"
    copy = restored(tmp_path / "copy", make_database)
    assert current_revision(copy) == "0001"
    assert migrate(copy) == HEAD
    with copy.read() as session:
        assert session.get(Marker, BACKUP) is not None


def test_a_backup_of_a_restored_backup_is_marked_with_its_own_time(
    live: Database, make_database: MakeDatabase, tmp_path: Path
):
    back_up(live, tmp_path / "first", now=NOW)
    copy = restored(tmp_path / "first", make_database)
    later = NOW.replace(hour=9)
    back_up(copy, tmp_path / "second", now=later)
    assert check_backup(tmp_path / "second") == later
    assert JobSlot.__tablename__ in all_rows(restored(tmp_path / "second", make_database))


def test_a_damaged_backup_is_told_from_a_whole_one(live: Database, tmp_path: Path):
    path = tmp_path / "copy"
    back_up(live, path, now=NOW)
    whole = path.read_bytes()
    for share in (0.2, 0.5, 0.9):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(Refused, match=r"damaged|cut off"):
            check_backup(path)
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + os.urandom(9000) + whole[middle + 9000 :])
    with pytest.raises(Refused, match="damaged"):
        check_backup(path)
    path.write_bytes(whole)
    assert check_backup(path) == NOW


def test_half_a_backup_that_was_put_back_is_never_taken_for_the_whole(
    live: Database, make_database: MakeDatabase, tmp_path: Path
):
    path = tmp_path / "copy"
    back_up(live, path, now=NOW)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    copy = make_database()
    put_back(path, copy)
    if copy.is_sqlite:
        with pytest.raises(ConfigError, match="is damaged"):
            check_integrity(copy)
    else:
        assert all_rows(copy) == {}


def test_what_is_no_backup_is_not_taken_for_one(database: Database, tmp_path: Path):
    for name, content in (("words", b"words"), ("empty", b""), ("zip", gzip.compress(b"\xff\xfe words"))):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Refused, match="not a backup"):
            check_backup(tmp_path / name)
    assert database.path is not None
    with pytest.raises(Refused, match="is a SQLite file, but not a backup made by sharebot"):
        check_backup(database.path)
    with pytest.raises(Refused, match="No such file"):
        check_backup(tmp_path / "missing")


def test_without_a_database_there_is_no_backup_and_none_is_made(tmp_path: Path, database: Database):
    missing = Database(f"sqlite:///{tmp_path / 'none.db'}", vault=database.vault)
    with pytest.raises(ConfigError, match=r"there is no database at .*none\.db"):
        back_up(missing, tmp_path / "copy", now=NOW)
    assert not (tmp_path / "none.db").exists()
