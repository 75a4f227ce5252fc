"""Whether posts of an account can be seen by us, and if not, why: "not observable" is never "did not share"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sharebot.values.status import AccountStatus, MemberKind, Network
from sharebot.values.tracking import TrackerStatus, Unobservable

TRACKED = frozenset(  # networks that show posts of an account to us, one way or another
    {Network.X, Network.BLUESKY, Network.MASTODON, Network.TELEGRAM, Network.WEBSITE, Network.LINKEDIN}
)
CONFIRMED_NETWORKS = frozenset({Network.X})  # where nobody's account is looked at before they said it is theirs
_SILENT = {  # a network in this state shows us nothing
    TrackerStatus.OFF: Unobservable.SWITCHED_OFF,
    TrackerStatus.SPENT: Unobservable.BUDGET_SPENT,
    TrackerStatus.FAILING: Unobservable.FAILING,
}


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """One account as our rows know it. `tracker` is None while the network was never looked at."""

    network: Network
    kind: MemberKind
    status: AccountStatus
    reason: Unobservable | None = None
    is_identified: bool = False
    is_confirmed: bool = False
    tracker: TrackerStatus | None = None


def needs_confirmation(network: Network, kind: MemberKind) -> bool:
    """Whether an account is looked at only once somebody of the party has said that it is theirs.

    X demands that whoever is matched with an account has opted in (developer policy, "off-X matching"); what a
    single person posts tells of their opinions (GDPR, article 9).
    """
    return network in CONFIRMED_NETWORKS or kind is MemberKind.PERSONALITY


def why_unobservable(account: AccountFacts) -> Unobservable | None:
    """Return why nothing of this account can be seen; None when it can."""
    if account.network not in TRACKED:
        return Unobservable.NO_TRACKER
    if account.network is Network.LINKEDIN and account.tracker in {None, TrackerStatus.OFF}:
        return Unobservable.NO_APPROVAL
    if account.tracker is TrackerStatus.OFF:
        return Unobservable.SWITCHED_OFF
    if needs_confirmation(account.network, account.kind) and not account.is_confirmed:
        return Unobservable.NOT_CONFIRMED
    if account.status is not AccountStatus.WATCHED or account.reason:
        return account.reason or Unobservable.NOT_FOUND
    if not account.is_identified:
        return Unobservable.NO_BOT if account.network is Network.TELEGRAM else Unobservable.NOT_LOOKED_UP
    return _SILENT.get(account.tracker) if account.tracker else None


def why_party_unobservable(accounts: Iterable[AccountFacts]) -> Unobservable | None:
    """Return why nothing of a party can be seen; None when any account of it can."""
    return choose_party_reason([why_unobservable(one) for one in accounts])


def choose_party_reason(reasons: Sequence[Unobservable | None]) -> Unobservable | None:
    """Return why nothing of a party can be seen, from the reasons of its accounts; None when one of them has none."""
    if not reasons:
        return Unobservable.NO_ACCOUNT
    if None in reasons:
        return None
    told = [reason for reason in reasons if reason is not Unobservable.NO_TRACKER]
    return told[0] if told else Unobservable.NO_ACCOUNT
