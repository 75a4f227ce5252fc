"""check: say in plain words what is missing or unsafe."""

import argparse
from collections.abc import Iterator
from importlib.util import find_spec

from sharebot.cli.setup import open_database
from sharebot.config.bots import MAIN, check_bots, find_secret, tokens_of
from sharebot.config.checks import nearest
from sharebot.config.load import load_settings
from sharebot.config.settings import Settings
from sharebot.media.lighten import find_ffmpeg
from sharebot.rules.members_file import REGIONS
from sharebot.store.bots import get_bot, list_bots
from sharebot.store.database import Database
from sharebot.store.members import list_members
from sharebot.store.officers import list_officers
from sharebot.store.sources import list_sources
from sharebot.store.staff import list_staff
from sharebot.values.status import BotStatus, OfficerStatus, SourceStatus

SHORT = 24


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """No options."""


def run(arguments: argparse.Namespace, name: str) -> int:
    """Print the findings; exit code 1 when anything is missing. Raises ConfigError when settings are wrong."""
    settings = load_settings()
    check_bots(settings)
    database = open_database(settings)
    missing = [*_settings_missing(settings), *_bots_missing(settings), *_rows_missing(database)]
    unsafe, lacking = list(_unsafe(settings)), list(_lacking())
    database.dispose()
    for line in missing:
        print(f"missing: {line}")
    for line in unsafe:
        print(f"unsafe:  {line}")
    for line in lacking:
        print(f"without: {line}")
    if not missing and not unsafe:
        print("everything is in place")
    return 1 if missing else 0


def _lacking() -> Iterator[str]:
    """Say what works less well on this machine; it is no fault."""
    if find_ffmpeg() is None:
        yield "ffmpeg: officers on slow lines get an episode's picture and link in place of light audio; install ffmpeg"


def _settings_missing(settings: Settings) -> Iterator[str]:
    if MAIN not in tokens_of(settings):
        yield "the bot's token: set SHAREBOT_TELEGRAM__TOKEN or SHAREBOT_TELEGRAM__TOKEN_FILE"
    if settings.smtp.host is None:
        yield "the mail server: set smtp.host in config/sharebot.toml, or no report is mailed"
    oidc = settings.oidc
    if (oidc.issuer or oidc.client_id or oidc.client_secret) and not oidc.is_configured:
        yield "the identity provider: set oidc.issuer and oidc.client_id, or staff cannot come in that way"
    if oidc.is_configured and find_spec("authlib") is None:
        yield "the libraries for the identity provider: install sharebot[oidc]"
    if not settings.reports.recipients:
        yield "readers of the weekly report: add [[reports.recipients]] to config/sharebot.toml"


def _bots_missing(settings: Settings) -> Iterator[str]:
    given, holders = tokens_of(settings), dict[str, str]()
    for code, bot in settings.telegram.bots.items():
        if code not in given:
            name = f"SHAREBOT_TELEGRAM__BOTS__{code.upper()}__TOKEN"
            yield f"the token of the bot {code}, which is not started without it: set {name} or {name}_FILE"
        if not bot.regions:
            yield f"the regions of the bot {code}: set telegram.bots.{code}.regions, or nobody is invited to it"
        for region in bot.regions:
            if region not in REGIONS:
                yield f'a region "{region}" for the bot {code}{nearest(region, list(REGIONS))}'
            if (other := holders.setdefault(region, code)) != code:
                yield f"a decision between the bots {other} and {code}: both are for {region}, {other} is taken"


def _rows_missing(database: Database) -> Iterator[str]:
    with database.read() as session:
        if not list_members(session):
            yield "members: sharebot members import config/members.csv"
        seats = list_officers(session)
        if seats and not any(one.status is OfficerStatus.ACTIVE for one in seats):
            yield "active officers: sharebot officers invite MEMBER, then confirm"
        if waiting := sum(one.status is OfficerStatus.WAITING for one in seats):
            yield f"a confirmation of {waiting} waiting officers: sharebot officers list"
        sources = list_sources(session)
        if not sources:
            yield "sources: sharebot sources add URL"
        for source in sources:
            if source.status is not SourceStatus.ACTIVE:
                yield f"an answer of source {source.id} ({source.status.value}): {source.error}"
        if not list_staff(session):
            yield "staff: sharebot staff add E-MAIL --role admin"
    with database.write() as session:
        get_bot(session)
        for bot in list_bots(session):
            if bot.status is BotStatus.PAUSED:
                yield f"the bot {bot.code} is paused ({bot.pause_reason}): sharebot bot resume"


def _unsafe(settings: Settings) -> Iterator[str]:
    for address in settings.sources.local_addresses:
        yield f"sources.local_addresses lets feeds be read from {address} without https"
    if settings.web.public_url.startswith("http:"):
        yield "web.public_url is not https: short links work on this machine only"
    if settings.web.public_url.startswith("https:") and not settings.web.proxies:
        yield "web.proxies is empty: everybody who comes through your proxy counts as one reader and one address"
    if len(find_secret(settings) or " " * SHORT) < SHORT:
        yield f"SHAREBOT_TELEGRAM__WEBHOOK_SECRET can be guessed: give it {SHORT} characters or more"
    if settings.smtp.host and settings.smtp.security == "none":
        yield "smtp.security is none: mails leave without encryption"
    if settings.secret_key is None:
        yield "the key that seals officers lies in config/sharebot.key; back it up apart from the database"
