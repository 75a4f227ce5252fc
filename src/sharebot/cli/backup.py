"""backup: copy the database while everything goes on, or check a copy."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from sharebot.config.load import load_settings
from sharebot.errors import Refused
from sharebot.store.backup import back_up, check_backup
from sharebot.store.database import Database
from sharebot.store.vault import KEY_FILE, Vault, new_key, parse_keys

FOLDER = Path("data/backups")


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help=f"file or folder; {FOLDER} when left out")
    parser.add_argument("--check", action="store_true", help="say whether the backup at PATH is whole")


def run(arguments: argparse.Namespace, name: str) -> int:
    """Write the copy and say where it is, or read one through."""
    if arguments.check:
        if arguments.path is None:
            raise Refused("which backup is to be checked? sharebot backup --check PATH")
        made_at = check_backup(arguments.path)
        print(f"{arguments.path} is a whole backup of {made_at:%Y-%m-%d %H:%M:%S} UTC")
        return 0
    # Not migrated first: a backup before an update must be of the tables as they are. No key is needed.
    database = Database(load_settings().database_url, vault=Vault(parse_keys(new_key())))
    try:
        now = datetime.now(UTC)
        path = _choose_path(arguments.path, database, now)
        size = back_up(database, path, now=now)
    finally:
        database.dispose()
    print(f"{path}  {_spell(size)}")
    print(f"Back up the key apart from it: {KEY_FILE}, or the value of SHAREBOT_SECRET_KEY. It is not in the copy;")
    print("without it the officers must be invited anew, and together they tell who the officers are.")
    return 0


def _choose_path(given: Path | None, database: Database, now: datetime) -> Path:
    if given is not None and not given.is_dir():
        return given
    suffix = ".db" if database.is_sqlite else ".sql.gz"
    return (given or FOLDER) / f"sharebot-{now:%Y%m%d-%H%M%S}{suffix}"


def _spell(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{size / 1000:.0f} kB"
