"""Posts on a network: what a tracker sees of them, and what an officer gives."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sharebot.values.status import Evidence, Network, PostKind


@dataclass(frozen=True, slots=True)
class Post:
    """One public post, repost or quote.

    `external_id` is the network's own id of it, `author_id` that of its account, `subject_id` that of
    the post it repeats or quotes. `at` is None where the network tells no time. `hashtags` are without their "#",
    `mentions` are handles without "@" or the network's ids, `files` Telegram's unique ids of files.
    """

    network: Network
    external_id: str
    author_id: str
    kind: PostKind = PostKind.POST
    at: datetime | None = None
    url: str | None = None
    subject_id: str | None = None
    links: tuple[str, ...] = ()
    text: str = ""
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownPost:
    """A post that was seen before and is to be looked for again."""

    external_id: str
    author_id: str
    kind: PostKind = PostKind.POST
    url: str | None = None
    subject_id: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What a network counts of one post; None where it does not tell."""

    reposts: int | None = None
    quotes: int | None = None
    replies: int | None = None
    likes: int | None = None
    views: int | None = None


@dataclass(frozen=True, slots=True)
class PastedLink:
    """A link an officer gave: the network it was recognised as, and what its address tells."""

    network: Network
    url: str
    handle: str | None = None
    external_id: str | None = None


class Objection(StrEnum):
    """Why a pasted link is not taken."""

    OUR_LINK = "our_link"  # the short link that is to be shared
    OUR_PAGE = "our_page"
    OUR_POST = "our_post"
    NO_POST = "no_post"  # a profile, or a network's front page
    NOT_PUBLIC = "not_public"
    OTHER_PARTY = "other_party"
    COLLEAGUE = "colleague"  # of the same party, who gave it before
    NO_ITEM = "no_item"


class Shortfall(StrEnum):
    """Why a pasted post is not confirmed; stored by value."""

    NO_LOOK = "no_look"  # nobody of us can look at this network
    NO_ANSWER = "no_answer"
    GONE = "gone"
    FOREIGN = "foreign"  # by an account that is not registered for the party
    NOT_OURS = "not_ours"
    TOO_EARLY = "too_early"
    OTHER_ITEM = "other_item"
    OUR_POST = "our_post"  # the Alliance's own
    OTHER_PARTY = "other_party"  # counts for another already
    NO_POST = "no_post"  # a profile, or a network's front page
    OTHER_POST = "other_post"  # what the network shows is not the post of the address


@dataclass(frozen=True, slots=True)
class GivenPost:
    """A post that an officer gave, as they are told of it. `number` is its row.

    `title` is its item's, None while the officer has not said which it is. `waits`: it is yet to be looked at.
    `was_known`: they gave it before.
    """

    number: int
    network: Network
    url: str
    evidence: Evidence
    shortfall: Shortfall | None = None
    title: str | None = None
    waits: bool = False
    was_known: bool = False
