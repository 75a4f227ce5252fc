"""After /forget no byte of an officer is left: not in the file, its log, a backup, an export, or any log line."""

import logging
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from sharebot.jobs.delete_messages import delete_messages
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Chat, Delivery, Erasure, Member, Officer, PastedPost, Proposal
from sharebot.store import admission, erasure, officers
from sharebot.store.backup import back_up
from sharebot.store.database import Database
from sharebot.store.export import export_officer
from sharebot.store.restore import accept, guard
from sharebot.values.status import OfficerStatus, ProposalKind, ProposalStatus
from tests.bot.words import said, status_of
from tests.cast import NOW, add_officer
from tests.flows.conftest import Scene
from tests.flows.fingers import Fingers

CHAT = 7_318_204_659  # as long as Telegram's are, so that it stands nowhere by chance
NAME, LABEL = "Zsófia Quetzalcóatl", "Ysabel Wrzesniewska"


class Settled:
    """Somebody who joined, was let in, got an item, shared it, proposed something, and wrote what failed."""

    def __init__(self, scene: Scene, seat: int) -> None:
        self.scene, self.seat = scene, seat
        self.phone = scene.sandbox.telegram.add_phone(CHAT, NAME, language="es")
        self.fingers = Fingers(scene, self.phone)

    async def live(self, token: str) -> None:
        scene, session = self.scene, self.scene.runtime.database
        await self.fingers.start(token)
        await self.fingers.tap("Acepto")
        await self.fingers.tap("Continuar")
        await self.fingers.tap("Listo")
        with session.write() as writing:
            officers.confirm(writing, self.seat, now=NOW)
            writing.add(_proposal(self.seat))
        await send_deliveries(scene.runtime)
        await self.fingers.command("hola")
        await self.fingers.command("https://www.facebook.com/partynorth/posts/12345678")
        await self.fingers.command("/settings")


def _proposal(seat: int) -> Proposal:
    return Proposal(
        kind=ProposalKind.ITEM,
        status=ProposalStatus.OPEN,
        member_id=1,
        officer_id=seat,
        language="es",
        title="A proposal",
        created_at=NOW,
    )


@pytest.fixture
async def settled(listening: Scene) -> Settled:
    scene = listening
    with scene.runtime.database.write() as session:
        north = session.get(Member, 1)
        assert north is not None
        seat = add_officer(session, north, LABEL, chat_id=None).id or 0
        token = officers.create_invitation(session, seat, now=NOW)
    person = Settled(scene, seat)
    await person.live(token)
    return person


def needles(database: Database, seat: int) -> list[bytes]:
    """Return everything that would name them, in each way it is written."""
    with database.read() as session:
        traces = erasure.traces_of(session, seat)
        officer = session.get(Officer, seat)
        assert officer is not None
        assert officer.chat_id is not None
    words = [*traces.sealed, str(CHAT), NAME, LABEL, NAME.encode("unicode_escape").decode(), NAME.split()[1]]
    return [one.encode() for one in words]


def read_all(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*")) if one.is_file())


async def test_no_byte_is_left_in_the_file_a_backup_an_export_or_a_log(settled: Settled, tmp_path: Path, caplog):
    caplog.set_level(logging.DEBUG)
    scene, database = settled.scene, settled.scene.runtime.database
    path = database.path
    assert path is not None
    sought = needles(database, settled.seat)
    assert [one for one in sought if one in read_all(path)], "what is looked for was never there"
    await settled.fingers.command("/forget")
    await settled.fingers.tap("borrar todo")
    erasure.press_out(database)
    assert [one for one in sought if one in read_all(path)] == []
    back_up(database, tmp_path / "copies" / "new.db", now=NOW)
    assert [one for one in sought if one in (tmp_path / "copies" / "new.db").read_bytes()] == []
    with database.read() as session:
        exports = "".join(export_officer(session, number, now=NOW) for number in (1, 2, settled.seat))
    assert [one for one in sought if one in exports.encode()] == []
    assert [one for one in sought if one in caplog.text.encode()] == []
    assert status_of(scene, settled.seat) is OfficerStatus.GONE


async def test_the_proof_counts_what_was_erased_and_says_that_nothing_is_left(settled: Settled):
    await settled.fingers.command("/forget")
    await settled.fingers.tap("borrar todo")
    assert "Borrado" in settled.fingers.shown
    assert "no encontré nada" in settled.fingers.shown
    assert "1 propuesta" in settled.fingers.shown
    database = settled.scene.runtime.database
    with database.read() as session:
        assert session.get(Erasure, settled.seat) is not None
        assert session.exec(select(PastedPost).where(PastedPost.officer_id == settled.seat)).all() == []
        assert session.exec(select(Proposal)).one().officer_id is None
        own = session.exec(select(Delivery).where(Delivery.officer_id == settled.seat)).all()
        assert own
        assert {(one.chat_id, one.message_id, one.error) for one in own} == {(None, None, None)}
        assert len(session.exec(select(Chat)).all()) == 2, "only Ana's and Ben's chats are left"


async def test_keep_erases_nothing(settled: Settled):
    await settled.fingers.command("/forget")
    await settled.fingers.tap("No borrar nada")
    assert status_of(settled.scene, settled.seat) is OfficerStatus.ACTIVE


async def test_what_is_written_after_an_erasure_gets_the_neutral_answer_and_leaves_nothing(settled: Settled):
    """T19."""
    database = settled.scene.runtime.database
    await settled.fingers.command("/forget")
    await settled.fingers.tap("borrar todo")
    answered = len(said(settled.phone))
    for text in ("hola", "/help", "/settings", "/start", "https://x.com/a/status/1"):
        await settled.fingers.command(text)
    new = said(settled.phone)[answered:]
    assert new
    assert {re.search("invitad|invited|invitation", one) is not None for one in new} == {True}
    erasure.press_out(database)
    assert database.path is not None
    assert str(CHAT).encode() not in read_all(database.path)


async def test_an_erasure_is_replayed_on_a_backup_from_before(settled: Settled, tmp_path: Path):
    database = settled.scene.runtime.database
    old = tmp_path / "old" / "old.db"
    back_up(database, old, now=NOW)
    sought = needles(database, settled.seat)
    settled.scene.clock.at += timedelta(hours=1)
    await settled.fingers.command("/forget")
    await settled.fingers.tap("borrar todo")
    with database.read() as session:
        erased = erasure.list_erasures(session)
    put_back = tmp_path / "back" / "sharebot.db"
    put_back.parent.mkdir()
    shutil.copy(old, put_back)
    restored = Database(f"sqlite:///{put_back}", vault=database.vault)
    assert [one for one in sought if one in read_all(put_back)]
    with restored.write() as session:
        assert erasure.replay(session, erased, now=settled.scene.clock.at) == 1
        assert guard(session, now=settled.scene.clock.at)
        accept(session, now=settled.scene.clock.at)
    erasure.press_out(restored)
    assert [one for one in sought if one in read_all(put_back)] == []
    with restored.write() as session:
        assert erasure.replay(session, erasure.list_erasures(session), now=settled.scene.clock.at) == 0
    restored.dispose()


async def test_a_handover_erases_the_predecessor_once_staff_let_the_successor_in(settled: Settled):
    scene, database = settled.scene, settled.scene.runtime.database
    sought = needles(database, settled.seat)
    await settled.fingers.command("/handover")
    link = re.search(r"start=([\w-]+)", settled.fingers.shown)
    assert link is not None
    phone = scene.sandbox.telegram.add_phone(CHAT + 1, "Lin", language="es")
    successor = Fingers(scene, phone)
    await successor.start(link[1])
    await successor.tap("Acepto")
    with database.write() as session:
        waiting = admission.list_newcomers(session, language="en")
        assert [one.label for one in waiting] == [f"{LABEL} 2"]
        assert status_of(scene, settled.seat) is OfficerStatus.ACTIVE
        officers.confirm(session, waiting[0].officer_id, now=scene.clock.at)
    assert status_of(scene, settled.seat) is OfficerStatus.GONE
    scene.clock.at += timedelta(seconds=5)
    await send_deliveries(scene.runtime)
    assert "su relevo" in said(settled.phone)[-1].lower()
    await delete_messages(scene.runtime)
    with database.read() as session:
        assert session.get(Erasure, settled.seat) is not None
    erasure.press_out(database)
    assert database.path is not None
    left = [one for one in sought if one in read_all(database.path)]
    assert left == []
