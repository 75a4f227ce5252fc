"""One worker at a time: a lock that dies with its holder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from sharebot.errors import AlreadyRunning
from sharebot.store.database import Database

_KEY = 0x5A4EB07  # any number that no other program uses on this database


@contextmanager
def worker_lock(database: Database) -> Iterator[None]:
    """Hold the worker's lock. Raises AlreadyRunning, with the holder's pid where it is known."""
    path = database.path
    if path is None:
        with _advisory_lock(database):
            yield
        return
    handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
            raise AlreadyRunning(f"sharebot is already running on {path} (pid {holder})") from None
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(handle)


@contextmanager
def _advisory_lock(database: Database) -> Iterator[None]:
    connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    # The lock is the connection's: out of the pool, so that closing it lets go.
    connection.detach()
    with connection:
        query = text("SELECT pg_try_advisory_lock(:key)")
        if not connection.execute(query, {"key": _KEY}).scalar():
            raise AlreadyRunning("another sharebot worker holds this database")
        yield
