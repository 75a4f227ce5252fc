"""Bring the tables to the state this build knows."""

from pathlib import Path

from sqlalchemy import inspect, text

from sharebot.errors import ConfigError
from sharebot.store.database import Database

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
HEAD = "0001"


def current_revision(database: Database) -> str | None:
    """Return the revision the database is at, or None for an empty one."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(database: Database) -> str:
    """Upgrade to `HEAD` and return it; does nothing, quickly, when it is there already.

    Raises ConfigError when the database is newer than this build.
    """
    revision = current_revision(database)
    if revision == HEAD:
        return HEAD
    if revision is not None and revision > HEAD:
        raise ConfigError(f"the database is at revision {revision}, this build knows {HEAD}; install a newer one")
    # Loading Alembic takes longer than all the rest of the start, and is needed once per release.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
    return HEAD
