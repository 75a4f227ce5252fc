"""A database of revision 0002: what 0001 had, carried over, and rows in the tables that came with 0002."""

from sqlalchemy import Connection, text

from sharebot.store.vault import Vault
from tests.store.rows_0001 import AT, insert


def fill(connection: Connection, vault: Vault) -> None:
    """Insert the rows by plain SQL; the rest came along from 0001."""
    connection.execute(text("UPDATE officer SET status = 'waiting' WHERE id = 2"))
    insert(connection, "worker", {"name": "w1", "started_at": AT, "seen_at": AT, "leads": True, "clock_off_s": 0.5})
    alert = {"code": "bot_paused", "subject": "main", "detail": "for a test", "opened_at": AT, "mailed_at": AT}
    insert(connection, "alert", alert)
    insert(connection, "marker", {"name": "restored", "value": "for a test", "at": AT})
