"""restore: put a backup of a SQLite database back, and erase again whoever was erased since."""

import argparse
import shutil
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from sharebot.cli.setup import open_database
from sharebot.config.load import load_settings
from sharebot.config.settings import Settings
from sharebot.errors import ConfigError, Refused
from sharebot.models import Erasure
from sharebot.store.backup import check_backup
from sharebot.store.database import Database
from sharebot.store.erasure import list_erasures, press_out, replay
from sharebot.store.lock import Presence
from sharebot.store.vault import Vault, new_key, parse_keys


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    parser.add_argument("path", type=Path, metavar="PATH", help="a backup that sharebot made of a SQLite database")


def run(arguments: argparse.Namespace, name: str) -> int:
    """Put the present database aside, the backup in its place, and erase again."""
    settings, now = load_settings(), datetime.now(UTC)
    present = Database(settings.database_url, vault=Vault(parse_keys(new_key())))
    if present.path is None:
        raise Refused("on PostgreSQL put a backup back with psql, as docs/backup.md says")
    made_at = check_backup(arguments.path)
    presence = Presence(present, "restore")
    presence.enter()
    try:
        erasures = _read_erasures(present)
        aside = _put_aside(present.path, now)
        shutil.copyfile(arguments.path, present.path)
        present.path.chmod(0o600)
        again = _erase_again(settings, erasures, now=now)
    finally:
        presence.leave()
    print(f"{present.path} is the backup of {made_at:%Y-%m-%d %H:%M:%S} UTC")
    print(f"the database it replaces is in {aside}: delete it when you no longer need it")
    print(f"erased again: {again} of {len(erasures)} officers who were erased")
    return 0


def _read_erasures(present: Database) -> list[Erasure]:
    """Return who was erased in the database that is replaced. Raises ConfigError when it cannot be read."""
    if present.path is None or not present.path.exists():
        return []
    try:
        with present.read() as session:
            return list_erasures(session)
    except SQLAlchemyError as error:
        raise ConfigError(
            f"{present.path} cannot be read, so nobody knows who was erased since the backup: put it aside yourself, "
            "restore once more, and erase them again (docs/backup.md)"
        ) from error
    finally:
        present.dispose()


def _put_aside(path: Path, now: datetime) -> Path:
    aside = path.parent / f"replaced-{now:%Y%m%d-%H%M%S}"
    aside.mkdir(mode=0o700, parents=True)
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        if (path.parent / name).exists():
            (path.parent / name).rename(aside / name)
    return aside


def _erase_again(settings: Settings, erasures: list[Erasure], *, now: datetime) -> int:
    database = open_database(settings)
    try:
        with database.write() as session:
            again = replay(session, erasures, now=now)
        press_out(database)
    finally:
        database.dispose()
    return again
