"""What staff see in chat: drafts as cards, entries as lines, and what a decision would do."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from sharebot.values.feeds import Media
from sharebot.values.status import ContentKind, EntryStatus


class DraftState(StrEnum):
    """Where a content stands for staff: what its card says and lets them do."""

    OPEN = "open"  # a draft that nobody has decided on
    WAITING = "waiting"  # an entry of it waits for an approver
    RETURNED = "returned"  # an approver wants something changed
    PLANNED = "planned"  # approved, and not out yet
    OUT = "out"
    ENDED = "ended"  # withdrawn or over
    AWAY = "away"  # put away


class Change(StrEnum):
    """What of a content is not as it was when somebody saw it."""

    LANGUAGES = "languages"
    TITLES = "titles"
    TEXTS = "texts"
    LINKS = "links"
    MEDIA = "media"
    POSTS = "posts"  # the texts to post
    REST = "rest"  # a campaign's line, or anything else that an approval covers


@dataclass(frozen=True, slots=True)
class Version:
    """One language version, as a card shows it."""

    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class When:
    """When an entry is sent: `at` one instant, or a day and an hour of each party's own clock; neither: at once."""

    at: datetime | None = None
    on: date | None = None
    local: time | None = None


@dataclass(frozen=True, slots=True)
class Whom:
    """Which parties an entry is for; an empty part asks nothing."""

    regions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    members: int = 0

    @property
    def is_all(self) -> bool:
        """Whether all parties are meant."""
        return not any((self.regions, self.countries, self.languages, self.kinds, self.members))


@dataclass(frozen=True, slots=True)
class DraftCard:
    """A content for staff who read `reader`'s language, times in the clock of `zone`.

    `by` is who decided, proposed or returned it, `note` what they wrote; `when` and `whom` are its entry's.
    `again_at` is when it comes up again. Without `in_chat` it is approved on its page alone.
    """

    number: int
    reader: str
    zone: str
    state: DraftState
    kind: ContentKind
    versions: tuple[Version, ...]
    page_url: str
    source: str = ""
    reasons: tuple[str, ...] = ()
    media: Media | None = None
    by: str = ""
    note: str = ""
    when: When | None = None
    whom: Whom = Whom()
    again_at: datetime | None = None
    in_chat: bool = True


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an approval would do: to whom, when, how many; `mark` tells this plan from another one."""

    when: When
    whom: Whom
    officers: int
    parties: int
    left_out: int
    in_digest: int
    mark: str


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry in a list; `sent` of `total` messages have arrived."""

    id: int
    content_id: int
    title: str
    status: EntryStatus
    when: When
    whom: Whom
    release_at: datetime
    page_url: str
    sent: int = 0
    total: int = 0
    within: bool = True


@dataclass(frozen=True, slots=True)
class Morning:
    """What staff should know now: what waits for them, what goes out, what went wrong, and the last week."""

    drafts: int
    quarantined: int
    officers: int
    doubts: int
    proposals: int
    sources: tuple[str, ...]
    paused: str | None
    next: tuple[EntryLine, ...]
    messages: int
    parties_reached: int
    parties_claimed: int
    parties_observed: int
    clicks: int
