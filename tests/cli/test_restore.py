"""`sharebot restore`: the backup in its place, the old file aside, and nobody back who was erased."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sharebot.cli.setup import opened
from sharebot.store import erasure
from sharebot.store.lock import Presence
from tests.cast import add_member, add_officer
from tests.cli.conftest import Call


@pytest.fixture
def before(call: Call) -> str:
    """A backup with two officers, of whom one was erased after it."""
    call("migrate")
    with opened() as (_, database), database.write() as session:
        member = add_member(session, "north")
        for number in (1, 2):
            add_officer(session, member, f"Desk {number}", chat_id=7_000_000_000 + number)
    call("backup", "before")
    with opened() as (_, database):
        with database.write() as session:
            erasure.erase(session, 1, now=datetime.now(UTC))
        erasure.press_out(database)
    return "before"


def test_whoever_was_erased_since_the_backup_is_erased_again(call: Call, before: str, tmp_path: Path):
    code, shown = call("restore", before)
    assert code == 0
    assert "erased again: 1 of 1 officers" in shown
    (aside,) = tmp_path.glob("data/replaced-*")
    assert (aside / "sharebot.db").exists()
    code, shown = call("officers", "list")
    assert "Desk 1" not in shown
    assert "gone" in shown
    assert "Desk 2" in shown
    with opened() as (_, database), database.read() as session:
        assert [one.officer_id for one in erasure.list_erasures(session)] == [1]


def test_without_a_present_database_it_is_only_put_there(call: Call, before: str, tmp_path: Path):
    for one in tmp_path.glob("data/sharebot.db*"):
        one.unlink()
    code, shown = call("restore", before)
    assert (code, "erased again: 0 of 0" in shown) == (0, True)
    assert "Desk 1" in call("officers", "list")[1], "nobody can know who was erased"


def test_nothing_is_touched_when_a_worker_runs_or_the_backup_is_none(call: Call, before: str, tmp_path: Path):
    (tmp_path / "none").write_bytes(b"SQLite format 3\0" + b"x" * 4096)
    assert call("restore", "none")[0] == 1
    with opened() as (_, database):
        presence = Presence(database, "w")
        presence.enter()
        assert call("restore", before)[0] == 75
        presence.leave()
    assert list(tmp_path.glob("data/replaced-*")) == []


def test_a_present_database_that_cannot_be_read_stops_it(call: Call, before: str, tmp_path: Path):
    present = tmp_path / "data" / "sharebot.db"
    present.write_bytes(b"no database at all" * 500)
    code, shown = call("restore", before)
    assert code == 78
    assert "nobody knows who was erased" in shown
    assert present.read_bytes().startswith(b"no database")
