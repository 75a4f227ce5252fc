"""What is to be looked at on a network, where each look went on, and whether the network answers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, delete, func, or_, update
from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.errors import Refused
from sharebot.models import Member, ObservedPost, PostCount, SocialAccount, TrackerCursor, TrackerState
from sharebot.rules.tracking import Outcome, next_look
from sharebot.store.members import add_alliance_account
from sharebot.store.reshares import may_be_watched
from sharebot.store.turns import Turn, take_turn
from sharebot.store.upsert import upsert
from sharebot.trackers.seam import Identity, Look, Observation, Subject, Watched
from sharebot.values.status import AccountStatus, Network
from sharebot.values.tracking import TrackerStatus, Unobservable

LOOK_BACK = timedelta(days=8)
_CURSORS_KEPT_FOR = timedelta(days=60)
_AHEAD = timedelta(hours=1)
_MOST_LOOKED_UP = 100
_LONGEST_NAME = 200  # what an account's columns take


def watch_own(session: Session, settings: Settings) -> None:
    """Watch the Alliance's own accounts that the settings name, and no more those that they have ceased to name.

    An account stays known under the name it had before, and under its network's id, so that a rename makes no second
    one of it. The posts of one that is watched no more stay known. Several processes may begin at once.
    """
    take_turn(session, Turn.NETWORKS)
    named = {
        Network.BLUESKY: settings.bluesky.accounts,
        Network.X: settings.x.accounts,
        Network.MASTODON: settings.mastodon.accounts,
        Network.YOUTUBE: settings.youtube.accounts,
    }
    own = select(SocialAccount).where(col(SocialAccount.member_id).is_(None))
    rows = session.exec(own.where(col(SocialAccount.network).in_(named))).all()
    for network, handles in named.items():
        left = {name.lower(): name for name in (one.removeprefix("@") for one in handles)}
        for row in (one for one in rows if one.network is network):
            names = {one.lower().removeprefix("@") for one in (row.handle, row.renamed_from, row.external_id) if one}
            is_named = not names.isdisjoint(left)
            left = {key: handle for key, handle in left.items() if key not in names}
            _switch(session, row, is_on=is_named)
        for handle in left.values():
            add_alliance_account(session, network, handle)


def _switch(session: Session, account: SocialAccount, *, is_on: bool) -> None:
    is_off = account.status is AccountStatus.UNOBSERVABLE and account.reason is Unobservable.SWITCHED_OFF
    if is_on == is_off:
        status = AccountStatus.WATCHED if is_on else AccountStatus.UNOBSERVABLE
        account.status, account.reason = status, None if is_on else Unobservable.SWITCHED_OFF
        account.error = None
        session.add(account)


def get_state(session: Session, network: Network) -> TrackerState:
    """Return how it stands with a network; one never looked at is to be looked at now."""
    return session.get(TrackerState, network) or TrackerState(network=network, status=TrackerStatus.RUNNING)


def is_due(session: Session, network: Network, *, now: datetime) -> bool:
    """Whether a network is to be looked at; one last looked at in the future was by a clock that ran ahead."""
    state = get_state(session, network)
    was_ahead = state.looked_at is not None and state.looked_at > now + _AHEAD
    return state.next_at is None or state.next_at <= now or was_ahead


def answers(session: Session, network: Network) -> bool:
    """Whether a network answered when it was last looked at, and has not asked to be left alone since."""
    return get_state(session, network).status is TrackerStatus.RUNNING


def note_look(session: Session, network: Network, outcome: Outcome, *, every: timedelta, now: datetime) -> None:
    """Write down how a look ended, and when the next one begins."""
    state = get_state(session, network)
    state.failures = 0 if outcome.is_good or outcome.status is TrackerStatus.SPENT else state.failures + 1
    state.status, state.error = outcome.status, outcome.error[:300] if outcome.error else None
    state.looked_at, state.next_at = now, now + next_look(outcome, failures=state.failures, every=every)
    state.ok_at = now if outcome.is_good else state.ok_at
    session.add(state)


def note_switched_off(session: Session, networks: Iterable[Network]) -> None:
    """Write down that nobody looks at these networks here. Several processes may begin at once."""
    take_turn(session, Turn.NETWORKS)
    off = {"status": TrackerStatus.OFF, "next_at": None, "error": None}
    rows = [{"network": network, "failures": 0, **off} for network in networks]
    upsert(session, TrackerState, rows, keys=("network",), columns=tuple(off))


def look_soon(session: Session, network: Network, *, now: datetime) -> None:
    """Have a network looked at with the next turn of its job.

    Raises Refused when it is switched off, when it asked to be left alone for longer, or when its budget is spent.
    """
    state = session.get(TrackerState, network)
    if state is None or state.status not in {TrackerStatus.RUNNING, TrackerStatus.FAILING}:
        raise Refused(f"{network.label} cannot be looked at now: {state.status.value if state else 'not watched yet'}")
    state.next_at = now
    session.add(state)


def build_look(session: Session, network: Network, settings: Settings, *, now: datetime) -> Look:
    """Return everything that one look at a network needs.

    An account that broke is not asked for its posts before it was found well again; see `list_unidentified`.
    """
    since = now - LOOK_BACK
    known = [one for one in list_watched(session, network) if one.external_id]
    broken = set(session.exec(select(SocialAccount.id).where(*_is_broken(network))))
    accounts = [one for one in known if one.account_id not in broken]
    own = {urlsplit(settings.web.public_url).hostname, urlsplit(settings.organisation.url).hostname} - {None}
    return Look(
        accounts=accounts,
        subjects=list_subjects(session, network, since=since),
        since=since,
        now=now,
        cursors=list_cursors(session, network),
        hosts=sorted(f"{host}" for host in own),
        watched=frozenset(one.external_id for one in known if one.external_id),
    )


def _is_broken(network: Network) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(SocialAccount.network) == network, col(SocialAccount.status) == AccountStatus.BROKEN


def list_watched(session: Session, network: Network) -> list[Watched]:
    """Return the accounts that may be looked at: the Alliance's own first, then those not looked at for longest."""
    watched = (
        select(SocialAccount)
        .outerjoin(Member, col(Member.id) == col(SocialAccount.member_id))
        .where(SocialAccount.network == network, *may_be_watched())
        .order_by(
            col(SocialAccount.member_id).is_not(None),
            col(SocialAccount.tracked_at).is_not(None),
            col(SocialAccount.tracked_at),
            col(SocialAccount.id),
        )
    )
    return [_watched(row) for row in session.exec(watched)]


def _watched(row: SocialAccount) -> Watched:
    return Watched(row.id or 0, row.handle, row.external_id, row.member_id is None)


def list_unidentified(session: Session, network: Network, *, before: datetime) -> list[Watched]:
    """Return accounts whose id is not known, or was last looked up before then; a hundred at most."""
    known = {one.account_id: one for one in list_watched(session, network)}
    due = select(SocialAccount.id).where(
        col(SocialAccount.id).in_(known),
        or_(col(SocialAccount.identified_at).is_(None), col(SocialAccount.identified_at) < before),
    )
    wanted = session.exec(due.order_by(col(SocialAccount.id)).limit(_MOST_LOOKED_UP))
    return [known[number] for number in wanted if number]


def list_subjects(session: Session, network: Network, *, since: datetime) -> list[Subject]:
    """Return the Alliance's own posts that spread a content and are young enough to watch."""
    own = (
        select(ObservedPost.external_id, ObservedPost.at, ObservedPost.seen_at)
        .join(SocialAccount, col(SocialAccount.id) == col(ObservedPost.account_id))
        .where(
            ObservedPost.network == network,
            col(SocialAccount.member_id).is_(None),
            col(ObservedPost.content_id).is_not(None),
            col(ObservedPost.gone_at).is_(None),
            col(ObservedPost.seen_at) >= since,
        )
    )
    return [Subject(one, at or seen_at) for one, at, seen_at in session.exec(own.order_by(col(ObservedPost.id)))]


def forget_cursors(session: Session, *, now: datetime) -> None:
    """Delete what no look has written for sixty days: of accounts, servers and posts that are watched no more.

    One that is needed after all is as if it was never there: its next look goes back to `LOOK_BACK`.
    """
    session.execute(delete(TrackerCursor).where(col(TrackerCursor.updated_at) <= now - _CURSORS_KEPT_FOR))


def list_cursors(session: Session, network: Network) -> dict[str, str]:
    """Return what earlier looks left."""
    rows = select(TrackerCursor.key, TrackerCursor.value).where(TrackerCursor.network == network)
    return dict(session.exec(rows).all())


def record_part(session: Session, network: Network, seen: Observation, *, now: datetime) -> None:
    """Write down what one part of a look says of accounts, cursors and counts; its posts are `reshares.add_posts`'s."""
    rows = [{"network": network, "key": key, "value": value, "updated_at": now} for key, value in seen.cursors.items()]
    upsert(session, TrackerCursor, rows, keys=("network", "key"), columns=("value", "updated_at"))
    looked = update(SocialAccount).where(col(SocialAccount.id).in_([*seen.seen, *seen.failed, *seen.missed]))
    session.execute(looked.values(tracked_at=now))
    fine = update(SocialAccount).where(col(SocialAccount.id).in_(seen.seen))
    session.execute(fine.values(status=AccountStatus.WATCHED, error=None, reason=None))
    for account_id, reason in seen.failed.items():
        _break(session, account_id, reason, now=now)
    for account_id, error in seen.missed.items():
        one = update(SocialAccount).where(col(SocialAccount.id) == account_id)
        session.execute(one.values(error=error[:300]))
    _record_counts(session, network, seen, now=now)


def _break(session: Session, account_id: int, reason: Unobservable, *, now: datetime) -> None:
    """Note that an account shows us nothing; it was looked up with that, and is again only in its turn."""
    one = update(SocialAccount).where(col(SocialAccount.id) == account_id)
    session.execute(one.values(status=AccountStatus.BROKEN, reason=reason, error=None, identified_at=now))


def _record_counts(session: Session, network: Network, seen: Observation, *, now: datetime) -> None:
    known = select(ObservedPost.external_id, ObservedPost.id).where(
        ObservedPost.network == network, col(ObservedPost.external_id).in_(list(seen.counts))
    )
    ids = dict(session.exec(known).all())
    rows = [
        {
            "post_id": ids[external_id],
            "on_date": now.date(),
            "reposts": counts.reposts,
            "quotes": counts.quotes,
            "replies": counts.replies,
            "likes": counts.likes,
            "views": counts.views,
        }
        for external_id, counts in seen.counts.items()
        if external_id in ids
    ]
    columns = ("reposts", "quotes", "replies", "likes", "views")
    upsert(session, PostCount, rows, keys=("post_id", "on_date"), columns=columns)


def record_identities(session: Session, found: Mapping[int, Identity], *, now: datetime) -> Sequence[int]:
    """Write down what accounts are; return those whose handle turned out to be another's, or to have changed.

    An id never changes once it is known: whoever has the handle now is somebody else. Of two rows that turn out to be
    one account, the one that had the id first keeps it.
    """
    return [account_id for account_id, identity in found.items() if _identify(session, account_id, identity, now=now)]


def _identify(session: Session, account_id: int, identity: Identity, *, now: datetime) -> bool:
    account = session.get_one(SocialAccount, account_id)
    if identity.external_id is not None and len(identity.external_id) > _LONGEST_NAME:
        # No network's own; a server that says so speaks for nobody.
        identity = Identity(account.external_id, account.handle, Unobservable.NOT_FOUND)
    is_anothers = identity.external_id is not None and (
        account.external_id not in {None, identity.external_id} or _is_taken(session, account, identity.external_id)
    )
    reason = Unobservable.TAKEN_OVER if is_anothers else identity.reason
    account.external_id = account.external_id or (None if is_anothers else identity.external_id)
    account.status = AccountStatus.BROKEN if reason else AccountStatus.WATCHED
    account.reason, account.identified_at, account.error = reason, now, None
    is_renamed = reason is None and _is_renamed(session, account, identity)
    if is_renamed:
        account.renamed_from, account.renamed_at, account.handle = account.handle, now, identity.handle
    session.add(account)
    session.flush()
    return is_renamed or is_anothers


def _is_taken(session: Session, account: SocialAccount, external_id: str) -> bool:
    """Whether another row has this id: one account is one party's."""
    same = select(SocialAccount.id).where(
        SocialAccount.network == account.network,
        SocialAccount.external_id == external_id,
        SocialAccount.id != account.id,
    )
    return session.exec(same).first() is not None


def _is_renamed(session: Session, account: SocialAccount, identity: Identity) -> bool:
    name = identity.handle
    if not name or len(name) > _LONGEST_NAME or name.lower() == account.handle.lower():
        return False
    same = select(SocialAccount.id).where(
        SocialAccount.network == account.network, func.lower(SocialAccount.handle) == identity.handle.lower()
    )
    return session.exec(same).first() is None
