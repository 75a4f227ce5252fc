"""A party's public accounts, as its officers meet them."""

from dataclasses import dataclass
from enum import StrEnum

from sharebot.values.status import Network
from sharebot.values.tracking import Unobservable


@dataclass(frozen=True, slots=True)
class Profile:
    """A public account as an address names it: its network, and its handle without "@"."""

    network: Network
    handle: str


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """One account of a party. `why` is why nothing of it can be seen, None when it can.

    `is_declined`: somebody of the party, or staff, said that it is not to be looked at.
    """

    number: int
    network: Network
    handle: str
    why: Unobservable | None = None
    is_confirmed: bool = False
    is_declined: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nobody has said yet whose it is."""
        return not self.is_confirmed and not self.is_declined


class Refusal(StrEnum):
    """Why an address is not taken as a party's account."""

    NO_PROFILE = "no_profile"  # nothing that names an account
    A_POST = "a_post"
    PERSONAL = "personal"  # one person's, not the party's
    UNKNOWN_NETWORK = "unknown_network"
    OTHER_PARTY = "other_party"
    ALLIANCE = "alliance"
    TOO_MANY = "too_many"
