"""Staff at work in Telegram: a group of theirs, linked phones with roles, and fingers whose taps are counted."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import col, select

from sharebot.bot.context import RUNTIME
from sharebot.jobs.edit_messages import edit_messages
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.jobs.show_drafts import show_drafts
from sharebot.models import AuditRecord, Content, QueueEntry
from sharebot.sandbox.groups import Group
from sharebot.sandbox.messages import Shown
from sharebot.sandbox.phone import Phone
from sharebot.store import contents
from sharebot.store.staff import add_staff, get_staff
from sharebot.store.staff_telegram import create_telegram_code
from sharebot.values.feeds import FeedItem
from sharebot.values.status import StaffRole
from tests.flows.conftest import Scene

STAFF_CHAT, EVA, MAX, VI, ZOE = -5000, 5001, 5002, 5003, 5004
Chat = Group | Phone


class Hand:
    """One person's finger in one chat; every command and tap is counted, typing is not."""

    def __init__(self, office: "Office", phone: Phone, chat: Chat | None = None) -> None:
        self.office, self.phone, self.chat, self.taps = office, phone, chat or phone, 0

    async def command(self, text: str) -> None:
        self.taps += 1
        await self.type(text)

    async def type(self, text: str, *, reply_to: Shown | None = None) -> None:
        if isinstance(self.chat, Group):
            self.chat.write(self.phone, text, reply_to=reply_to)
        else:
            self.chat.write(text, reply_to=reply_to)
        await self.office.scene.settle()

    async def tap(self, label: str, *, message: Shown | None = None) -> None:
        self.taps += 1
        assert self.phone.press(self.chat, label, message=message), f"no button says {label}"
        await self.office.scene.settle()

    async def forge(self, data: str, *, message: Shown | None = None) -> None:
        """Send what no button says."""
        shown = message or self.chat.last_message
        assert shown is not None
        self.phone._press(shown, data, chat=self.chat)
        await self.office.scene.settle()

    @property
    def shown(self) -> str:
        assert self.chat.last_message is not None
        return str(self.chat.last_message.words.text)


class Office:
    """The Alliance's staff: Eva approves, Max edits, Vi looks on; Zoe is in the chat, and nobody knows her."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        telegram = scene.sandbox.telegram
        self.group = telegram.add_group(STAFF_CHAT, "The desk")
        self.group.has_bot = True
        self.change("telegram", staff_chat=STAFF_CHAT)
        self.eva = self._hire(EVA, "Eva", StaffRole.APPROVER)
        self.max = self._hire(MAX, "Max", StaffRole.EDITOR)
        self.vi = self._hire(VI, "Vi", StaffRole.VIEWER)
        self.zoe = telegram.add_phone(ZOE, "Zoe")

    def change(self, part: str, **values: object) -> None:
        """Change a part of the settings."""
        settings = self.scene.runtime.settings
        changed = getattr(settings, part).model_copy(update=values)
        self.scene.runtime = replace(self.scene.runtime, settings=settings.model_copy(update={part: changed}))
        self.scene.application.bot_data[RUNTIME] = self.scene.runtime

    def _hire(self, number: int, name: str, role: StaffRole) -> Phone:
        with self.scene.runtime.database.write() as session:
            staff = add_staff(session, f"{name.lower()}@alliance.example", role=role, language="en", now=self.now)
            staff.name = name
        return self.scene.sandbox.telegram.add_phone(number, name)

    async def link(self, *phones: Phone, region: str | None = None) -> None:
        """Let people link their accounts with a code from their page."""
        for phone in phones:
            with self.scene.runtime.database.write() as session:
                email = f"{phone.name.lower()}@alliance.example"
                staff = get_staff(session, email)
                staff.region = region
                code = create_telegram_code(session, staff.id or 0, self.now)
            phone.write(f"/staff {code}")
            await self.scene.settle()
            assert "Linked" in str(phone.last_message and phone.last_message.words.text)

    @property
    def now(self) -> datetime:
        return self.scene.clock.now()

    def hand(self, phone: Phone, *, private: bool = False) -> Hand:
        return Hand(self, phone, None if private else self.group)

    def draft(self, title: str = "A clean water pact", *, code: str = "pact", text: str = "Twelve cities.") -> int:
        """Let a feed bring a draft."""
        with self.scene.runtime.database.write() as session:
            page = f"https://alliance.example/{code}"
            item = FeedItem(code, title, text, page, self.now, "en")
            contents.ingest(session, [item], contents.Intake("en", frozenset({"alliance.example"}), self.now))
            return contents.list_drafts(session)[0].id or 0

    async def pass_time(self, minutes: float = 4) -> None:
        """Let time pass, and the jobs with it."""
        self.scene.clock.at += timedelta(minutes=minutes)
        await self.work()

    async def work(self) -> None:
        for _ in range(3):
            await show_drafts(self.scene.runtime)
            await send_deliveries(self.scene.runtime)
            await edit_messages(self.scene.runtime)
            self.scene.clock.at += timedelta(seconds=4)

    def content(self, content_id: int) -> Content:
        with self.scene.runtime.database.read() as session:
            return session.get_one(Content, content_id)

    def entries(self, content_id: int) -> list[QueueEntry]:
        with self.scene.runtime.database.read() as session:
            found = select(QueueEntry).where(QueueEntry.content_id == content_id)
            return list(session.exec(found.order_by(col(QueueEntry.id))))

    def audit(self) -> list[tuple[str, str, str]]:
        with self.scene.runtime.database.read() as session:
            rows = session.exec(select(AuditRecord).order_by(col(AuditRecord.id)))
            return [(row.actor, row.action, row.subject) for row in rows]


def labels(chat: Chat) -> list[str]:
    """Return the buttons under the latest message of the bot."""
    assert chat.last_message is not None
    return [button["text"] for row in chat.last_message.keyboard for button in row]
