"""Play the week: the real bot, its real jobs and pages, against the sandbox, by a clock that the play moves."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlmodel import Session

from sharebot.bot.application import BotApplication
from sharebot.bot.updates import poll_updates
from sharebot.config.settings import Settings
from sharebot.jobs.check_posts import check_posts
from sharebot.jobs.edit_messages import edit_messages
from sharebot.jobs.make_renditions import make_renditions
from sharebot.jobs.poll_sources import poll_sources
from sharebot.jobs.prune import prune
from sharebot.jobs.recheck_posts import recheck_posts
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
from sharebot.sandbox import youtube
from sharebot.sandbox.clock import PlayClock
from sharebot.sandbox.demo import fiction
from sharebot.sandbox.demo.actors import Actors, list_items
from sharebot.sandbox.demo.cast import Deed, Habit, Person, plan_deed
from sharebot.sandbox.demo.networks import Networks, Place
from sharebot.sandbox.publisher import publish
from sharebot.sandbox.sites import draw_landscape, make_wav
from sharebot.sandbox.world import Sandbox
from sharebot.sources.discovery import discover
from sharebot.store import confirming, contents, members, officers, queue, sources, staff, tracking
from sharebot.store.officers import OfficerView
from sharebot.store.vault import new_key
from sharebot.values.status import Network, OfficerStatus, StaffRole

DAYS = 7
STEP = timedelta(hours=1)
_NEVER_JOINS = frozenset({"savane-ml", "lagoon-nc"})
_NEVER_CONFIRMS = "voice-tn"
_CHANGE_OF_MIND = timedelta(days=2, hours=12)  # after the start; somebody undoes a repost
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
        self._networks = Networks(sandbox)
        self._actors = Actors(sandbox, self._networks, self._rng)
        self._places: dict[str, tuple[Place, ...]] = {}
        self._people: dict[int, Person] = {}
        self._seen: dict[int, int] = {}
        self._deeds: list[Deed] = []
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
        rows, problems = parse_members(fiction.MEMBERS.replace("{s}", f"{self.sandbox.base_url}/site/parties"))
        assert not problems, problems  # noqa: S101 - the play's own file
        now = self.clock.now()
        with self.runtime.database.write() as session:
            members.import_members(session, rows, now=now)
            staff.add_staff(session, fiction.STAFF, role=StaffRole.ADMIN, language="en", now=now)
            tracking.watch_own(session, self.runtime.settings)
        for row in rows:
            opened = [
                self._networks.open(one.network, one.handle, code=row.code, name=row.name) for one in row.accounts
            ]
            self._places[row.code] = tuple(place for place in opened if place)
        self._open_own()

    def _open_own(self) -> None:
        """Open the Alliance's accounts, before it has anything to say."""
        sandbox = self.sandbox
        sandbox.bluesky.account(fiction.ACCOUNT)
        sandbox.x.account(fiction.X_ACCOUNT)
        sandbox.mastodon.account(fiction.MASTODON_ACCOUNT)
        sandbox.youtube.channel(fiction.YOUTUBE_ACCOUNT)
        sandbox.x.protect(sandbox.x.account("olivebranch"))

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
        for story in fiction.STORIES:
            if story.at <= self.clock.now():
                self._networks.announce(story)

    async def _invite(self) -> None:
        """Send every seat its link; most follow it, choose a language and are confirmed."""
        with self.runtime.database.write() as session:
            seats = officers.list_officers(session)
            tokens = {seat.id: officers.create_invitation(session, seat.id, now=self.clock.now()) for seat in seats}
        for number, seat in enumerate(seats):
            phone = self.sandbox.telegram.add_phone(1001 + number, seat.label, language=seat.language)
            places = self._places[seat.member_code]
            self._people[phone.chat_id] = Person(phone, seat.member_code, seat.label, places)
            if seat.member_code in _NEVER_JOINS:
                continue
            phone.follow(f"https://t.me/{self.sandbox.telegram.username}?start={tokens[seat.id]}")
            await self._actors.join(phone, wishes=_WISHES.get(seat.label, ()))
        with self.runtime.database.write() as session:
            for waiting in officers.list_officers(session, OfficerStatus.WAITING):
                officers.confirm(session, waiting.id, now=self.clock.now())
                self._confirm_accounts(session, waiting)
        await self._add_bot_to_channels()

    def _confirm_accounts(self, session: Session, officer: OfficerView) -> None:
        """Let an officer say which accounts are their party's; one party never gets round to it."""
        if officer.member_code == _NEVER_CONFIRMS:
            return
        for account in confirming.list_accounts(session, officer.member_id):
            confirming.confirm_account(session, account.id, by=f"officer:{officer.id}", now=self.clock.now())

    async def _add_bot_to_channels(self) -> None:
        """Let officers make the bot an administrator of their party's Telegram channel."""
        channels = {one.username: one for one in self.sandbox.telegram.channels.values()}
        for person in self._people.values():
            for place in person.places:
                if place.network is Network.TELEGRAM:
                    channels[place.handle].add_bot(person.phone)
                    await self.sandbox.drained()

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
        if fiction.START + _CHANGE_OF_MIND <= self.clock.now() < fiction.START + _CHANGE_OF_MIND + STEP:
            self._networks.take_back(self._rng.choice)
        await check_posts(self.runtime)
        await edit_messages(self.runtime)
        if hour % 3 == 0:
            await track_posts(self.runtime)
            await recheck_posts(self.runtime)
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
            shared = await self._actors.act(deed)
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
            "x": {"base_url": sandbox.x_url, "bearer_token": sandbox.x.token, "accounts": [fiction.X_ACCOUNT]},
            "mastodon": {
                "server": fiction.MASTODON_SERVER,
                "accounts": [fiction.MASTODON_ACCOUNT],
                "servers": {one: f"{sandbox.base_url}/mastodon/{one}" for one in fiction.SERVERS},
            },
            "youtube": {
                "api_key": youtube.KEY,
                "base_url": f"{sandbox.base_url}/youtube/v3",
                "accounts": [f"@{fiction.YOUTUBE_ACCOUNT}"],
            },
            "oembed": {"enabled": False},
        }
    )
