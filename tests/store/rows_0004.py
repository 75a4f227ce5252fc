"""A database of revision 0004: what 0003 had, carried over, and rows in the tables that came with 0004."""

from sqlalchemy import Connection, text

from sharebot.store.vault import Vault
from tests.store.rows_0001 import AT, LATER, insert

_HASH = "e" * 64


def fill(connection: Connection, vault: Vault) -> None:
    """Insert the rows by plain SQL; the rest came along from 0003."""
    _fill_staff(connection)
    _fill_desk(connection)
    _fill_api(connection, vault)
    _fill_accounts(connection)
    if connection.dialect.name == "postgresql":
        for table in ("audit_record", "passkey", "member_list", "country_hold", "webhook", "api_token", "webhook_call"):
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 100)"))
        connection.execute(text("SELECT setval(pg_get_serial_sequence('social_account', 'id'), 100)"))


def _fill_staff(connection: Connection) -> None:
    key = {"id": 1, "staff_id": 1, "credential_id": "credential", "public_key": b"\x01key", "sign_count": 3}
    insert(connection, "passkey", key | {"name": "Laptop", "created_at": AT, "used_at": AT})
    started = {"token_sha256": _HASH, "kind": "passkey", "staff_id": 1, "secret": "challenge", "expires_at": LATER}
    insert(connection, "sign_in_try", started)
    record = {"id": 1, "at": AT, "actor": "staff:1", "action": "approve", "subject": "entry:1", "detail": ""}
    insert(connection, "audit_record", record | {"hash": _HASH})
    insert(connection, "audit_head", {"id": 1, "hash": _HASH})


def _fill_desk(connection: Connection) -> None:
    insert(connection, "member_list", {"id": 1, "name": "The north", "created_at": AT})
    insert(connection, "member_listing", {"list_id": 1, "member_id": 1})
    insert(connection, "network_text", {"variant_id": 1, "network": "x", "text": "Short words"})
    hold = {"id": 1, "country": "BE", "from_at": AT, "until_at": LATER, "stops": True, "reason": "An election"}
    insert(connection, "country_hold", hold | {"by": "staff:1", "created_at": AT})
    connection.execute(text("UPDATE content SET hashtags = '#Sea #Air', created_by = 'staff:1' WHERE id = 1"))
    connection.execute(text("UPDATE campaign SET goal = 'All of us', goal_parties = 40 WHERE id = 1"))


def _fill_api(connection: Connection, vault: Vault) -> None:
    token = {"id": 1, "name": "a program", "token_sha256": _HASH, "scopes": "content:read", "staff_id": 1}
    insert(connection, "api_token", token | {"created_at": AT})
    reply = {"token_id": 1, "key": "once", "request_sha256": _HASH, "status": 201, "body": "{}", "at": AT}
    insert(connection, "api_reply", reply)
    hook = {"id": 1, "url": "https://hooks.example/", "events": "reshare.found", "active": True, "created_at": AT}
    insert(connection, "webhook", hook | {"secret_sealed": vault.seal("secret")})
    call = {"id": 1, "webhook_id": 1, "key": "reshare.found:1:1", "event": "reshare.found", "body": "{}"}
    insert(connection, "webhook_call", call | {"status": "sent", "attempts": 1, "due_at": AT, "created_at": AT})


def _fill_accounts(connection: Connection) -> None:
    """Add accounts on networks that nobody could look at then: some of them can be looked at by now."""
    for number, network in ((11, "mastodon"), (12, "facebook")):
        row = {"id": number, "member_id": 1, "network": network, "handle": "north", "status": "unobservable"}
        insert(connection, "social_account", row)
