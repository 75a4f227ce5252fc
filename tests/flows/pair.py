"""Two bots of one installation, main and south, against two sandboxes behind one address, as Telegram is one."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session, select
from starlette.types import ASGIApp, Receive, Scope, Send

from sharebot.bot.application import BotApplication, close_application
from sharebot.bot.updates import poll_updates
from sharebot.config.settings import Settings
from sharebot.models import Bot, Chat, Delivery, Member, Officer
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.rules.utm import new_code
from sharebot.runtime import Runtime
from sharebot.sandbox.pages import build_app
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.telegram import TelegramServer
from sharebot.sandbox.world import Sandbox
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store import contents, queue
from sharebot.store.bots import ensure_bots, get_bot
from sharebot.store.chats import ensure_chat
from sharebot.store.database import Database
from sharebot.values.feeds import FeedItem
from sharebot.values.status import ChatKind, OfficerStatus
from sharebot.worker import with_bots
from tests.cast import ANA, BEN, NOW, FixedClock, add_member, add_officer

MAIN_TOKEN, SOUTH_TOKEN = "7000000001:the-main-bot-of-no-value", "7000000002:the-other-bot-of-no-value"
NAMES = {"main": "alliance_bot", "south": "alliance_south_bot"}


class SouthServer(TelegramServer):
    """The chats of the other bot."""

    def me(self) -> dict[str, Any]:
        return super().me() | {"id": 7000000002}


@dataclass
class Pair:
    """Ana of North sits at the main bot, Ben of South (in the Americas) at the bot of the south."""

    runtime: Runtime
    applications: tuple[BotApplication, BotApplication]
    main: Sandbox
    south: Sandbox
    clock: FixedClock
    ana: Phone
    ben: Phone

    async def settle(self) -> None:
        """Wait until both bots have acknowledged all that phones said."""
        await asyncio.wait_for(asyncio.gather(self.main.drained(), self.south.drained()), 20)

    def bot(self, code: str) -> Bot:
        with self.runtime.database.read() as session:
            return get_bot(session, code)

    def status_of(self, officer_id: int) -> OfficerStatus:
        with self.runtime.database.read() as session:
            officer = session.get(Officer, officer_id)
        assert officer is not None
        return officer.status

    def bot_of(self, officer_id: int) -> str:
        """Return the code of the bot at which an officer sits."""
        with self.runtime.database.read() as session:
            officer = session.get(Officer, officer_id)
            chat = session.get(Chat, officer.chat_id) if officer else None
            bot = session.get(Bot, chat.bot_id) if chat else None
        assert bot is not None
        return bot.code

    def statuses(self) -> dict[str, int]:
        """Count the deliveries by status."""
        with self.runtime.database.read() as session:
            return dict(Counter(row.status.value for row in session.exec(select(Delivery))))

    def add_officer(self, member_id: int, code: str, chat: int) -> Phone:
        """Seat one more officer at a bot, with a phone."""
        server = (self.main if code == "main" else self.south).telegram
        with self.runtime.database.write() as session:
            seat(session, member_id, f"Desk {chat}", code, chat)
        phone = server.add_phone(chat, f"Desk {chat}")
        phone.started = True
        return phone

    def release(self, title: str, *, picture: str = "") -> None:
        """Release an item to everybody, due now."""
        now = self.clock.now()
        with self.runtime.database.write() as session:
            item = FeedItem(title, title, "Words.", f"https://alliance.example/{title}", now, "en")
            contents.ingest(session, [item], contents.Intake("en", frozenset({"alliance.example"}), now))
            row = session.connection().exec_driver_sql("SELECT max(content_id), max(id) FROM variant").one()
            if picture:
                values = f"VALUES ({row[1]}, 'picture', '{picture}', 'full')"
                session.connection().exec_driver_sql(f"INSERT INTO asset (variant_id, kind, url, tier) {values}")
            approval = queue.Approval(
                row[0],
                Audience(),
                Timing(send_at=now, urgent=True),
                now + timedelta(days=3),
                "test",
                contents.content_hash(session, row[0]),
            )
            entry = queue.approve(session, approval, now=now)
            queue.release(session, entry.id or 0, settings=self.runtime.settings, new_code=new_code, now=now)


def seat(session: Session, member_id: int, label: str, code: str, chat: int) -> None:
    """Seat an officer at a bot."""
    member = session.get(Member, member_id)
    assert member is not None
    officer = add_officer(session, member, label, chat_id=None)
    officer.chat_id = ensure_chat(session, ensure_bots(session, [code])[code], chat, ChatKind.PRIVATE)
    officer.status, officer.consented_at = OfficerStatus.ACTIVE, NOW
    session.add(officer)


def settings_of(base_url: str, **south: object) -> Settings:
    """Return the settings of both bots."""
    bots = {"south": {"token": SOUTH_TOKEN, "regions": ["Americas"]} | south}
    return Settings.model_validate(
        {"telegram": {"token": MAIN_TOKEN, "base_url": base_url, "poll_seconds": 2, "bots": bots}}
    )


def by_token(*sandboxes: Sandbox) -> ASGIApp:
    """Let each sandbox answer to its own bot's token."""
    apps: dict[str, ASGIApp] = {one.telegram.token: build_app(one) for one in sandboxes}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        called = scope["path"].removeprefix("/bot").partition("/")[0]
        await apps.get(called, apps[MAIN_TOKEN])(scope, receive, send)

    return app


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Pair]:
    """Build the installation; nobody takes updates yet."""
    clock = FixedClock()
    main, south = Sandbox(clock=clock, token=MAIN_TOKEN), Sandbox(clock=clock, token=SOUTH_TOKEN)
    main.telegram.username = NAMES["main"]
    south.telegram = SouthServer(clock, SOUTH_TOKEN, username=NAMES["south"])
    await main.start(by_token(main, south))
    plain = Runtime(settings_of(main.telegram_url), clock, database, Fetcher(), ParserPool(size=1))
    runtime, (first, second) = with_bots(plain)
    with database.write() as session:
        add_member(session, "north")
        add_member(session, "south").region = "Americas"
        seat(session, 1, "Ana", "main", ANA)
        seat(session, 2, "Ben", "south", BEN)
    phones = main.telegram.add_phone(ANA, "Ana"), south.telegram.add_phone(BEN, "Ben")
    for phone in phones:
        phone.started = True
    runtime.clock_watch.hear(NOW)
    yield Pair(runtime, (first, second), main, south, clock, *phones)
    runtime.stopping.set()
    for application in (first, second):
        await close_application(application)
    await main.stop()
    await runtime.aclose()


@asynccontextmanager
async def listening(pair: Pair) -> AsyncIterator[None]:
    """Let both bots take updates."""
    pollers = [asyncio.create_task(poll_updates(pair.runtime, one)) for one in pair.applications]
    yield
    pair.runtime.stopping.set()
    for sandbox in (pair.main, pair.south):
        sandbox.telegram.wake()
    await asyncio.wait_for(asyncio.gather(*pollers), 20)
