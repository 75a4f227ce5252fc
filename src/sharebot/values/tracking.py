"""Words of looking at networks: why an account is not seen, how a network does, by what a post was recognised."""

from enum import StrEnum


class Unobservable(StrEnum):
    """Why the posts of a social account cannot be seen by us; this never means that nothing was shared."""

    NO_ACCOUNT = "no_account"  # of a party: no account of it is known on a network that can be watched
    NO_TRACKER = "no_tracker"  # the network shows its posts to nobody like us
    SWITCHED_OFF = "switched_off"  # this installation has no key, or does not want to
    NO_APPROVAL = "no_approval"  # the network has yet to approve us
    NOT_CONFIRMED = "not_confirmed"  # nobody of the party has said yet that it is theirs
    NOT_LOOKED_UP = "not_looked_up"
    NOT_FOUND = "not_found"
    GONE = "gone"
    PROTECTED = "protected"
    TAKEN_OVER = "taken_over"  # the handle belongs to another account now
    NO_BOT = "no_bot"  # our bot is not in the channel
    BUDGET_SPENT = "budget_spent"
    FAILING = "failing"  # the network does not answer


class TrackerStatus(StrEnum):
    """Whether the posts of one network can be looked at."""

    OFF = "off"
    RUNNING = "running"
    FAILING = "failing"
    LIMITED = "limited"  # asked to wait
    SPENT = "spent"  # this month's budget is used up


class Ground(StrEnum):
    """By what a post was recognised as one that spreads a content, or as one that nearly does; strongest first."""

    REPOST = "repost"
    QUOTE = "quote"
    SHORT_LINK = "short_link"
    OTHER_SHORT_LINK = "other_short_link"  # another party's
    PAGE = "page"
    VIDEO = "video"
    FILE = "file"
    TAG = "tag"
    WORDS = "words"
