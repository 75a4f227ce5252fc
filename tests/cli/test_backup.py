"""`sharebot backup` as people call it: where it goes, what it says, what it never holds."""

import os
import re
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Call

SERVER = "postgresql://me:hush@127.0.0.1:1/none"
# Stands in for PostgreSQL's program, which is not ours: says how it was called, then fails in its own way.
PG_DUMP = """#!/bin/sh
echo "$@" > "$0.words"
echo "$PGPASSWORD" > "$0.password"
echo "-- half a dump"
echo "pg_dump: error: $(cat "$0.error")" >&2
exit 1
"""


def test_a_backup_has_a_dated_name_and_the_key_is_not_in_it(call: Call, tmp_path: Path):
    call("migrate")
    code, shown = call("backup")
    assert code == 0
    first, second, _ = shown.splitlines()
    found = re.fullmatch(r"(data/backups/sharebot-\d{8}-\d{6}\.db)  \d+ kB", first)
    assert found, first
    assert second.startswith("Back up the key apart from it: config/sharebot.key")
    path = tmp_path / found[1]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = (tmp_path / "config" / "sharebot.key").read_bytes().strip()
    assert key not in path.read_bytes()
    code, shown = call("backup", "--check", found[1])
    assert code == 0
    assert re.fullmatch(rf"{found[1]} is a whole backup of 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC\n", shown)


def test_a_folder_or_a_name_can_be_given_and_nothing_is_overwritten(call: Call, tmp_path: Path):
    call("migrate")
    (tmp_path / "elsewhere").mkdir()
    assert call("backup", "elsewhere")[0] == 0
    assert [one.suffix for one in (tmp_path / "elsewhere").iterdir()] == [".db"]
    assert call("backup", "mine")[0] == 0
    before = (tmp_path / "mine").read_bytes()
    assert call("backup", "mine") == (1, "sharebot: mine is there already; nothing is overwritten\n")
    assert (tmp_path / "mine").read_bytes() == before


def test_a_backup_makes_neither_a_database_nor_a_key(call: Call, tmp_path: Path):
    code, shown = call("backup")
    assert (code, shown) == (78, "sharebot: there is no database at data/sharebot.db\n")
    assert not (tmp_path / "config" / "sharebot.key").exists()
    assert list((tmp_path / "data").iterdir()) == []


def test_a_check_needs_a_whole_backup(call: Call, tmp_path: Path):
    assert call("backup", "--check") == (1, "sharebot: which backup is to be checked? sharebot backup --check PATH\n")
    call("migrate")
    call("backup", "mine")
    whole = (tmp_path / "mine").read_bytes()
    (tmp_path / "mine").write_bytes(whole[: len(whole) // 2])
    code, shown = call("backup", "--check", "mine")
    assert code == 1
    assert shown.startswith("sharebot: mine is damaged: ")


def test_a_missing_pg_dump_is_named_with_what_to_install(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHAREBOT_DATABASE_URL", SERVER)
    monkeypatch.setenv("PATH", str(tmp_path))
    code, shown = call("backup", "mine")
    assert code == 78
    assert shown.startswith("sharebot: pg_dump is not on PATH: install PostgreSQL's client programs")
    assert not (tmp_path / "mine").exists()


@pytest.fixture
def pg_dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin" / "pg_dump"
    program.parent.mkdir()
    program.write_text(PG_DUMP)
    program.chmod(0o755)
    monkeypatch.setenv("SHAREBOT_DATABASE_URL", SERVER)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return program


def test_a_dump_that_fails_leaves_nothing_and_its_own_words(call: Call, pg_dump: Path, tmp_path: Path):
    pg_dump.with_name("pg_dump.error").write_text("connection to server failed")
    shown = call("backup", "mine")
    assert shown == (1, "sharebot: pg_dump failed: pg_dump: error: connection to server failed\n")
    assert [one.name for one in tmp_path.iterdir() if "mine" in one.name] == []


def test_a_pg_dump_older_than_the_server_is_told_so(call: Call, pg_dump: Path):
    pg_dump.with_name("pg_dump.error").write_text("aborting because of server version mismatch")
    code, shown = call("backup", "mine")
    assert code == 78
    assert f"{pg_dump} is older than the server: install PostgreSQL's client programs" in shown


def test_the_password_is_not_among_the_words_that_every_user_can_read(call: Call, pg_dump: Path):
    pg_dump.with_name("pg_dump.error").write_text("")
    call("backup", "mine")
    words = pg_dump.with_name("pg_dump.words").read_text()
    assert "--dbname=postgresql://me@127.0.0.1:1/none" in words
    assert "hush" not in words
    assert pg_dump.with_name("pg_dump.password").read_text() == "hush\n"
