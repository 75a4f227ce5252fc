"""What every scene begins with: the cast, and one item that was released to both; made once, then copied."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from sharebot.config.settings import Settings
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.rules.utm import new_code
from sharebot.store import contents, queue
from sharebot.store.database import Database
from sharebot.store.vault import Vault
from sharebot.values.feeds import FeedItem, Translation
from tests.cast import NOW, add_cast

CHANNEL = -1002000000001  # the Alliance's own


def release_item(database: Database, settings: Settings) -> None:
    """Release one item in French and English to everybody, due now."""
    with database.write() as session:
        items = [
            FeedItem("a-en", "A <b>title</b> & more", "Words.", "https://alliance.example/a", NOW, "en"),
            FeedItem(
                "a-fr",
                "Un titre",
                "Des mots.",
                "https://alliance.example/fr/a",
                NOW,
                "fr",
                translations=(Translation("en", "https://alliance.example/a"),),
            ),
        ]
        intake = contents.Intake("en", frozenset({"alliance.example"}), NOW)
        contents.ingest(session, items, intake)
        approval = queue.Approval(
            1,
            Audience(),
            Timing(send_at=NOW, urgent=True),
            NOW + timedelta(days=3),
            "test",
            contents.content_hash(session, 1),
        )
        queue.approve(session, approval, now=NOW)
        queue.release(session, 1, settings=settings, new_code=new_code, now=NOW)


def settings_for(**telegram: object) -> Settings:
    """Return the scene's settings."""
    topics = {"climate": {"en": "Climate", "fr": "Climat", "es": "Clima"}, "peace": {"en": "Peace"}}
    return Settings.model_validate(
        {"telegram": {"poll_seconds": 2, "channel": CHANNEL, **telegram}, "topics": topics},
    )


@pytest.fixture(scope="session")
def released_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the cast and the released item, made once for all scenes."""
    path = tmp_path_factory.mktemp("template") / "released.db"
    shutil.copy(migrated_file, path)
    database = Database(f"sqlite:///{path}", vault=Vault([b"k" * 32]))
    add_cast(database)
    release_item(database, settings_for())
    database.dispose()
    return path
