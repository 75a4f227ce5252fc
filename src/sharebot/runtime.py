"""Everything a job, a handler or a page may use, handed over as one frozen value."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random, SystemRandom

from sharebot.clock import Clock
from sharebot.clock_watch import ClockWatch
from sharebot.config.settings import Settings
from sharebot.mail import Mailer
from sharebot.messengers import Messenger
from sharebot.rules.utm import new_code
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store.database import Database
from sharebot.trackers import NO_SINGLE_POST
from sharebot.trackers.seam import Lookup, Tracker
from sharebot.values.status import Network


@dataclass(frozen=True, slots=True)
class Runtime:
    """One process's parts. `messengers` are those of our bots, by their rows' ids, the main bot's first.

    `mailer` is None when no mail server is configured. `watch` says whether the clock can be trusted.

    `random` makes codes and jitter: a SystemRandom outside of demonstrations. `stopping` is set when the
    process is asked to end: jobs finish what is in flight and begin nothing new.
    """

    settings: Settings
    clock: Clock
    database: Database
    fetcher: Fetcher
    parsers: ParserPool
    worker: str = "worker"
    messengers: Mapping[int, Messenger] = field(default_factory=dict)
    mailer: Mailer | None = None
    trackers: Mapping[Network, Tracker] = field(default_factory=dict)
    lookups: Mapping[Network, Lookup] = field(default_factory=dict)
    random: Random = field(default_factory=SystemRandom)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    watch: ClockWatch | None = None

    def __post_init__(self) -> None:
        """Begin to watch the clock, unless a watch was given."""
        if self.watch is None:
            object.__setattr__(self, "watch", ClockWatch(self.clock))

    @property
    def clock_watch(self) -> ClockWatch:
        """The watch over this process's clock."""
        assert self.watch is not None  # noqa: S101 - made above
        return self.watch

    @property
    def messenger(self) -> Messenger | None:
        """The main bot's messenger, or None without a token."""
        return next(iter(self.messengers.values()), None)

    @property
    def lookable(self) -> frozenset[Network]:
        """The networks where a pasted post can be looked at."""
        return (frozenset(self.trackers) - NO_SINGLE_POST) | frozenset(self.lookups)

    def find_lookup(self, network: Network) -> Lookup | None:
        """Return whom to ask about a pasted post there: the tracker, else whoever tells of single posts."""
        return self.trackers.get(network) or self.lookups.get(network)

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return self.clock.now()

    def new_code(self) -> str:
        """Return a fresh code for a short link."""
        return new_code(self.random.choice)

    async def aclose(self) -> None:
        """Close connections and child processes."""
        for messenger in self.messengers.values():
            await messenger.close()
        await self.fetcher.aclose()
        await self.parsers.aclose()
        self.database.dispose()
