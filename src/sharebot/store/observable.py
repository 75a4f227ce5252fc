"""Whether posts of accounts can be seen, asked of the database: what `rules.observing` says of one, in SQL for all."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select, type_coerce
from sqlmodel import Session, col

from sharebot.models import Member, SocialAccount, TrackerState
from sharebot.models.columns import Word
from sharebot.rules.observing import CONFIRMED_NETWORKS, TRACKED, AccountFacts
from sharebot.values.status import AccountStatus, MemberKind, Network
from sharebot.values.tracking import TrackerStatus, Unobservable

_WORD: Any = Word(Unobservable)


def with_facts(statement: Select[Any]) -> Select[Any]:
    """Join what `why` needs to a statement on accounts: the account's party, and the state of its network."""
    return statement.outerjoin(Member, col(Member.id) == col(SocialAccount.member_id)).outerjoin(
        TrackerState, _is_its_network()
    )


def _is_its_network() -> ColumnElement[bool]:
    # Telegram brings a channel's posts by itself: nobody goes and looks.
    return (col(TrackerState.network) == col(SocialAccount.network)) & (col(TrackerState.network) != Network.TELEGRAM)


def why() -> ColumnElement[Any]:
    """Return why nothing of an account can be seen, NULL when it can; the statement has to be one `with_facts`.

    It agrees with `rules.observing.why_unobservable` in every case.
    """
    account, tracker = SocialAccount, col(TrackerState.status)
    is_off = tracker == TrackerStatus.OFF
    is_ours = col(account.member_id).is_(None)  # nobody has to say so of the Alliance's own
    is_personal = col(Member.kind) == MemberKind.PERSONALITY
    must_confirm = ~is_ours & (col(account.network).in_(CONFIRMED_NETWORKS) | is_personal)
    is_broken = (col(account.status) != AccountStatus.WATCHED) | col(account.reason).is_not(None)
    is_unknown = col(account.external_id).is_(None)
    found = case(
        (col(account.network).not_in(TRACKED), _word(Unobservable.NO_TRACKER)),
        (
            (col(account.network) == Network.LINKEDIN) & (tracker.is_(None) | is_off),
            _word(Unobservable.NO_APPROVAL),
        ),
        (is_off, _word(Unobservable.SWITCHED_OFF)),
        (must_confirm & col(account.confirmed_at).is_(None), _word(Unobservable.NOT_CONFIRMED)),
        (is_broken, func.coalesce(col(account.reason), _word(Unobservable.NOT_FOUND))),
        (is_unknown & (col(account.network) == Network.TELEGRAM), _word(Unobservable.NO_BOT)),
        (is_unknown, _word(Unobservable.NOT_LOOKED_UP)),
        (tracker == TrackerStatus.SPENT, _word(Unobservable.BUDGET_SPENT)),
        (tracker == TrackerStatus.FAILING, _word(Unobservable.FAILING)),
        else_=None,
    )
    return type_coerce(found, _WORD)


def _word(reason: Unobservable) -> ColumnElement[Any]:
    return literal(reason, _WORD)


def observable_members() -> Select[Any]:
    """Select the ids of the parties of which an account can be seen."""
    return with_facts(select(col(SocialAccount.member_id))).where(
        col(SocialAccount.member_id).is_not(None), why().is_(None)
    )


def why_party() -> ColumnElement[Any]:
    """Return why nothing of a statement's Member can be seen, NULL when something can.

    It agrees with `rules.observing.why_party_unobservable`, the accounts taken by their ids.
    """
    accounts = (
        select(why())
        .select_from(SocialAccount)
        .outerjoin(TrackerState, _is_its_network())
        .where(col(SocialAccount.member_id) == col(Member.id))
        .correlate(Member)
    )
    told = accounts.where(why() != Unobservable.NO_TRACKER).order_by(col(SocialAccount.id)).limit(1)
    found = case(
        (accounts.where(why().is_(None)).exists(), None),
        else_=func.coalesce(told.scalar_subquery(), _word(Unobservable.NO_ACCOUNT)),
    )
    return type_coerce(found, _WORD)


def list_unobservable(session: Session, ids: Collection[int] | None = None) -> dict[int, Unobservable]:
    """Return why nothing of a party can be seen, for those of which nothing can; of all parties without `ids`."""
    rows = select(col(Member.id), why_party())
    if ids is not None:
        rows = rows.where(col(Member.id).in_(ids))
    return {member_id: reason for member_id, reason in session.execute(rows) if reason is not None}


def list_tracker_states(session: Session) -> Mapping[Network, TrackerState]:
    """Return how it stands with each network that was looked at, or switched off."""
    return {one.network: one for one in session.scalars(select(TrackerState))}


def facts_of(account: SocialAccount, kind: MemberKind, trackers: Mapping[Network, TrackerState]) -> AccountFacts:
    """Return what the rules decide on of a party's account, for one whose row is at hand."""
    state = None if account.network is Network.TELEGRAM else trackers.get(account.network)
    return AccountFacts(
        network=account.network,
        kind=kind,
        status=account.status,
        reason=account.reason,
        is_identified=account.external_id is not None,
        is_confirmed=account.confirmed_at is not None,
        tracker=state.status if state else None,
    )
