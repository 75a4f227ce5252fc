"""A database of revision 0003: what 0002 had, carried over, and rows in the tables that came with 0003."""

from sqlalchemy import Connection, text

from sharebot.store.vault import Vault
from tests.store.rows_0001 import AT, insert

POST = "https://bsky.app/profile/north.example/post/1"


def fill(connection: Connection, vault: Vault) -> None:
    """Insert the rows by plain SQL; the rest came along from 0002."""
    campaign = {"id": 1, "code": "vax", "name": "Vaccines for all", "hashtag": "#GlobalVax", "line": ""}
    insert(connection, "campaign", campaign | {"status": "running", "created_at": AT})
    connection.execute(text("UPDATE content SET campaign_id = 1, topics = 'health' WHERE id = 1"))
    insert(connection, "wording", {"id": 1, "variant_id": 1, "position": 1, "text": "Words to post"})
    insert(connection, "asset_body", {"asset_id": 1, "body": b"\x89bytes"})
    insert(connection, "share_tally", {"id": 1, "link_id": 1, "on_date": "2026-11-23", "network": "x", "n": 3})
    proposal = {"id": 1, "kind": "item", "status": "open", "member_id": 1, "officer_id": 1, "language": "fr"}
    insert(connection, "proposal", proposal | {"title": "Un titre", "text": "Des mots", "created_at": AT})
    connection.execute(text("UPDATE delivery SET about_proposal_id = 1 WHERE id = 3"))
    post = {"id": 1, "officer_id": 1, "delivery_id": 1, "network": "bluesky", "url": POST, "url_sha256": "d" * 64}
    insert(connection, "pasted_post", post | {"evidence": "link_given", "reason": "", "pasted_at": AT, "checks": 0})
    insert(connection, "passing_message", {"chat_id": 1, "message_id": 7_000_000_000, "delete_at": AT})
    insert(connection, "erasure", {"officer_id": 4, "at": AT})
    if connection.dialect.name == "postgresql":
        for table in ("campaign", "wording", "share_tally", "proposal", "pasted_post"):
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 100)"))
