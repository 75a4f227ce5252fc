"""Open what a command needs: settings, database, runtime."""

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

from sharebot.clock import Clock, SystemClock
from sharebot.config.load import load_settings
from sharebot.config.settings import Settings
from sharebot.errors import ConfigError
from sharebot.mail.smtp import SmtpMailer
from sharebot.runtime import Runtime
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store.database import Database
from sharebot.store.officers import count_sealed
from sharebot.store.restore import check_integrity
from sharebot.store.schema import migrate
from sharebot.store.spending import MICROS, DatabasePurse
from sharebot.store.vault import KEY_FILE, Vault, parse_keys, read_or_create_key
from sharebot.trackers import open_trackers
from sharebot.trackers.oembed import open_lookups
from sharebot.values.status import Network


def open_database(settings: Settings) -> Database:
    """Open the database, migrated, with the key of its officers.

    Raises ConfigError when officers are there and the key file is not: a new key could not read them.
    """
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    missing = given is None and not KEY_FILE.exists()
    database = Database(settings.database_url, vault=Vault(parse_keys(given or read_or_create_key())))
    check_integrity(database)
    migrate(database)
    if missing:
        with database.read() as session:
            if count_sealed(session):
                KEY_FILE.unlink()
                raise ConfigError(
                    f"can't decrypt officers: neither SHAREBOT_SECRET_KEY nor {KEY_FILE} is there; "
                    "bring back the key they were sealed with"
                )
    return database


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[tuple[Settings, Database]]:
    """Yield settings and database for a short command."""
    settings = settings or load_settings()
    database = open_database(settings)
    try:
        yield settings, database
    finally:
        database.dispose()


def build_runtime(settings: Settings, *, clock: Clock | None = None) -> Runtime:
    """Build all parts but the bot's."""
    clock = clock or SystemClock()
    allowed = frozenset(settings.sources.local_addresses)
    # In trials the sources and our own pages share the machine, and only the sources' ports are opted in.
    own = {urlsplit(settings.web.public_url).hostname or ""} - {one.rpartition(":")[0] for one in allowed}
    fetcher = Fetcher(allowed=allowed, refused_hosts=frozenset(own))
    database = open_database(settings)
    trackers = open_trackers(settings, fetcher, partial(_purse, settings, database, clock))
    return Runtime(
        settings=settings,
        clock=clock,
        database=database,
        fetcher=fetcher,
        parsers=ParserPool(),
        worker=f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(3)}",
        mailer=SmtpMailer(settings.smtp, organisation=settings.organisation.name, now=clock.now)
        if settings.smtp.host
        else None,
        trackers=trackers,
        lookups=open_lookups(settings, fetcher),
    )


def _purse(settings: Settings, database: Database, clock: Clock, network: Network) -> DatabasePurse:
    budget = int(settings.x.monthly_usd * MICROS) if network is Network.X else None
    return DatabasePurse(database, network, budget=budget, now=clock.now)
