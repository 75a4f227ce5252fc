"""What a party says of its accounts: the last word counts, nobody takes another's, and an end forgets what was seen."""

import pytest
from sqlmodel import Session, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Member, ObservedPost, PostCount, SocialAccount
from sharebot.store import confirming, erasure
from sharebot.store.database import Database
from sharebot.store.export import export_officer
from sharebot.values.accounts import Profile, Refusal
from sharebot.values.status import (
    AccountStatus,
    MemberKind,
    Network,
    PostKind,
)
from sharebot.values.tracking import Unobservable
from tests.cast import NOW, add_cast
from tests.store.conftest import either, pg_database

__all__ = ["either", "pg_database"]
X, SITE = Profile(Network.X, "PartyNorth"), Profile(Network.WEBSITE, "https://www.north.example/feed.xml")


@pytest.fixture
def database(either: Database) -> Database:
    add_cast(either)
    return either


def lines(session: Session, member_id: int = 1) -> dict[str, Unobservable | None]:
    return {line.handle: line.shown.why for line in confirming.list_accounts(session, member_id)}


def test_an_account_that_is_offered_is_confirmed_with_its_date(database: Database):
    with database.write() as session:
        number = confirming.offer_account(session, 1, X, by="officer:1", now=NOW)
        again = confirming.offer_account(session, 1, Profile(Network.X, "@partynorth"), by="officer:7", now=NOW)
        (line,) = confirming.list_accounts(session, 1)
    assert (number, line.id, line.confirmed_at, line.confirmed_by) == (again, number, NOW, "officer:7")
    assert line.shown.why is Unobservable.NOT_LOOKED_UP


@pytest.mark.parametrize(("owner", "refusal"), [(2, Refusal.OTHER_PARTY), (None, Refusal.ALLIANCE)])
def test_nobody_takes_anothers_account(database: Database, owner: int | None, refusal: Refusal):
    with database.write() as session:
        for profile in (X, SITE):
            row = SocialAccount(
                member_id=owner, network=profile.network, handle=profile.handle, status=AccountStatus.WATCHED
            )
            session.add(row)
    with database.write() as session:
        for wanted in (Profile(Network.X, "partynorth"), Profile(Network.WEBSITE, "https://north.example")):
            assert confirming.find_refusal(session, 1, wanted) is refusal
            with pytest.raises(Refused):
                confirming.offer_account(session, 1, wanted, by="officer:1", now=NOW)


def test_a_party_has_only_so_many(database: Database):
    with database.write() as session:
        for number in range(confirming.MOST):
            confirming.offer_account(session, 1, Profile(Network.X, f"north{number}"), by="officer:1", now=NOW)
        assert confirming.find_refusal(session, 1, X) is Refusal.TOO_MANY
        assert confirming.find_refusal(session, 1, Profile(Network.X, "north1")) is None


def test_a_declined_account_is_looked_at_no_more_and_its_posts_are_forgotten(database: Database):
    with database.write() as session:
        number = confirming.offer_account(session, 1, X, by="officer:1", now=NOW)
        post = ObservedPost(
            account_id=number, network=Network.X, external_id="5", kind=PostKind.POST, at=NOW, seen_at=NOW
        )
        session.add(post)
        session.flush()
        session.add(PostCount(post_id=post.id or 0, on_date=NOW.date(), reposts=3))
    with database.write() as session:
        confirming.decline_account(session, number, by="staff:2", now=NOW)
        assert list(session.exec(select(ObservedPost))) == []
        assert list(session.exec(select(PostCount))) == []
        (line,) = confirming.list_accounts(session, 1)
        assert line.shown.is_declined and not line.shown.is_open
        assert (line.facts.status, line.shown.why) == (AccountStatus.UNOBSERVABLE, Unobservable.NOT_CONFIRMED)
        confirming.confirm_account(session, number, by="officer:1", now=NOW)
        assert lines(session) == {"PartyNorth": Unobservable.NOT_LOOKED_UP}


def test_a_network_that_shows_nothing_stays_that(database: Database):
    with database.write() as session:
        number = confirming.offer_account(session, 1, Profile(Network.FACEBOOK, "north"), by="officer:1", now=NOW)
        confirming.decline_account(session, number, by="officer:1", now=NOW)
        confirming.confirm_account(session, number, by="officer:1", now=NOW)
        assert lines(session) == {"north": Unobservable.NO_TRACKER}


def test_a_channel_that_is_wanted_again_waits_for_the_bot(database: Database):
    with database.write() as session:
        number = confirming.offer_account(session, 1, Profile(Network.TELEGRAM, "north"), by="officer:1", now=NOW)
        assert lines(session) == {"north": Unobservable.NO_BOT}
        session.get_one(SocialAccount, number).external_id = "-1001"
        session.flush()
        assert lines(session) == {"north": None}
        confirming.decline_account(session, number, by="officer:1", now=NOW)
        confirming.confirm_account(session, number, by="officer:1", now=NOW)
        assert lines(session) == {"north": Unobservable.NO_BOT}


def test_confirming_does_not_hide_what_is_wrong(database: Database):
    with database.write() as session:
        number = confirming.offer_account(session, 1, X, by="officer:1", now=NOW)
        account = session.get_one(SocialAccount, number)
        account.status, account.reason = AccountStatus.BROKEN, Unobservable.PROTECTED
        session.flush()
        confirming.confirm_account(session, number, by="officer:1", now=NOW)
        assert lines(session) == {"PartyNorth": Unobservable.PROTECTED}


def test_what_nobody_has_said_anything_of_is_open(database: Database):
    with database.write() as session:
        session.get_one(Member, 1).kind = MemberKind.PERSONALITY
        for network, handle in ((Network.X, "a"), (Network.BLUESKY, "b"), (Network.BLUESKY, "c")):
            session.add(SocialAccount(member_id=1, network=network, handle=handle, status=AccountStatus.WATCHED))
        session.flush()
        ids = {line.handle: line.id for line in confirming.list_accounts(session, 1)}
        assert (confirming.count_open(session, 1), confirming.count_open(session, 2)) == (3, 0)
        assert set(lines(session).values()) == {Unobservable.NOT_CONFIRMED}
        confirming.confirm_account(session, ids["a"], by="officer:1", now=NOW)
        confirming.decline_account(session, ids["b"], by="officer:1", now=NOW)
        assert confirming.count_open(session, 1) == 1


def test_unknown_accounts_and_other_parties_are_not_found(database: Database):
    with database.write() as session:
        number = confirming.offer_account(session, 1, X, by="officer:1", now=NOW)
        for act in (confirming.confirm_account, confirming.decline_account):
            with pytest.raises(NotFound):
                act(session, number + 1, by="officer:1", now=NOW)
        with pytest.raises(NotFound):
            confirming.get_own(session, 2, number)


def test_an_erased_officer_is_named_no_more_and_their_word_stands(database: Database):
    with database.write() as session:
        confirming.offer_account(session, 1, X, by="officer:1", now=NOW)
        assert '"handle": "PartyNorth"' in export_officer(session, 1, now=NOW)
        erasure.erase(session, 1, now=NOW)
    with database.read() as session:
        (line,) = confirming.list_accounts(session, 1)
        assert (line.confirmed_at, line.confirmed_by) == (NOW, confirming.ERASED)
