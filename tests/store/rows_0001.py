"""A database of revision 0001 with rows in every table, as the builds of that revision wrote them."""

from typing import Any

from sqlalchemy import Connection, text

from sharebot.store.vault import Vault
from tests.cast import ANA, BEN

AT, LATER = "2026-11-23 08:00:00.000000+00:00", "2026-11-30 08:00:00.000000+00:00"


def fill(connection: Connection, vault: Vault) -> None:
    """Insert the rows by plain SQL, parents first."""
    for table, rows in _rows(vault).items():
        for row in rows:
            insert(connection, table, row)
    if connection.dialect.name == "postgresql":
        _move_sequences(connection)


def insert(connection: Connection, table: str, row: dict[str, Any]) -> None:
    """Insert one row, its instants as the database keeps them: SQLite as text, in UTC and without saying so."""
    sqlite = connection.dialect.name == "sqlite"
    values = {
        name: value.removesuffix("+00:00") if sqlite and isinstance(value, str) else value
        for name, value in row.items()
    }
    names = ", ".join(row)
    slots = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({slots})"), values)


def _move_sequences(connection: Connection) -> None:
    """Leave the sequences as inserts without ids would have; the bot's id was always given by hand."""
    for table in ("member", "officer", "content", "source", "variant", "asset", "queue_entry", "delivery", "attempt"):
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 100)"))


def _rows(vault: Vault) -> dict[str, list[dict[str, Any]]]:
    return {**_people(vault), **_items(), **_queue(), **_findings(), **_system()}


def _people(vault: Vault) -> dict[str, list[dict[str, Any]]]:
    member = {"kind": "party", "country": "BE", "region": "Europe", "languages": "fr,en", "zone": "Europe/Brussels"}
    seat = {"language": "fr", "tier": "full", "status": "active", "high_risk": False, "created_at": AT}

    def officer(number: int, label: str, chat: int | None) -> dict[str, Any]:
        return {
            "id": number,
            "member_id": 1,
            "label_sealed": vault.seal(label),
            "label_index": vault.index(label),
            "chat_sealed": vault.seal(str(chat)) if chat else None,
            "chat_index": vault.index(str(chat)) if chat else None,
            "next_send_at": AT if chat else None,
            "joined_at": AT if chat else None,
            **seat,
        }

    return {
        "member": [{"id": 1, "code": "north", "name": "Party North", "status": "active", "created_at": AT, **member}],
        "officer": [officer(1, "Ana", ANA), officer(2, "Ben", BEN), officer(3, "Dan", None)],
        "invitation": [{"id": 1, "officer_id": 3, "token_sha256": "a" * 64, "created_at": AT, "expires_at": LATER}],
        "social_account": [
            {"id": 1, "member_id": 1, "network": "bluesky", "handle": "north.example", "status": "watched"},
            {"id": 2, "member_id": None, "network": "bluesky", "handle": "alliance.example", "status": "broken"},
        ],
        "staff": [
            {"id": 1, "email": "a@b.example", "role": "admin", "language": "en", "active": True, "created_at": AT}
        ],
        "staff_link": [{"token_sha256": "b" * 64, "staff_id": 1, "expires_at": AT, "used_at": AT}],
        "staff_session": [
            {"token_sha256": "c" * 64, "staff_id": 1, "created_at": AT, "seen_at": AT, "expires_at": LATER}
        ],
    }


def _items() -> dict[str, list[dict[str, Any]]]:
    feed = {"id": 1, "kind": "feed", "url": "https://alliance.example/feed", "title": "Feed", "language": "en"}
    variant = {"content_id": 1, "title": "A title", "text": "Words – “quoted”", "revision": 2, "warnings": ""}
    return {
        "source": [{**feed, "status": "active", "etag": '"x"', "next_poll_at": AT, "failures": 0, "created_at": AT}],
        "content": [
            {"id": 1, "kind": "post", "status": "ready", "quarantine": "", "released_at": AT, "created_at": AT}
        ],
        "variant": [
            {"id": 1, "source_id": 1, "external_id": "a", "language": "en", "updated_at": AT, **variant},
            {"id": 2, "source_id": None, "external_id": "b", "language": "fr", "updated_at": AT, **variant},
        ],
        "asset": [
            {"id": 1, "variant_id": 1, "kind": "picture", "url": "https://a.example/1.jpg", "file_id": "handle-1"},
            {"id": 2, "variant_id": 1, "kind": "video", "url": "https://a.example/2.mp4", "size_bytes": 5_000_000_000},
        ],
    }


def _queue() -> dict[str, list[dict[str, Any]]]:
    entry = {"content_id": 1, "audience": "{}", "urgent": False, "release_at": AT, "expires_at": LATER, "note": ""}
    delivery = {"kind": "item", "entry_id": 1, "variant_id": 1, "due_at": AT, "expires_at": LATER, "created_at": AT}
    return {
        "queue_entry": [
            {"id": 1, "wave": 1, "status": "released", "send_at": AT, "created_at": AT, **entry},
            {
                "id": 2,
                "wave": 2,
                "status": "approved",
                "send_on": "2026-11-30",
                "send_local": "09:00:00.000000",
                "created_at": AT,
                **entry,
            },
        ],
        "delivery": [
            {
                "id": 1,
                "key": "item:1:1",
                "officer_id": 1,
                "status": "sent",
                "attempts": 1,
                "copies": 1,
                "message_id": 7_000_000_000,
                "sent_at": AT,
                **delivery,
            },
            {
                "id": 2,
                "key": "item:1:2",
                "officer_id": 2,
                "status": "sending",
                "attempts": 1,
                "copies": 0,
                "sending_since": AT,
                **delivery,
            },
            {"id": 3, "key": "item:1:3", "officer_id": 3, "status": "queued", "attempts": 0, "copies": 0, **delivery},
        ],
        "attempt": [
            {
                "id": 1,
                "delivery_id": 1,
                "number": 1,
                "worker": "w",
                "body_sha256": "",
                "outcome": "sent",
                "started_at": AT,
            },
            {
                "id": 2,
                "delivery_id": 2,
                "number": 1,
                "worker": "w",
                "body_sha256": "",
                "outcome": "open",
                "started_at": AT,
            },
        ],
        "answer": [{"id": 1, "delivery_id": 1, "kind": "shared", "network": "x", "at": AT}],
    }


def _findings() -> dict[str, list[dict[str, Any]]]:
    link = {"id": 1, "code": "abc234", "member_id": 1, "variant_id": 1, "target_url": "https://alliance.example/a"}
    post = {"id": 1, "account_id": 1, "network": "bluesky", "external_id": "at://x/1", "kind": "post", "links": ""}
    reshare = {"id": 1, "key": "k", "member_id": 1, "content_id": 1, "delivery_id": 1, "kind": "claim"}
    return {
        "tracked_link": [{**link, "created_at": AT}],
        "click_tally": [{"id": 1, "link_id": 1, "on_date": "2026-11-23", "outcome": "counted", "n": 3}],
        "click_salt": [{"on_date": "2026-11-23", "salt": b"\x00salt"}],
        "seen_click": [{"key": b"\x00key", "on_date": "2026-11-23", "n": 1}],
        "observed_post": [{**post, "content_id": 1, "at": AT, "seen_at": AT}],
        "reshare": [{**reshare, "evidence": "claimed", "at": AT, "created_at": AT}],
    }


def _system() -> dict[str, list[dict[str, Any]]]:
    report = {"id": 1, "recipient": "a@b.example", "kind": "weekly", "period": "2026-W47", "language": "en"}
    return {
        "bot": [
            {"id": 1, "external_id": 7_000_000_001, "username": "a_bot", "status": "running", "failures_in_row": 2}
        ],
        "inbox_update": [
            {"update_id": 5_000_000_001, "body": "{}", "received_at": AT, "done_at": AT},
            {"update_id": 5_000_000_002, "body": "{}", "received_at": AT, "done_at": None},
        ],
        "job_slot": [{"job": "send_reports", "slot_at": AT, "taken_at": AT}],
        "report": [{**report, "status": "sent", "due_at": AT, "attempts": 1, "message_id": "<a@b>", "sent_at": AT}],
    }
