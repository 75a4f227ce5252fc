"""Let people act: officers with their phones and networks, readers with their browsers."""

import asyncio
import random
import re
import ssl
from collections.abc import Sequence

import httpx

from sharebot.sandbox.demo.cast import Deed, Habit
from sharebot.sandbox.demo.networks import REPEATABLE, Networks
from sharebot.sandbox.messages import Shown
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.world import Sandbox

_SHORT = re.compile(r"https?://\S+/r/\w{10}")
_BROWSERS = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Edg/142.0",
)
_READS = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en"}
_TRUST = ssl.create_default_context()  # made once: it reads all authorities, and every reader has a client
_MACHINES = ("TelegramBot (like TwitterBot)", "facebookexternalhit/1.1", "WhatsApp/2.24", "curl/8.5.0")
_PLACES = (
    "https://www.facebook.com/{name}/posts/{number}",
    "https://x.com/{name}/status/{number}",
    "https://www.linkedin.com/posts/{name}_{number}",
    "https://www.instagram.com/p/C{number}/",
)


class Actors:
    """Plays what was planned. `clicks` counts the requests that were sent, as a check of the play."""

    def __init__(self, sandbox: Sandbox, networks: Networks, rng: random.Random) -> None:
        self._sandbox, self._networks, self._rng = sandbox, networks, rng
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._number = 100_000_000
        self._opened: set[int] = set()
        self.clicks = 0

    async def join(self, phone: Phone, *, wishes: Sequence[str]) -> None:
        """Agree, keep all topics, choose what is wished, and be done."""
        await self._sandbox.drained()
        for verb, argument in (("a", ""), ("x", "wishes"), *(("g", wish) for wish in wishes), ("x", "done")):
            shown = phone.last_message
            taps = [one for one in _taps(shown, verb) if argument in one] if shown else []
            if taps:
                phone.tap(taps[0], message=shown)
                await self._sandbox.drained()

    async def open_digests(self, phones: Sequence[Phone]) -> None:
        """Ask for the first two items of each digest that has just come; the bot brings them."""
        for phone in phones:
            shown = phone.last_message
            wanted = _taps(shown, "o")[:2] if shown and shown.message_id not in self._opened else []
            for tap in wanted:
                phone.tap(tap, message=shown)
            if shown and wanted:
                self._opened.add(shown.message_id)
                await self._sandbox.drained()

    async def act(self, deed: Deed) -> bool:
        """Carry out one deed. True when something was shared."""
        shown = self._message(deed)
        if shown is None:
            return False
        match deed.habit:
            case Habit.REPOSTS:
                return self._repeat(deed, shown)
            case Habit.LINKS:
                return self._post_link(deed, shown)
            case Habit.PASTES:
                await self._paste(deed, shown)
            case Habit.CLAIMS:
                if self._rng.random() < 0.3:
                    self._tap(deed, shown, verb="t")
                self._tap(deed, shown, verb="s")
            case Habit.WAITS:
                return await self._postpone(deed, shown)
            case Habit.DECLINES:
                return await self._decline(deed, shown)
            case Habit.IGNORES:
                return False
        return True

    def _message(self, deed: Deed) -> Shown | None:
        messages = deed.person.phone.messages
        return next((one for one in messages if one.message_id == deed.message_id), None)

    def _tap(self, deed: Deed, shown: Shown, *, verb: str) -> None:
        if taps := _taps(shown, verb):
            deed.person.phone.tap(taps[0], message=shown)

    async def _postpone(self, deed: Deed, shown: Shown) -> bool:
        self._tap(deed, shown, verb="l")
        await self._sandbox.drained()
        if moments := _taps(shown, "w"):
            deed.person.phone.tap(self._rng.choice(moments), message=shown)
        return False

    async def _decline(self, deed: Deed, shown: Shown) -> bool:
        self._tap(deed, shown, verb="d")
        await self._sandbox.drained()
        if reasons := _taps(shown, "n"):
            deed.person.phone.tap(self._rng.choice(reasons), message=shown)
        return False

    def _repeat(self, deed: Deed, shown: Shown) -> bool:
        """Repost or quote what the Alliance posted, else post the party's link."""
        places = [one for one in deed.person.places if one.network in REPEATABLE]
        titles = [title for _, title in self._networks.ours if title in shown.words.text]
        if not places or not titles:
            return self._post_link(deed, shown)
        return self._networks.repeat(self._rng.choice(places), titles[0], quote=self._rng.random() < 0.25)

    def _post_link(self, deed: Deed, shown: Shown) -> bool:
        link = _SHORT.search(shown.words.text)
        if link is None or not deed.person.places:
            return False
        self._networks.write(self._rng.choice(deed.person.places), shown.words.text.split("\n\n")[1], link[0])
        return True

    async def _paste(self, deed: Deed, shown: Shown) -> None:
        """Paste a link; when the bot asks which item it belongs to, say so."""
        phone = deed.person.phone
        phone.write(self._pasted(deed))
        await self._sandbox.drained()
        number = _taps(shown, "s")[0].split(":")[1] if _taps(shown, "s") else ""
        asked = phone.last_message
        if asked and f"p:{number}:" in _taps(asked, "p"):
            phone.tap(f"p:{number}:", message=asked)

    def _pasted(self, deed: Deed) -> str:
        self._number += 137
        name = re.sub(r"\W", "", deed.person.member_code)
        return self._rng.choice(_PLACES).format(name=name, number=self._number)

    async def read(self, shown: Shown, *, people: int, machines: int) -> None:
        """Let people and machines follow the short link of an item."""
        link = _SHORT.search(shown.words.text)
        if link is None:
            return
        visits = [(self._rng.randrange(2, 250), self._rng.choice(_BROWSERS)) for _ in range(people)]
        visits += [(2, self._rng.choice(_MACHINES)) for _ in range(machines)]
        for place, agent in visits:
            await self._visit(link[0], place, agent)

    async def _visit(self, url: str, place: int, agent: str) -> None:
        address = f"127.0.0.{place}"
        if address not in self._clients:
            # A reader comes once: no connection is kept for a second visit.
            limits = httpx.Limits(max_keepalive_connections=0)
            transport = httpx.AsyncHTTPTransport(local_address=address, limits=limits, verify=_TRUST)
            self._clients[address] = httpx.AsyncClient(transport=transport, trust_env=False)
        self.clicks += 1
        says = {"User-Agent": agent} | (_READS if agent in _BROWSERS else {})
        await self._clients[address].get(url, headers=says)

    async def aclose(self) -> None:
        """Close the readers' browsers."""
        await asyncio.gather(*(client.aclose() for client in self._clients.values()))


def _taps(shown: Shown, verb: str) -> list[str]:
    data = [str(key.get("callback_data", "")) for row in shown.keyboard for key in row]
    return [one for one in data if one.startswith(f"{verb}:")]


def list_items(messages: Sequence[Shown]) -> list[Shown]:
    """Return the messages that carry an item."""
    return [one for one in messages if one.from_bot and _SHORT.search(one.words.text)]
