"""The migrations make exactly the tables of the models, on both databases, and the store works on both."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlmodel import SQLModel

from sharebot.config.settings import Settings
from sharebot.errors import ConfigError
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.rules.utm import new_code
from sharebot.store import claims, contents, queue
from sharebot.store.database import Database
from sharebot.store.schema import HEAD, migrate
from sharebot.values.feeds import FeedItem
from tests.cast import NOW, add_member, add_officer
from tests.store.fresh import KINDS, database_maker


@pytest.fixture(params=KINDS)
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with database_maker(request, request.param, folder=tmp_path) as make:
        yield make()


def test_the_migrations_make_the_tables_of_the_models(fresh: Database):
    migrate(fresh)
    with fresh.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, SQLModel.metadata) == []
    assert migrate(fresh) == HEAD


def test_a_database_of_a_newer_build_is_refused(fresh: Database):
    migrate(fresh)
    with fresh.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match=f"the database is at revision 9999, this build knows {HEAD}"):
        migrate(fresh)


def _released(database: Database, officers: int) -> None:
    with database.write() as session:
        member = add_member(session, "north")
        for number in range(officers):
            add_officer(session, member, f"Seat {number}", chat_id=1000 + number)
        item = FeedItem("a", "Title", "Words", "https://a.example/x", NOW, "en")
        contents.ingest(session, [item], contents.Intake("en", frozenset({"a.example"}), NOW))
        seen = contents.content_hash(session, 1)
        approval = queue.Approval(1, Audience(), Timing(send_at=NOW, urgent=True), NOW + timedelta(days=1), "me", seen)
        queue.approve(session, approval, now=NOW)


def test_a_release_writes_all_deliveries_or_none(either: Database):
    _released(either, 20)
    with pytest.raises(RuntimeError), either.write() as session:
        queue.release(session, 1, settings=Settings(), new_code=new_code, now=NOW)
        raise RuntimeError("the machine dies here")
    with either.read() as session:
        assert session.connection().execute(text("SELECT count(*) FROM delivery")).scalar() == 0
        assert queue.get_entry(session, 1).status.value == "approved"
    with either.write() as session:
        released = queue.release(session, 1, settings=Settings(), new_code=new_code, now=NOW)
    assert released is not None
    assert released.deliveries == 20
    with either.write() as session:
        assert queue.release(session, 1, settings=Settings(), new_code=new_code, now=NOW) is None


def test_several_workers_never_claim_the_same_delivery(either: Database):
    _released(either, 40)
    with either.write() as session:
        queue.release(session, 1, settings=Settings(), new_code=new_code, now=NOW)

    def work(name: str) -> list[int]:
        mine: list[int] = []
        while True:
            with either.write() as session:
                found = claims.claim_due(session, 1, now=NOW, limit=3, pace=claims.Pace(1000, 18)).claims
                claims.open_attempts(session, found, {}, worker=name, now=NOW)
            if not found:
                return mine
            mine += [claim.delivery_id for claim in found]

    with ThreadPoolExecutor(4) as pool:
        found = [number for mine in pool.map(work, "abcd") for number in mine]
    assert sorted(found) == list(range(1, 41))


def test_an_edit_after_approval_voids_it(either: Database):
    _released(either, 1)
    edited = FeedItem("a", "Another title", "Words", "https://a.example/x", NOW, "en")
    with either.write() as session:
        done = contents.ingest(session, [edited], contents.Intake("en", frozenset({"a.example"}), NOW))
        assert done.changed == 1
    with either.write() as session:
        assert queue.release(session, 1, settings=Settings(), new_code=new_code, now=NOW) is None
        assert queue.get_entry(session, 1).status.value == "proposed"
        assert "edited after approval" in contents.get_content(session, 1).quarantine
