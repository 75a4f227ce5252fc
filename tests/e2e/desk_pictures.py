"""Work a morning at staff's desk in Telegram, in three languages, and take the pictures of it."""

import asyncio
import sys
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.async_api import async_playwright
from sqlmodel import Session

from sharebot.bot.updates import poll_updates
from sharebot.cli.stage import Stage, set_stage
from sharebot.jobs.edit_messages import edit_messages
from sharebot.jobs.make_renditions import make_renditions
from sharebot.jobs.release_entries import release_entries
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.jobs.show_drafts import show_drafts
from sharebot.rules.audience import Audience
from sharebot.rules.members_file import parse_members
from sharebot.rules.timing import Timing
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.sites import draw_landscape
from sharebot.store import admission, approvals, contents, members, officers, queue
from sharebot.store.staff import add_staff
from sharebot.store.staff_telegram import create_telegram_code
from sharebot.values.feeds import FeedItem, Media, Translation
from sharebot.values.status import AssetKind, ContentKind, StaffRole
from tests.e2e.chat_pictures import ALT, ITEMS, LANGUAGES, MEMBERS, Album

NAMES = {"en": "Mira", "fr": "Élise", "es": "Inés"}


class Morning:
    """The stage, with officers who get items and one person of staff for each language."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.number = stage, 0

    async def prepare(self) -> dict[str, Phone]:
        stage, now = self.stage, self.stage.runtime.now()
        rows, _ = parse_members(MEMBERS)
        with stage.runtime.database.write() as session:
            members.import_members(session, rows, now=now)
            seats = officers.list_officers(session)
            for number, seat in enumerate(seats):
                token = officers.create_invitation(session, seat.id, now=now)
                assert officers.join(session, token, bot_id=1, address=1001 + number, now=now)
                admission.agree(session, seat.id, language=seat.language, name=seat.label, staff_chat=None, now=now)
                officers.confirm(session, seat.id, now=now)
            codes = {language: self._hire(session, language) for language in LANGUAGES}
        for number, seat in enumerate(seats):
            stage.sandbox.telegram.add_phone(1001 + number, seat.label, language=seat.language).started = True
        phones = {}
        for number, language in enumerate(LANGUAGES):
            phone = stage.sandbox.telegram.add_phone(7001 + number, NAMES[language], language=language)
            phone.write(f"/staff {codes[language]}")
            phones[language] = phone
        await self.settle()
        return phones

    def _hire(self, session: Session, language: str) -> str:
        now = self.stage.runtime.now()
        email = f"{NAMES[language].lower().replace('é', 'e')}@alliance.example"
        staff = add_staff(session, email, role=StaffRole.ADMIN, language=language, now=now)
        staff.name = NAMES[language]
        return create_telegram_code(session, staff.id or 0, now)

    async def draft(self, kind: str) -> int:
        """Publish an item in three languages; it waits as a draft."""
        stage, now = self.stage, self.stage.runtime.now()
        self.number += 1
        base, code = f"{stage.sandbox.base_url}/site", f"{kind}-{self.number}"
        stage.sandbox.sites.publish(f"/img/{code}.png", draw_landscape(self.number), "image/png")
        picture = Media(AssetKind.PICTURE, f"{base}/img/{code}.png", "image/png", width=1200, height=675)
        urls = {language: f"{base}/{language}/{code}" for language in LANGUAGES}
        others = tuple(Translation(language, url) for language, url in urls.items())
        items = [
            FeedItem(
                f"{code}-{language}",
                title,
                text,
                urls[language],
                now,
                language,
                ContentKind(kind),
                (replace(picture, alt=ALT[language]),),
                others,
            )
            for language, (title, text) in ITEMS[kind].items()
        ]
        with stage.runtime.database.write() as session:
            contents.ingest(session, items, contents.Intake("en", frozenset({"127.0.0.1"}), now))
            number = contents.list_drafts(session)[0].id or 0
        await make_renditions(stage.runtime)
        return number

    def lay_before(self, content_id: int, *, by: str, is_proposal: bool) -> int:
        """Propose or approve something, for now."""
        now = self.stage.runtime.now()
        with self.stage.runtime.database.write() as session:
            seen = contents.content_hash(session, content_id)
            timing = Timing(send_at=now + timedelta(seconds=1), urgent=True)
            approval = queue.Approval(content_id, Audience(), timing, now + timedelta(days=5), by, seen)
            decide = approvals.propose if is_proposal else queue.approve
            return decide(session, approval, now=now).id or 0

    async def settle(self) -> None:
        await asyncio.wait_for(self.stage.sandbox.drained(), 20)

    async def work(self) -> None:
        for _ in range(4):
            self.stage.week.clock.move_to(self.stage.runtime.now() + timedelta(seconds=3))
            await release_entries(self.stage.runtime)
            await show_drafts(self.stage.runtime)
            await send_deliveries(self.stage.runtime)
            await edit_messages(self.stage.runtime)


class Walk:
    """One person's way through their morning, pictured step by step."""

    def __init__(self, album: Album, morning: Morning, language: str, phone: Phone) -> None:
        self.album, self.morning, self.language, self.phone = album, morning, language, phone
        self.pictures: list[Image.Image] = []

    async def do(self, *, command: str = "", tap: str = "") -> None:
        """Write a command, or press the button that says `tap` back."""
        if command:
            self.phone.write(command)
        else:
            shown = self.phone.last_message
            assert shown is not None
            data = [str(key.get("callback_data", "")) for row in shown.keyboard for key in row]
            assert self.phone.tap(next(one for one in data if one.startswith(tap))), tap
        await self.morning.settle()
        await self.morning.work()
        assert self.phone.last_message is not None
        self.pictures.append(await self.album.look(self.phone, self.phone.last_message))

    def keep(self, name: str) -> None:
        """Save the pictures since the last time side by side."""
        self.album.keep(f"desk-{name}-{self.language}", *self.pictures)
        self.pictures.clear()

    async def decide(self) -> None:
        """Approve one draft, and return another one."""
        await self.do(command="/help")
        self.keep("help")
        draft = await self.morning.draft("post")
        await self.do(command="/drafts")
        await self.do(tap=f"c:{draft}:approve")
        await self.do(tap=f"c:{draft}:ok_")
        self.keep("approve")
        proposed = await self.morning.draft("video")
        self.morning.lay_before(proposed, by="ana@alliance.example", is_proposal=True)
        await self.do(command="/drafts")
        await self.do(tap=f"c:{proposed}:return")
        self.keep("return")

    async def look_on(self) -> None:
        """See what goes out, take it back, remind, stop everything."""
        out = await self.morning.draft("episode")
        entry_id = self.morning.lay_before(out, by="ana@alliance.example", is_proposal=False)
        await self.morning.work()
        for command in ("today", "queue", "report"):
            await self.do(command=f"/{command}")
        self.keep("overview")
        for command in ("withdraw", "nudge"):
            await self.do(command=f"/{command}")
            await self.do(tap=f"y:{entry_id}:{command}")
            self.keep(command)
        await self.do(command="/stop A feed was hacked")
        await self.do(tap="y:0:stop")
        await self.do(tap="y:0:go")
        self.keep("stop")


async def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        async with set_stage(Path(place), seed=1) as stage, async_playwright() as tools:
            browser = await tools.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = await browser.new_page(
                viewport={"width": 390, "height": 4000}, device_scale_factor=2, bypass_csp=True
            )
            poller = asyncio.create_task(poll_updates(stage.runtime, stage.application))
            morning, album = Morning(stage), Album(stage, page, folder)
            for language, phone in (await morning.prepare()).items():
                walk = Walk(album, morning, language, phone)
                await walk.decide()
                await walk.look_on()
            poller.cancel()
            await browser.close()


if __name__ == "__main__":
    chosen = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    chosen.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(chosen))
