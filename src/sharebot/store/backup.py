"""Copy the database while it is in use, and tell a whole copy from a damaged one."""

import gzip
import os
import re
import shutil
import subprocess
import tempfile
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, text
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateTable

from sharebot.errors import ConfigError, Refused
from sharebot.models import Marker
from sharebot.store.database import Database

BACKUP = "backup"  # the marker in every copy; `store.restore` looks for it
_SQLITE_HEAD, _GZIP_HEAD = b"SQLite format 3\0", b"\x1f\x8b"
_CLIENTS = (
    "install PostgreSQL's client programs of the server's version or a newer one (on Debian: postgresql-client), "
    "or put the server's own bin folder on PATH"
)
_END_OF_DUMP = "-- PostgreSQL database dump complete"
_MARKED = re.compile(r"INSERT INTO marker \(name, value, at\) VALUES \('backup', '', '([^']+)'\);")
_LAST_LINES = 40  # from the dump's own last word to the end of ours

_marker: Any = Marker.__table__  # type: ignore[attr-defined]


def back_up(database: Database, path: Path, *, now: datetime) -> int:
    """Write a whole, marked copy to `path` and return its size; whoever works on the database goes on.

    Raises Refused when something stands at `path` or the copy cannot be made, and ConfigError when there is
    no database or no pg_dump. Until the copy is whole its name ends in `.partial`.
    """
    if database.path is not None and not database.path.exists():
        raise ConfigError(f"there is no database at {database.path}")
    _refuse_overwriting(path)
    try:
        with _partial(path) as partial:
            if database.is_sqlite:
                _copy_sqlite(database, partial, now=now)
            else:
                _dump_postgres(database, partial, now=now)
            _write_through(partial)
            _refuse_overwriting(path)
            partial.rename(path)
            _write_through(path.parent)
    except OSError as error:
        raise Refused(f"cannot write {path}: {error.strerror}") from error
    return path.stat().st_size


def check_backup(path: Path) -> datetime:
    """Return when a backup was made, after reading all of it. Raises Refused when it is not whole."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_SQLITE_HEAD))
        if head == _SQLITE_HEAD:
            return _check_copy(path)
        if head.startswith(_GZIP_HEAD):
            return _check_dump(path)
    except (OSError, EOFError, zlib.error) as error:
        raise Refused(f"{path} is damaged or cannot be read: {error}") from None
    raise Refused(f"{path} is not a backup: neither a SQLite file nor a gzip file")


def _refuse_overwriting(path: Path) -> None:
    if path.exists():
        raise Refused(f"{path} is there already; nothing is overwritten")


@contextmanager
def _partial(path: Path) -> Iterator[Path]:
    """Yield a new file beside `path` that nobody else can read; gone when the block fails."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".partial", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for left in (name, f"{name}-journal"):
            Path(left).unlink(missing_ok=True)


def _write_through(path: Path) -> None:
    """Let neither a file nor a folder's names be lost when the power goes."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy_sqlite(database: Database, partial: Path, *, now: datetime) -> None:
    dbapi: Any = database.engine.dialect.dbapi
    try:
        with closing(database.engine.raw_connection()) as source, closing(dbapi.connect(str(partial))) as copy:
            copy.isolation_level = None
            copy.execute("PRAGMA synchronous=OFF")  # it is written through once, at the end
            live: Any = source.driver_connection
            # All pages in one step: in steps it would begin anew whenever a worker wrote meanwhile.
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file that stands alone
            _refuse_damage(copy, "the copy")
            copy.execute("BEGIN")
            for statement in _marking(database.engine.dialect, now):
                copy.execute(statement)
            copy.execute("COMMIT")
    except dbapi.Error as error:
        raise Refused(f"the backup failed: {error}") from error


def _refuse_damage(connection: Any, what: str) -> None:
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise Refused(f"{what} is damaged: {' '.join(found.split())}")


def _marking(dialect: Dialect, now: datetime) -> list[str]:
    """Return the statements that mark a copy, whichever revision it is of."""
    statements = (
        CreateTable(_marker, if_not_exists=True),
        delete(_marker).where(_marker.c.name == BACKUP),
        insert(_marker).values(name=BACKUP, value="", at=now),
    )
    literal = {"literal_binds": True}
    texts = (str(one.compile(dialect=dialect, compile_kwargs=literal)) for one in statements)
    return [" ".join(one.split()) for one in texts]


def _dump_postgres(database: Database, partial: Path, *, now: datetime) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise ConfigError(f"pg_dump is not on PATH: {_CLIENTS}")
    with partial.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb") as file:
        # All or nothing, however it is put back: half a database without its mark would send again.
        file.write(b"\\set ON_ERROR_STOP on\nBEGIN;\n")
        _run_pg_dump(program, database, file)
        with database.engine.connect() as connection:
            schema = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
        marking = "".join(f"{statement};\n" for statement in _marking(database.engine.dialect, now))
        file.write(f"\nSET search_path TO {schema};\n{marking}COMMIT;\n".encode())


def _run_pg_dump(program: str, database: Database, file: gzip.GzipFile) -> None:
    url = database.url.set(drivername="postgresql")
    # A password in the arguments could be read by every user of this machine.
    target = url._replace(password=None).render_as_string()
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    words = [program, "--no-owner", "--no-privileges", f"--dbname={target}"]
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(words, env={**os.environ, **secret}, stdout=subprocess.PIPE, stderr=errors) as dump:  # noqa: S603 - found on PATH by its name
            assert dump.stdout is not None  # noqa: S101 - piped
            shutil.copyfileobj(dump.stdout, file, 1 << 20)
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace").strip()
    if "server version mismatch" in said:
        raise ConfigError(f"{program} is older than the server: {_CLIENTS}")
    if dump.returncode != 0:
        raise Refused(f"pg_dump failed: {said[-500:] or f'exit code {dump.returncode}'}")


def _check_copy(path: Path) -> datetime:
    from pysqlite3 import dbapi2  # noqa: PLC0415 - only where SQLite is used, it is not there on Windows

    try:
        with closing(dbapi2.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            _refuse_damage(copy, str(path))
            if copy.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise Refused(f"{path} is damaged: it has rows that refer to nothing")
            made = copy.execute("SELECT at FROM marker WHERE name = ?", (BACKUP,)).fetchone()
    except dbapi2.OperationalError as error:
        if "no such table" not in str(error):
            raise Refused(f"{path} is damaged: {error}") from None
        made = None
    except dbapi2.DatabaseError as error:
        raise Refused(f"{path} is damaged: {error}") from None
    if made is None:
        raise Refused(f"{path} is a SQLite file, but not a backup made by sharebot")
    return datetime.fromisoformat(made[0]).replace(tzinfo=UTC)


def _check_dump(path: Path) -> datetime:
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        last = list(deque(file, maxlen=_LAST_LINES))
    lines = [line.rstrip("\n") for line in last]
    marked = [match[1] for line in lines if (match := _MARKED.fullmatch(line))]
    if _END_OF_DUMP not in lines or not marked or lines[-1] != "COMMIT;":
        raise Refused(f"{path} is cut off, or not a backup made by sharebot")
    return datetime.fromisoformat(marked[-1]).astimezone(UTC)
