"""A temporary installation: a database with officers and released items, and real processes that work on it."""

import os
import random
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Self

from sqlalchemy import text
from sqlmodel import Session

from sharebot.config.settings import Settings
from sharebot.models import Chat, Member, Officer
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.rules.utm import new_code
from sharebot.store import contents, queue
from sharebot.store.database import Database, vault_of
from sharebot.store.schema import migrate
from sharebot.store.vault import Vault, new_key, parse_keys
from sharebot.values.feeds import FeedItem
from sharebot.values.status import ChatKind, MemberKind, OfficerStatus
from tests.reliability.processes import Process
from tests.reliability.standin import TOKEN, Standin

OPEN = ("queued", "sending", "uncertain")
FIRST_CHAT = 1_000_000
_WORDS = "Words that say why it matters, and what to do about it & more. "


class Installation:
    """The settings, the database and the processes. Officer n writes from chat FIRST_CHAT + n."""

    def __init__(self, folder: Path, standin: Standin, *, database_url: str = "", **settings: object) -> None:
        self.folder = folder
        self.url = database_url or f"sqlite:///{folder / 'sharebot.db'}"
        self.key = new_key()
        self.random = random.Random(1)  # noqa: S311 - repeatable
        self.chats: dict[int, int] = {}  # officer → chat
        self.titles: dict[int, str] = {}  # entry → title
        self.audience: dict[int, int] = {}  # entry → how many officers it is for
        self.processes: list[Process] = []
        (folder / "none.toml").touch()
        self.env = {
            **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
            "SHAREBOT_CONFIG": str(folder / "none.toml"),
            "SHAREBOT_DATABASE_URL": self.url,
            "SHAREBOT_SECRET_KEY": self.key,
            "SHAREBOT_TELEGRAM__TOKEN": TOKEN,
            "SHAREBOT_TELEGRAM__BASE_URL": standin.base_url,
            "SHAREBOT_TELEGRAM__POLL_SECONDS": "5",
            "SHAREBOT_TELEGRAM__PER_SECOND": "10000",
            "SHAREBOT_TELEGRAM__DOUBT_SECONDS": "2",
            "SHAREBOT_BLUESKY__ENABLED": "false",
            "SHAREBOT_WEB__PORT": "0",
        } | {f"SHAREBOT_{name.upper()}": str(value) for name, value in settings.items()}
        self.database = Database(self.url, vault=Vault(parse_keys(self.key)))
        if self.database.path is not None and not self.database.path.exists():
            self.database.path.write_bytes(_migrated_file())
        migrate(self.database)

    @property
    def in_flight(self) -> int:
        """How many sends one worker may have in flight."""
        return int(self.env.get("SHAREBOT_TELEGRAM__SENDS_IN_FLIGHT", Settings().telegram.sends_in_flight))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()
        self.database.dispose()

    def seat(self, officers: int, *, groups: int = 1) -> None:
        """Seat officers, each of a member of its own; the members stand in `groups` regions of that many."""
        now = datetime.now(UTC)
        with self.database.write() as session:
            bot_id = session.execute(text("SELECT min(id) FROM bot")).scalar_one()
            for group in range(groups):
                for number in range(group * officers, (group + 1) * officers):
                    chat = FIRST_CHAT + number
                    self.chats[_seat(session, number, f"Region {group}", chat, bot_id, now)] = chat

    def release(self, *, group: int | None = None) -> str:
        """Release a new item to everybody of a group, due now, and return its title."""
        with self.database.write() as session:
            entry_id = self._approve(session, group)
            settings = Settings()
            released = queue.release(session, entry_id, settings=settings, new_code=self._code, now=datetime.now(UTC))
            assert released is not None
        return self.titles[entry_id]

    def approve(self, *, group: int | None = None) -> str:
        """Approve a new item, which a worker is to release, and return its title."""
        with self.database.write() as session:
            return self.titles[self._approve(session, group)]

    def _code(self) -> str:
        return new_code(self.random.choice)

    def _approve(self, session: Session, group: int | None) -> int:
        number, now = len(self.titles) + 1, datetime.now(UTC)
        title = f"Item {number:05}"
        item = FeedItem(f"i{number}", title, _WORDS * 6, f"https://alliance.example/{number}", now, "en")
        contents.ingest(session, [item], contents.Intake("en", frozenset({"alliance.example"}), now))
        content_id = session.execute(text("SELECT max(id) FROM content")).scalar_one()
        regions = frozenset() if group is None else frozenset({f"Region {group}"})
        entry = queue.approve(
            session,
            queue.Approval(
                content_id,
                Audience(regions=regions),
                Timing(send_at=now, urgent=True),
                now + timedelta(days=3),
                "proof",
                contents.content_hash(session, content_id),
            ),
            now=now,
        )
        assert entry.id is not None
        self.titles[entry.id] = title
        everybody = session.execute(text("SELECT region, count(*) FROM member GROUP BY region")).all()
        self.audience[entry.id] = sum(count for region, count in everybody if not regions or region in regions)
        return entry.id

    def start(self, command: str = "worker", *, ready: bool = True) -> Process:
        """Start a process; without `ready` it may be killed while it starts."""
        process = Process(self.folder, self.env, command, len(self.processes))
        self.processes.append(process)
        return process.wait_ready() if ready else process

    def query(self, sql: str, **values: object) -> list[Any]:
        """Read from the database."""
        with self.database.read() as session:
            return list(session.execute(text(sql), values).all())

    def statuses(self) -> Counter[str]:
        """Count the deliveries by status."""
        return Counter({row[0]: row[1] for row in self.query("SELECT status, count(*) FROM delivery GROUP BY 1")})

    def unreleased(self) -> int:
        """Count the entries that are approved and not released yet."""
        return int(self.query("SELECT count(*) FROM queue_entry WHERE status IN ('approved', 'releasing')")[0][0])

    def count_open(self) -> int:
        """Count the deliveries that are still to be sent, or doubted."""
        statuses = self.statuses()
        return sum(statuses[status] for status in OPEN)

    def wait_settled(self, *, timeout: float) -> bool:
        """Return when nothing is open, or False when the time is over."""
        deadline = time.monotonic() + timeout
        while self.count_open() or self.unreleased():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def is_sound(self) -> bool:
        """Whether the database file is: `PRAGMA integrity_check`; PostgreSQL checks its pages by itself."""
        if not self.database.is_sqlite:
            return True
        return [tuple(row) for row in self.query("PRAGMA integrity_check")] == [("ok",)]


@cache
def _migrated_file() -> bytes:
    """Return an empty SQLite database, migrated once for all installations of this process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        database = Database(f"sqlite:///{path}", vault=Vault([b"k" * 32]))
        migrate(database)
        database.dispose()
        return path.read_bytes()


def _seat(session: Session, number: int, region: str, chat_id: int, bot_id: int, now: datetime) -> int:
    vault = vault_of(session)
    member = Member(
        code=f"m{number:05}",
        name=f"Party {number}",
        kind=MemberKind.PARTY,
        country="BE",
        region=region,
        languages="en",
        zone="Europe/Brussels",
        created_at=now,
    )
    address, label = str(chat_id), f"Desk {number}"
    chat = Chat(
        bot_id=bot_id, kind=ChatKind.PRIVATE, address_sealed=vault.seal(address), address_index=vault.index(address)
    )
    session.add_all([member, chat])
    session.flush()
    officer = Officer(
        member_id=member.id or 0,
        label_sealed=vault.seal(label),
        label_index=vault.index(label),
        chat_id=chat.id,
        language="en",
        status=OfficerStatus.ACTIVE,
        created_at=now,
        joined_at=now,
        consented_at=now,
    )
    session.add(officer)
    session.flush()
    return officer.id or 0
