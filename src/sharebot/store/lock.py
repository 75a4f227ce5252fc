"""Who is alive and who leads: locks that die with their holder, so that nothing waits for a lease to run out."""

import fcntl
import logging
import os
import zlib
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from sharebot.errors import AlreadyRunning
from sharebot.store.database import Database

log = logging.getLogger(__name__)

# Any two numbers that no other program uses on this database.
_LEADS, _LIVES = 0x5A4EB07, 0x5A4EB08
# A holder whose machine is gone is noticed by the server within half a minute.
_KEEPALIVE = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"


class Presence:
    """One worker process's locks: that it lives, and, for one of them, that it leads.

    On PostgreSQL both are session advisory locks on a connection of their own (not to be sent through a pooler
    in transaction mode). On SQLite there is one worker, which leads: a lock on a file beside the database.
    """

    def __init__(self, database: Database, name: str) -> None:
        self._database, self._name = database, name
        self._connection: Connection | None = None
        self._file: int | None = None
        self.leads = False

    def enter(self) -> None:
        """Take the locks. Raises AlreadyRunning on SQLite, with the other worker's pid, when it has one."""
        if self._database.path is not None:
            self._file = _lock_file(self._database.path)
            self.leads = True
        else:
            self._connect()
            self.look()

    def look(self) -> bool:
        """Lead if nobody does; notice when the locks were lost; return whether this process leads."""
        if self._file is not None:
            return True
        try:
            if self._connection is None:
                self._connect()
            assert self._connection is not None  # noqa: S101 - connected above
            if self.leads:
                self._connection.execute(text("SELECT 1"))
            else:
                key = {"key": _LEADS}
                self.leads = bool(self._connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar())
        except SQLAlchemyError as error:
            log.warning("the worker's locks are lost: %s", type(error).__name__)
            self.leave()
        return self.leads

    def leave(self) -> None:
        """Let all locks go."""
        self.leads = False
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()

    def _connect(self) -> None:
        connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        # The locks are the connection's: out of the pool, so that closing it lets go.
        connection.detach()
        connection.exec_driver_sql(_KEEPALIVE)
        connection.execute(text("SELECT pg_advisory_lock(:space, :name)"), _life_key(self._name))
        self._connection = connection


def is_alive(session: Session, worker: str) -> bool:
    """Whether the worker of this name holds its lock; on SQLite only the asking one does."""
    if session.get_bind().dialect.name != "postgresql":
        return False
    # Taken for this transaction alone when the worker is dead.
    free = session.connection().execute(text("SELECT pg_try_advisory_xact_lock(:space, :name)"), _life_key(worker))
    return not free.scalar()


def _life_key(name: str) -> dict[str, int]:
    return {"space": _LIVES, "name": zlib.crc32(name.encode()) - (1 << 31)}


def _lock_file(path: Path) -> int:
    handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
        os.close(handle)
        raise AlreadyRunning(f"sharebot is already running on {path} (pid {holder})") from None
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()}\n".encode())
    return handle
