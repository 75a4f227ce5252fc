"""What the database is asked of accounts that cannot be seen is what the rules say of each, in every case there is."""

from itertools import product
from typing import Any

from sqlmodel import select

from sharebot.models import Member, SocialAccount, TrackerState
from sharebot.rules.observing import why_party_unobservable, why_unobservable
from sharebot.store.database import Database
from sharebot.store.observable import (
    facts_of,
    list_tracker_states,
    list_unobservable,
    observable_members,
    why,
    with_facts,
)
from sharebot.values.status import AccountStatus, MemberKind, Network
from sharebot.values.tracking import TrackerStatus, Unobservable
from tests.cast import NOW, add_member

KINDS = (MemberKind.PARTY, MemberKind.PERSONALITY)
REASONS = (None, Unobservable.GONE, Unobservable.TAKEN_OVER)


def add_every_account(either: Database) -> None:
    """Give each kind of member an account in every state on every network."""
    with either.write() as session:
        for kind in KINDS:
            member = add_member(session, kind.value)
            member.kind = kind
            session.add(member)
        states = product(KINDS, Network, AccountStatus, REASONS, (False, True), (False, True))
        for number, (kind, network, status, reason, is_known, is_confirmed) in enumerate(states):
            session.add(
                SocialAccount(
                    member_id=KINDS.index(kind) + 1,
                    network=network,
                    handle=f"h{number}",
                    external_id=f"id{number}" if is_known else None,
                    status=status,
                    reason=reason,
                    confirmed_at=NOW if is_confirmed else None,
                )
            )


def set_trackers(either: Database, status: TrackerStatus | None) -> None:
    with either.write() as session:
        for network in Network:
            known = session.get(TrackerState, network)
            if known:
                session.delete(known)
            session.flush()
            if status:
                session.add(TrackerState(network=network, status=status))


def test_sql_and_rule_give_the_same_reason_in_every_case(either: Database) -> None:
    add_every_account(either)
    told = set()
    for status in (None, *TrackerStatus):
        set_trackers(either, status)
        with either.read() as session:
            trackers = list_tracker_states(session)
            kinds = {member.id: member.kind for member in session.exec(select(Member))}
            statement: Any = select(SocialAccount, why())
            rows = session.execute(with_facts(statement)).all()
            assert len(rows) == len(KINDS) * len(Network) * len(AccountStatus) * len(REASONS) * 4
            for account, reason in rows:
                facts = facts_of(account, kinds[account.member_id], trackers)
                assert reason is why_unobservable(facts), facts
                told.add(reason)
    never_of_an_account = {Unobservable.NO_ACCOUNT, Unobservable.PROTECTED}  # of a party; like gone
    assert told == {None, *Unobservable} - never_of_an_account


def test_sql_and_rule_say_the_same_of_a_party(either: Database) -> None:
    cases: list[list[tuple[Network, str | None, Unobservable | None]]] = [
        [],
        [(Network.FACEBOOK, None, None)],
        [(Network.FACEBOOK, None, None), (Network.BLUESKY, "did:1", Unobservable.GONE)],
        [(Network.BLUESKY, "did:2", Unobservable.PROTECTED), (Network.MASTODON, None, None)],
        [(Network.MASTODON, "m3", None), (Network.BLUESKY, None, None)],
        [(Network.X, "x4", None), (Network.TELEGRAM, None, None)],
    ]
    with either.write() as session:
        for number, accounts in enumerate(cases):
            member_id = add_member(session, f"party{number}").id
            for network, external_id, reason in accounts:
                broken = AccountStatus.BROKEN if reason else AccountStatus.WATCHED
                session.add(
                    SocialAccount(
                        member_id=member_id,
                        network=network,
                        handle=f"{network.value}{number}",
                        external_id=external_id,
                        status=broken,
                        reason=reason,
                    )
                )
                session.flush()
    said = [
        Unobservable.NO_ACCOUNT,
        Unobservable.NO_ACCOUNT,
        Unobservable.GONE,
        Unobservable.PROTECTED,
        None,
        Unobservable.NOT_CONFIRMED,
    ]
    with either.read() as session:
        trackers = list_tracker_states(session)
        rules = []
        for number in range(1, len(cases) + 1):
            mine = select(SocialAccount).where(SocialAccount.member_id == number).order_by(SocialAccount.id)  # type: ignore[arg-type]
            rules.append(
                why_party_unobservable(facts_of(one, MemberKind.PARTY, trackers) for one in session.exec(mine))
            )
        asked = list_unobservable(session)
        assert rules == said == [asked.get(number) for number in range(1, len(cases) + 1)]
        assert set(session.execute(observable_members()).scalars()) == {5}
        assert list_unobservable(session, [1, 5]) == {1: Unobservable.NO_ACCOUNT}


def test_a_network_that_fails_or_is_spent_or_off_makes_its_accounts_unobservable(either: Database) -> None:
    with either.write() as session:
        member_id = add_member(session, "north").id
        account = SocialAccount(
            member_id=member_id, network=Network.BLUESKY, handle="n", external_id="did:n", status=AccountStatus.WATCHED
        )
        session.add(account)
    found = {}
    for status in TrackerStatus:
        set_trackers(either, status)
        with either.read() as session:
            found[status] = list_unobservable(session).get(1)
    assert found == {
        TrackerStatus.OFF: Unobservable.SWITCHED_OFF,
        TrackerStatus.RUNNING: None,
        TrackerStatus.FAILING: Unobservable.FAILING,
        TrackerStatus.LIMITED: None,
        TrackerStatus.SPENT: Unobservable.BUDGET_SPENT,
    }
