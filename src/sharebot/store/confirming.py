"""Whose an account is: what a party says of its accounts, which counts until somebody of it says otherwise."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Member, ObservedPost, PostCount, SocialAccount
from sharebot.rules.observing import TRACKED, AccountFacts, why_unobservable
from sharebot.rules.profiles import site_host
from sharebot.store.observable import facts_of, list_tracker_states
from sharebot.values.accounts import Profile, Refusal, ShownAccount
from sharebot.values.status import AccountStatus, Network
from sharebot.values.tracking import Unobservable

MOST = 30  # accounts of one party
ERASED = "officer"  # who said it, once that officer was erased
_REFUSALS = {
    Refusal.OTHER_PARTY: "the account belongs to another party",
    Refusal.ALLIANCE: "the account is the Alliance's own",
    Refusal.TOO_MANY: f"a party has {MOST} accounts at most",
}


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account of a party with what decides whether it can be seen, and who said whose it is, and when."""

    id: int
    handle: str
    facts: AccountFacts
    confirmed_at: datetime | None
    confirmed_by: str | None

    @property
    def shown(self) -> ShownAccount:
        """What the party is shown of it."""
        is_declined = self.confirmed_at is None and self.confirmed_by is not None
        return ShownAccount(
            self.id,
            self.facts.network,
            self.handle,
            why_unobservable(self.facts),
            is_confirmed=self.confirmed_at is not None,
            is_declined=is_declined,
        )


def list_accounts(session: Session, member_id: int) -> list[AccountLine]:
    """Return a party's accounts by network and handle."""
    kind = session.get_one(Member, member_id).kind
    trackers = list_tracker_states(session)
    own = select(SocialAccount).where(SocialAccount.member_id == member_id)
    rows = session.exec(own.order_by(col(SocialAccount.network), func.lower(SocialAccount.handle)))
    return [
        AccountLine(row.id or 0, row.handle, facts_of(row, kind, trackers), row.confirmed_at, row.confirmed_by)
        for row in rows
    ]


def count_open(session: Session, member_id: int) -> int:
    """Return of how many accounts nobody of the party has said yet whether they are theirs."""
    unsaid = (col(SocialAccount.confirmed_at).is_(None), col(SocialAccount.confirmed_by).is_(None))
    return session.exec(select(func.count()).where(SocialAccount.member_id == member_id, *unsaid)).one()


def get_own(session: Session, member_id: int, account_id: int) -> SocialAccount:
    """Return an account of a party. Raises NotFound, also for another party's."""
    account = session.get(SocialAccount, account_id)
    if account is None or account.member_id != member_id:
        raise NotFound(f"there is no account {account_id}")
    return account


def confirm_account(session: Session, account_id: int, *, by: str, now: datetime) -> None:
    """Note that an account is its party's, and may be looked at. `by` is "officer:5" or "staff:2". Raises NotFound."""
    account = _get(session, account_id)
    account.confirmed_at, account.confirmed_by = now, by
    if account.reason is Unobservable.NOT_CONFIRMED or account.status is AccountStatus.UNOBSERVABLE:
        account.status, account.reason = _first_state(account)
    session.add(account)
    session.flush()


def _first_state(account: SocialAccount) -> tuple[AccountStatus, Unobservable | None]:
    if account.network not in TRACKED:
        return AccountStatus.UNOBSERVABLE, Unobservable.NO_TRACKER
    if account.network is Network.TELEGRAM and account.external_id:
        # The bot left the channel when it was declined, or leaves at the next post.
        return AccountStatus.BROKEN, Unobservable.NO_BOT
    return AccountStatus.WATCHED, None


def decline_account(session: Session, account_id: int, *, by: str, now: datetime) -> None:
    """Note that an account is not the party's, or is not to be looked at any more.

    The posts seen there are forgotten; what they proved stays. The row stays too, so that no list of accounts brings
    it back by itself. Raises NotFound.
    """
    account = _get(session, account_id)
    account.confirmed_at, account.confirmed_by = None, by
    account.status, account.reason, account.error = AccountStatus.UNOBSERVABLE, Unobservable.NOT_CONFIRMED, None
    account.tracked_at = None
    session.add(account)
    session.flush()
    forget_posts(session, account_id)


def forget_posts(session: Session, account_id: int) -> None:
    """Forget the posts that were seen on an account; what they proved stays."""
    seen = select(ObservedPost.id).where(ObservedPost.account_id == account_id)
    session.execute(delete(PostCount).where(col(PostCount.post_id).in_(seen)))
    session.execute(delete(ObservedPost).where(col(ObservedPost.account_id) == account_id))


def find_refusal(session: Session, member_id: int, profile: Profile) -> Refusal | None:
    """Return why an account cannot be this party's, as our rows know it; None when it can."""
    known = find_account(session, profile)
    if known is None:
        held = session.exec(select(func.count()).where(SocialAccount.member_id == member_id)).one()
        return Refusal.TOO_MANY if held >= MOST else None
    if known.member_id == member_id:
        return None
    return Refusal.ALLIANCE if known.member_id is None else Refusal.OTHER_PARTY


def offer_account(session: Session, member_id: int, account: Profile, *, by: str, now: datetime) -> int:
    """Add an account that a party says is its own, confirmed at once; return its id, also when it was known before.

    Raises Refused when it is somebody else's, or the party has too many.
    """
    refusal = find_refusal(session, member_id, account)
    if refusal is not None:
        raise Refused(_REFUSALS[refusal])
    row = find_account(session, account)
    if row is None:
        row = SocialAccount(
            member_id=member_id, network=account.network, handle=account.handle, status=AccountStatus.UNOBSERVABLE
        )
        session.add(row)
        session.flush()
    confirm_account(session, row.id or 0, by=by, now=now)
    return row.id or 0


def find_account(session: Session, profile: Profile) -> SocialAccount | None:
    """Return the account of this name, however it is written, or None. A website is one account with all its pages."""
    if profile.network is Network.WEBSITE:
        return _find_site(session, profile.handle)
    name = profile.handle.lower().removeprefix("@")
    same = select(SocialAccount).where(
        SocialAccount.network == profile.network, func.lower(SocialAccount.handle).in_([name, f"@{name}"])
    )
    return session.exec(same.order_by(col(SocialAccount.id))).first()


def _find_site(session: Session, address: str) -> SocialAccount | None:
    host = site_host(address)
    sites = select(SocialAccount).where(SocialAccount.network == Network.WEBSITE).order_by(col(SocialAccount.id))
    return next((one for one in session.exec(sites) if host and site_host(one.handle) == host), None)


def blank_officer(session: Session, officer_id: int) -> None:
    """Keep when an account was confirmed, and not by whom, since that officer is erased."""
    said = update(SocialAccount).where(col(SocialAccount.confirmed_by) == f"officer:{officer_id}")
    session.execute(said.values(confirmed_by=ERASED), execution_options={"synchronize_session": False})


def _get(session: Session, account_id: int) -> SocialAccount:
    account = session.get(SocialAccount, account_id)
    if account is None:
        raise NotFound(f"there is no account {account_id}")
    return account
