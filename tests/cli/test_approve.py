"""Approving on the command line: who would get it, who would wait for a digest, and how much it may ask."""

from sqlmodel import select

from sharebot.cli.setup import opened
from sharebot.models import Content, Member, Officer, QueueEntry
from sharebot.values.status import Priority
from tests.cast import add_cast
from tests.cli.conftest import Call
from tests.store.props import ITEM, take_in


def test_the_priority_is_shown_by_its_effect_and_kept(call: Call):
    assert call("migrate")[0] == 0
    with opened() as (_, database):
        add_cast(database)
        take_in(database, ITEM)
        with database.write() as session:
            session.get_one(Content, 1).topics = "water"
            session.get_one(Officer, 2).topics = "peace"
            assert session.get_one(Member, 2).code == "south"
    code, said = call("approve", "1", "--priority", "low", "--dry-run")
    assert code == 0
    assert said.splitlines() == [
        "1 officer will get it (1 in en)",
        "of them in a digest: 1 (since the priority is low)",
        "not: south (chose other topics, 1 of its officers)",
        *said.splitlines()[3:],
    ]
    head, line = said.splitlines()[3:]
    assert head.split()[:2] == ["party", "seat"]
    assert line.split()[:3] == ["north", "1", "en"]
    assert line.endswith("Europe/Brussels  in a digest, since the priority is low")
    assert call("approve", "1", "--priority", "high")[1].endswith("approved as entry 1\n")
    with opened() as (_, database), database.read() as session:
        assert session.exec(select(QueueEntry.priority)).all() == [Priority.HIGH]
