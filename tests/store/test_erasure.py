"""Erasing, on both databases: what goes, what the party keeps, and what a restored backup brings back."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from sharebot.errors import Refused
from sharebot.models import (
    Answer,
    Attempt,
    Chat,
    Content,
    Delivery,
    Erasure,
    InboxUpdate,
    Invitation,
    Officer,
    PassingMessage,
    PastedPost,
    Reshare,
)
from sharebot.store import erasure, inbox, officers, passing
from sharebot.store.chats import ensure_chat
from sharebot.store.database import Database, vault_of
from sharebot.values.seats import Erased
from sharebot.values.status import (
    AnswerKind,
    AttemptOutcome,
    ChatKind,
    ContentKind,
    DeliveryKind,
    DeliveryStatus,
    Evidence,
    Network,
    OfficerStatus,
    ReshareKind,
)
from tests.cast import ANA, BEN, NOW, add_cast

BODY = '{"message":{"chat":{"id":%d},"date":11001200}}'


@pytest.fixture
def lived(either: Database) -> Database:
    """Ana has got an item, answered, pasted a link, and something failed."""
    add_cast(either)
    with either.write() as session:
        content = _content(session)
        session.get_one(Officer, 1).name_sealed = vault_of(session).seal("Ana Alba")
        for number, status in enumerate((DeliveryStatus.SENT, DeliveryStatus.QUEUED, DeliveryStatus.NEEDS_REVIEW), 1):
            session.add(_delivery(number, status, chat_id=1, officer_id=1))
        session.add(_delivery(4, DeliveryStatus.SENT, chat_id=2, officer_id=2))
        session.flush()
        session.add(Answer(delivery_id=1, kind=AnswerKind.SHARED, officer_id=1, at=NOW))
        session.add(
            Attempt(delivery_id=1, number=1, worker="w", outcome=AttemptOutcome.REFUSED, error=str(ANA), started_at=NOW)
        )
        session.add(
            PastedPost(
                officer_id=1,
                delivery_id=1,
                network=Network.X,
                url="https://x.com/a/status/1",
                url_sha256="a",
                pasted_at=NOW,
            )
        )
        session.add(
            Reshare(
                key="claim:1:1",
                member_id=1,
                content_id=content,
                delivery_id=1,
                kind=ReshareKind.CLAIM,
                evidence=Evidence.LINK_GIVEN,
                at=NOW,
                created_at=NOW,
            )
        )
        session.add(Invitation(officer_id=1, token_sha256="t", created_at=NOW, expires_at=NOW))
        passing.note_message(session, 1, 5, delete_at=NOW)
        bodies = [(1, BODY % ANA), (2, BODY % BEN), (3, BODY % ANA)]
        inbox.store_updates(session, 1, bodies, now=NOW)
        inbox.mark_done(session, 1, 1, now=NOW, error="KeyError")
    return either


def _content(session: Session) -> int:
    content = Content(kind=ContentKind.POST, created_at=NOW)
    session.add(content)
    session.flush()
    return content.id or 0


def _delivery(number: int, status: DeliveryStatus, *, chat_id: int, officer_id: int) -> Delivery:
    return Delivery(
        key=f"note:{number}",
        kind=DeliveryKind.WELCOME,
        officer_id=officer_id,
        bot_id=1,
        chat_id=chat_id,
        status=status,
        message_id=100 + number,
        error=f"the chat {ANA} said no",
        due_at=NOW,
        expires_at=NOW + timedelta(days=1),
        created_at=NOW,
    )


def erase(database: Database, officer_id: int = 1) -> tuple[Erased, erasure.Traces]:
    with database.write() as session:
        traces = erasure.traces_of(session, officer_id)
        return erasure.erase(session, officer_id, now=NOW), traces


def test_everything_of_the_person_goes(lived: Database):
    erased, traces = erase(lived)
    assert (erased.messages, erased.links, erased.proposals, erased.updates) == (3, 1, 0, 2)
    with lived.read() as session:
        assert erasure.count_left(session, traces) == 0
        officer = session.get(Officer, 1)
        assert officer is not None
        assert (officer.status, officer.chat_id, officer.consented_at) == (OfficerStatus.GONE, None, None)
        assert "Ana" not in vault_of(session).open(officer.label_sealed)
        assert officer.name_sealed is None
        assert [one.id for one in session.exec(select(Chat))] == [2]
        assert session.exec(select(PastedPost)).all() == []
        assert session.exec(select(PassingMessage)).all() == []
        assert session.exec(select(Invitation)).all() == []
        rows = session.exec(select(Delivery).where(Delivery.officer_id == 1).order_by(Delivery.id)).all()  # type: ignore[arg-type]
        assert [one.status for one in rows] == [DeliveryStatus.SENT, DeliveryStatus.CANCELLED, DeliveryStatus.CANCELLED]
        assert {(one.chat_id, one.message_id, one.error) for one in rows} == {(None, None, None)}
        assert session.exec(select(Attempt)).one().error is None


def test_the_partys_finding_and_everybody_else_stay(lived: Database):
    erase(lived)
    with lived.read() as session:
        reshare = session.exec(select(Reshare)).one()
        assert (reshare.member_id, reshare.delivery_id, reshare.evidence) == (1, None, Evidence.LINK_GIVEN)
        assert session.exec(select(Answer)).one().kind is AnswerKind.SHARED
        bodies = [row.body for row in session.exec(select(InboxUpdate).order_by(InboxUpdate.update_id))]  # type: ignore[arg-type]
        assert bodies == ["", BODY % BEN, ""]
        ben = session.get(Delivery, 4)
        assert ben is not None
        assert (ben.chat_id, ben.message_id) == (2, 104)


def test_an_update_that_waited_does_not_take_effect_any_more(lived: Database):
    erase(lived)
    with lived.write() as session:
        assert [row.update_id for row in inbox.claim_pending(session, 1, worker="w")] == [2]


def test_a_search_finds_what_an_erasure_would_have_left(lived: Database):
    with lived.read() as session:
        traces = erasure.traces_of(session, 1)
        # The seat's row, the chat's row, two raw updates, four errors of deliveries, and one of an attempt.
        assert erasure.count_left(session, traces) == 9
        assert erasure.count_left(session, erasure.Traces(number=str(ANA * 10 + 1))) == 0, "part of a longer number"


def test_erasing_twice_is_erasing_once(lived: Database):
    erase(lived)
    erased, _ = erase(lived)
    assert (erased.messages, erased.links, erased.updates) == (0, 0, 0)


def test_an_erased_seat_cannot_be_taken_again(lived: Database):
    erase(lived)
    with lived.write() as session, pytest.raises(Refused, match="was erased"):
        officers.create_invitation(session, 1, now=NOW)


def test_the_chat_of_staff_is_kept(lived: Database):
    with lived.write() as session:
        session.add(_delivery(9, DeliveryStatus.SENT, chat_id=1, officer_id=2))
        session.flush()
        row = session.exec(select(Delivery).where(Delivery.key == "note:9")).one()
        row.kind, row.officer_id = DeliveryKind.PREVIEW, None
    erase(lived)
    with lived.write() as session:
        assert ensure_chat(session, 1, ANA, ChatKind.PRIVATE) == 1


@pytest.mark.parametrize(
    ("joined_after", "created_after", "again"),
    [(-2, -3, 1), (1, -3, 0), (None, -3, 1), (None, 1, 0)],
)
def test_a_replay_erases_who_was_there_before_and_nobody_who_came_later(lived, joined_after, created_after, again):
    with lived.write() as session:
        officer = session.get(Officer, 1)
        assert officer is not None
        officer.created_at = NOW + timedelta(hours=created_after)
        officer.joined_at = None if joined_after is None else NOW + timedelta(hours=joined_after)
    with lived.write() as session:
        erasures = [Erasure(officer_id=1, at=NOW), Erasure(officer_id=999, at=NOW)]
        assert erasure.replay(session, erasures, now=NOW + timedelta(days=1)) == again
        assert erasure.replay(session, erasure.list_erasures(session), now=NOW + timedelta(days=1)) == 0
    with lived.read() as session:
        assert [one.at for one in erasure.list_erasures(session)] == [NOW] * again
