"""What officers say: the latest word holds, colleagues hear of it, and nobody speaks for another."""

from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.models import Answer, Member, Officer, Reshare
from sharebot.store import answers, officers, queue
from sharebot.store.database import Database
from sharebot.store.deliveries import get_delivery
from sharebot.values.posts import PastedLink
from sharebot.values.status import AnswerKind, DeclineReason, DeliveryStatus, Evidence, Network, OfficerStatus
from tests.cast import ANA, BEN, CY, NOW, add_officer
from tests.store.props import approved, delivery, release_now, released, statuses

LINK = PastedLink(Network.FACEBOOK, "https://www.facebook.com/partynorth/posts/123", "partynorth", "123")


@pytest.fixture
def sent(either: Database) -> Database:
    """Two items, both with Ana (1, 3) and Ben (2, 4)."""
    released(either, items=2)
    with either.write() as session:
        session.connection().exec_driver_sql("UPDATE delivery SET status = 'sent', message_id = 100 + id, copies = 1")
    return either


def say(
    database: Database,
    kind: AnswerKind,
    *,
    number: int = 1,
    minutes: int = 0,
    link: PastedLink | None = None,
    reason: DeclineReason | None = None,
) -> answers.Said:
    with database.write() as session:
        row = get_delivery(session, number)
        return answers.record_answer(session, row, kind, now=NOW + timedelta(minutes=minutes), reason=reason, link=link)


def said(database: Database) -> Answer:
    with database.read() as session:
        return session.exec(select(Answer)).one()


def shares(database: Database) -> list[Reshare]:
    with database.read() as session:
        return list(session.exec(select(Reshare).order_by(Reshare.id)))  # type: ignore[arg-type]


def test_the_latest_word_holds(sent):
    say(sent, AnswerKind.DECLINED, reason=DeclineReason.TOPIC)
    assert (said(sent).kind, said(sent).reason) == (AnswerKind.DECLINED, DeclineReason.TOPIC)
    say(sent, AnswerKind.TAKEN, minutes=5)
    assert (said(sent).kind, said(sent).reason, said(sent).at) == (AnswerKind.TAKEN, None, NOW + timedelta(minutes=5))
    assert shares(sent) == []


def test_shared_is_a_claim_of_the_party_and_twice_is_once(sent):
    say(sent, AnswerKind.SHARED)
    say(sent, AnswerKind.SHARED, minutes=1)
    (share,) = shares(sent)
    assert (share.member_id, share.evidence, share.delivery_id) == (1, Evidence.CLAIMED, 1)


def test_a_pasted_link_makes_the_claim_stronger_and_no_second_one(sent):
    say(sent, AnswerKind.SHARED)
    say(sent, AnswerKind.SHARED, link=LINK, minutes=1)
    say(sent, AnswerKind.SHARED, minutes=2)
    (share,) = shares(sent)
    assert (share.evidence, share.network, share.url) == (Evidence.LINK_GIVEN, Network.FACEBOOK, LINK.url)
    assert said(sent).network is Network.FACEBOOK


def test_the_same_link_for_another_item_does_not_count_again(sent):
    say(sent, AnswerKind.SHARED, link=LINK)
    say(sent, AnswerKind.SHARED, number=3, link=LINK)
    assert [(share.content_id, share.evidence) for share in shares(sent) if share.url] == [(1, Evidence.LINK_GIVEN)]


@pytest.mark.parametrize("number", [2, 4])
def test_another_partys_link_does_not_count_for_this_one(sent, number: int):
    say(sent, AnswerKind.SHARED, link=LINK)
    say(sent, AnswerKind.SHARED, number=number, link=LINK)
    assert [share.member_id for share in shares(sent) if share.url] == [1]


@pytest.mark.parametrize("status", list(OfficerStatus))
def test_only_the_chat_it_went_to_may_speak_and_only_while_it_has_its_seat(sent, status: OfficerStatus):
    with sent.write() as session:
        assert answers.find_own(session, 1, bot_id=1, address=BEN) is None
        assert answers.find_own(session, 1, bot_id=1, address=CY) is None
        assert answers.find_own(session, 999, bot_id=1, address=ANA) is None
        assert answers.find_own(session, 0, bot_id=1, address=ANA) is None
        assert answers.find_own(session, 1, bot_id=2, address=ANA) is None, "a chat of another bot"
        officers.set_status(session, 1, old=OfficerStatus.ACTIVE, new=status)
        found = answers.find_own(session, 1, bot_id=1, address=ANA)
    seated = {OfficerStatus.ACTIVE, OfficerStatus.PAUSED, OfficerStatus.UNREACHABLE}
    assert (found is not None) == (status in seated)


def test_colleagues_are_those_of_the_same_party_with_the_same_item(either):
    released(either)
    with either.write() as session:
        north = session.get(Member, 1)
        assert north is not None
        add_officer(session, north, "Second desk", chat_id=CY)
    entry = approved(either)
    with either.write() as session:
        release_now(session, entry)
        session.connection().exec_driver_sql("UPDATE delivery SET status = 'sent', message_id = 100 + id")
        owners = {number: get_delivery(session, number).officer_id for number in (3, 4, 5)}
    assert sorted(owners.values(), key=str) == [1, 2, 3]
    mine = {officer: number for number, officer in owners.items()}
    assert say(either, AnswerKind.TAKEN, number=mine[1]).colleagues == (mine[3],)
    assert say(either, AnswerKind.TAKEN, number=mine[2]).colleagues == ()


def test_an_answer_proves_the_arrival(sent):
    with sent.write() as session:
        session.connection().exec_driver_sql("UPDATE delivery SET status = 'uncertain' WHERE id = 1")
    say(sent, AnswerKind.LATER)
    assert delivery(sent).status is DeliveryStatus.SENT
    assert set(statuses(sent)) == {DeliveryStatus.SENT}


def test_open_items_are_the_officers_own_that_are_still_worth_sharing(sent):
    def open_items(after: timedelta = timedelta()) -> list[int | None]:
        with sent.read() as session:
            return [one.id for one in answers.list_open(session, 1, now=NOW + after)]

    assert sorted(open_items(), key=str) == [1, 3]
    assert open_items(timedelta(days=3)) == []
    with sent.write() as session:
        queue.withdraw(session, 1, by="someone", now=NOW)
        assert answers.is_withdrawn(session, get_delivery(session, 1))
        assert not answers.is_withdrawn(session, get_delivery(session, 3))
    assert open_items() == [3]


@pytest.mark.parametrize("kind", list(AnswerKind))
def test_shared_and_declined_close_an_item(sent, kind: AnswerKind):
    say(sent, kind)
    with sent.read() as session:
        assert answers.is_answered(session, 1) == (kind in {AnswerKind.SHARED, AnswerKind.DECLINED})
        assert not answers.is_answered(session, 2)


def test_officers_keep_their_rows_apart(sent):
    say(sent, AnswerKind.TAKEN, number=1)
    say(sent, AnswerKind.LATER, number=2)
    with sent.read() as session:
        assert len(session.exec(select(Answer)).all()) == 2
        assert session.get(Officer, 1) is not None
