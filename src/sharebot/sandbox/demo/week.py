"""Play the week: the real bot, its real jobs and pages, against the sandbox, by a clock that the play moves."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sharebot.bot.application import BotApplication
from sharebot.bot.updates import poll_updates
from sharebot.config.settings import Settings
from sharebot.jobs.check_posts import check_posts
from sharebot.jobs.edit_messages import edit_messages
from sharebot.jobs.make_renditions import make_renditions
from sharebot.jobs.poll_sources import poll_sources
from sharebot.jobs.prune import prune
from sharebot.jobs.release_entries import release_entries
from sharebot.jobs.remind import remind
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.jobs.send_digests import send_digests
from sharebot.jobs.send_reports import send_reports
from sharebot.jobs.track_posts import track_posts
from sharebot.rules.audience import Audience
from sharebot.rules.members_file import parse_members
from sharebot.rules.timing import Timing
from sharebot.runtime import Runtime
from sharebot.sandbox.clock import PlayClock
from sharebot.sandbox.demo import fiction
from sharebot.sandbox.demo.actors import Actors, list_items
from sharebot.sandbox.demo.cast import Deed, Habit, Person, plan_deed
from sharebot.sandbox.publisher import address_of, publish
from sharebot.sandbox.sites import draw_landscape, make_wav
from sharebot.sandbox.world import Sandbox
from sharebot.sources.discovery import discover
from sharebot.store import contents, members, officers, queue, reshares, sources, staff
from sharebot.store.vault import new_key
from sharebot.values.status import Network, OfficerStatus, StaffRole

DAYS = 7
STEP = timedelta(hours=1)
_NEVER_JOINS = frozenset({"savane-ml", "lagoon-nc"})
_WISHES = {  # who chooses something else than what is usual, by the choice's code
    "Cheikh": ("tier_light",),
    "Koffi": ("tier_text",),
    "Tunde": ("tier_light", "rhythm_daily"),
    "Memo": ("rhythm_daily",),
    "Luz": ("tier_light",),
    "Hugo": ("rhythm_weekly",),
}


class Week:
    """Owns the play's people. `progress` is told the share that is done, and the day."""

    def __init__(
        self, runtime: Runtime, application: BotApplication, sandbox: Sandbox, *, clock: PlayClock, seed: int
    ) -> None:
        self.runtime, self.application, self.sandbox, self.clock = runtime, application, sandbox, clock
        self._rng = random.Random(seed)  # noqa: S311 - a play, not a secret
        self._actors = Actors(sandbox, self._rng)
        self._people: dict[int, Person] = {}
        self._seen: dict[int, int] = {}
        self._deeds: list[Deed] = []
        self._our_posts: dict[str, str] = {}
        self._approved: set[int] = set()

    async def play(self, progress: Callable[[float, datetime], None]) -> None:
        """Live from Monday to the next Monday morning, when the report goes out."""
        self._set_stage()
        poller = asyncio.create_task(poll_updates(self.runtime, self.application))
        await self._add_sources()
        await self._invite()
        end = fiction.START + timedelta(days=DAYS, hours=4)
        while self.clock.now() < end:
            await self._hour()
            progress((self.clock.now() - fiction.START) / (end - fiction.START), self.clock.now())
            self.clock.move_to(self.clock.now().replace(minute=0, second=0, microsecond=0) + STEP)
        await self._actors.aclose()
        poller.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await poller

    def _set_stage(self) -> None:
        """Draw pictures, import members, open accounts, hire staff."""
        sites = self.sandbox.sites
        for number, story in enumerate(fiction.STORIES):
            sites.publish(story.picture, draw_landscape(number), "image/png")
            if story.kind == "episode":
                sites.publish(f"/audio/{story.code}.wav", make_wav(story.seconds), "audio/wav")
        rows, problems = parse_members(fiction.MEMBERS)
        assert not problems, problems  # noqa: S101 - the play's own file
        now = self.clock.now()
        with self.runtime.database.write() as session:
            members.import_members(session, rows, now=now)
            staff.add_staff(session, fiction.STAFF, role=StaffRole.ADMIN, language="en", now=now)
            reshares.watch_alliance(session, (fiction.ACCOUNT,))
        self.sandbox.bluesky.account(fiction.ACCOUNT)
        for row in rows:
            for account in row.accounts:
                if account.network is Network.BLUESKY:
                    self.sandbox.bluesky.account(account.handle)

    async def _add_sources(self) -> None:
        publish(self.sandbox, [], organisation=fiction.ORGANISATION)
        self._publish()
        for name in ("feed.xml", "videos.xml", "podcast.xml"):
            url = f"{self.sandbox.base_url}/site/{name}"
            found = await discover(url, fetcher=self.runtime.fetcher, parsers=self.runtime.parsers)
            with self.runtime.database.write() as session:
                one = found[0]
                sources.add_source(
                    session, url, kind=one.kind, title=one.title, language=one.language, now=self.clock.now()
                )

    def _publish(self) -> None:
        """Put out what is due, and announce it with the Alliance's own account."""
        publish(self.sandbox, fiction.STORIES, organisation=fiction.ORGANISATION)
        network, base = self.sandbox.bluesky, f"{self.sandbox.base_url}/site"
        for story in fiction.STORIES:
            language, title = next(iter(story.titles.items()))
            if story.at <= self.clock.now() and title not in self._our_posts:
                did = network.account(fiction.ACCOUNT)
                uri = network.post(did, title, link=address_of(base, story, language))
                self._our_posts |= dict.fromkeys(story.titles.values(), uri)

    async def _invite(self) -> None:
        """Send every seat its link; most follow it, choose a language and are confirmed."""
        with self.runtime.database.write() as session:
            seats = officers.list_officers(session)
            tokens = {seat.id: officers.create_invitation(session, seat.id, now=self.clock.now()) for seat in seats}
            accounts = {one.handle: one for one in reshares.list_watched(session, Network.BLUESKY)}
        for number, seat in enumerate(seats):
            phone = self.sandbox.telegram.add_phone(1001 + number, seat.label, language=seat.language)
            handle = f"{seat.member_code}.example"
            did = self.sandbox.bluesky.accounts.get(handle) if handle in accounts else None
            self._people[phone.chat_id] = Person(phone, seat.member_code, seat.label, did)
            if seat.member_code in _NEVER_JOINS:
                continue
            phone.follow(f"https://t.me/{self.sandbox.telegram.username}?start={tokens[seat.id]}")
            await self._actors.join(phone, wishes=_WISHES.get(seat.label, ()))
        with self.runtime.database.write() as session:
            for waiting in officers.list_officers(session, OfficerStatus.WAITING):
                officers.confirm(session, waiting.id, now=self.clock.now())

    async def _hour(self) -> None:
        """Let one hour happen: jobs, staff, officers, readers."""
        hour = self.clock.now().hour
        self._publish()
        await poll_sources(self.runtime)
        if 6 <= hour <= 17:
            self._review()
        await make_renditions(self.runtime)
        await release_entries(self.runtime)
        await send_digests(self.runtime)
        await remind(self.runtime)
        await send_deliveries(self.runtime)
        await self._actors.open_digests([person.phone for person in self._people.values()])
        await self._notice_items()
        await self._act()
        await check_posts(self.runtime)
        await edit_messages(self.runtime)
        if hour % 3 == 0:
            await track_posts(self.runtime)
            await prune(self.runtime)
        await send_reports(self.runtime)

    def _review(self) -> None:
        """Approve every draft for all parties, at nine o'clock of each party's own next day."""
        settings, now = self.runtime.settings, self.clock.now()
        with self.runtime.database.write() as session:
            for draft in contents.list_drafts(session):
                number = draft.id or 0
                if number in self._approved:
                    continue
                self._approved.add(number)
                day = (now + timedelta(hours=14)).date()
                approval = queue.Approval(
                    number,
                    Audience(),
                    Timing(send_on=day, send_local=settings.sending.local_time),
                    expires_at=datetime.combine(day, time(0), UTC) + timedelta(days=5),
                    by=fiction.STAFF,
                    expected_hash=contents.content_hash(session, number),
                )
                queue.approve(session, approval, now=now)

    async def _notice_items(self) -> None:
        """Let everybody decide what to do with what has just arrived."""
        for person in self._people.values():
            items = list_items(person.phone.messages)
            for shown in items[self._seen.get(person.phone.chat_id, 0) :]:
                deed = plan_deed(person, shown.message_id, now=self.clock.now(), rng=self._rng)
                self._deeds.append(deed)
                await self._actors.read(shown, people=0, machines=self._rng.choice((0, 0, 1)))
            self._seen[person.phone.chat_id] = len(items)

    async def _act(self) -> None:
        """Carry out what is due within this hour, in order; sharing brings readers."""
        now = self.clock.now()
        due = sorted((one for one in self._deeds if one.at <= now + STEP), key=lambda one: (one.at, one.message_id))
        self._deeds = [one for one in self._deeds if one.at > now + STEP]
        for deed in due:
            shared = await self._actors.act(deed, our_posts=self._our_posts)
            await self.sandbox.drained()
            if shared:
                await self._spread(deed)
            elif deed.habit is Habit.WAITS and self._rng.random() < 0.6:
                self._deeds.append(replace(deed, at=now + timedelta(hours=20), habit=Habit.CLAIMS))

    async def _spread(self, deed: Deed) -> None:
        shown = next(one for one in deed.person.phone.messages if one.message_id == deed.message_id)
        people = self._rng.choice((0, 1, 2, 3, 5, 8))
        await self._actors.read(shown, people=people, machines=self._rng.choice((0, 1, 2)))


def demo_settings(folder: Path, sandbox: Sandbox, *, web_port: int) -> Settings:
    """Return the settings of the play: documented ones only."""
    return Settings.model_validate(
        {
            "secret_key": new_key(),
            "database_url": f"sqlite:///{folder / 'sharebot.db'}",
            "organisation": {"name": fiction.ORGANISATION, "url": f"{sandbox.base_url}", "zone": "Europe/Brussels"},
            # One message at a time, so that the same seed gives the same week on a busy machine too.
            "telegram": {
                "token": sandbox.telegram.token,
                "base_url": sandbox.telegram_url,
                "poll_seconds": 5,
                "sends_in_flight": 1,
            },
            # One item of the week waits for Monday's digest.
            "sending": {"asks_per_week": 7},
            "topics": fiction.TOPICS,
            "sources": {"poll_minutes": 30, "local_addresses": [sandbox.address]},
            "web": {"port": web_port, "public_url": f"http://127.0.0.1:{web_port}"},
            "smtp": {"host": sandbox.host, "port": sandbox.mailbox.port, "security": "none"},
            "reports": {"recipients": [{"email": email, "language": language} for email, language in fiction.READERS]},
            "bluesky": {"base_url": sandbox.base_url, "accounts": [fiction.ACCOUNT]},
        }
    )
