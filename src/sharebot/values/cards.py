"""What an officer's message is made of, before any word of it is chosen."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sharebot.values.desk import DraftCard
from sharebot.values.feeds import Media
from sharebot.values.messages import Origin
from sharebot.values.proposals import ProposalCard, Verdict
from sharebot.values.seats import Farewell, Newcomer
from sharebot.values.status import AnswerKind, AssetKind, ContentKind, DataTier, DeliveryKind, Network


@dataclass(frozen=True, slots=True)
class ShareButton:
    """A place to share to (`x`, `facebook`, …, `email`), and its pre-filled address."""

    place: str
    url: str


@dataclass(frozen=True, slots=True)
class FileOffer:
    """The item's file in another tier than the one shown; `size_bytes` is None where nobody said it."""

    tier: DataTier
    size_bytes: int | None
    kind: AssetKind


@dataclass(frozen=True, slots=True)
class PostText:
    """What a party is to post: its words, hashtags (a space between two), the campaign's line, and the link.

    `own` are the words for single networks, in place of the others.
    """

    words: str
    hashtags: str = ""
    line: str = ""
    url: str = ""
    own: tuple[tuple[Network, str], ...] = ()

    def on(self, network: Network) -> "PostText":
        """Return what is posted on `network`: its own words where it has some."""
        return replace(self, words=dict(self.own).get(network, self.words), own=())

    def shorter(self) -> "Iterator[PostText]":
        """Yield it as it is, without the line, then with ever fewer hashtags; the first of them stays."""
        yield self
        tags = self.hashtags.split()
        for kept in range(len(tags), 0, -1) if tags else (0,):
            yield replace(self, line="", hashtags=" ".join(tags[:kept]))

    @property
    def text(self) -> str:
        """The words with hashtags and line, without the link; a hashtag that the words have is not repeated."""
        marks = {word.casefold().rstrip(".,;:!?…") for word in self.words.split()}
        parts = [self.words.strip()] if self.words.strip() else []
        for tag in self.hashtags.split():
            if tag.casefold() not in marks:
                parts.append(tag)
                marks.add(tag.casefold())
        return "\n".join(part for part in (" ".join(parts), self.line) if part)

    @property
    def whole(self) -> str:
        """Everything, as it is pasted where a network takes it as one text."""
        return "\n".join(part for part in (self.text, self.url) if part)


@dataclass(frozen=True, slots=True)
class Taken:
    """A colleague's word on an item: `by` has it `until` then, or has shared it (None).

    `today` says that this ends on the reader's present day.
    """

    by: str
    until: datetime | None = None
    today: bool = True


@dataclass(frozen=True, slots=True)
class Card:
    """One delivery with all that its message shows.

    `language` is that of the words around the item, `item_language` that of the item itself; `proposed_by` names
    the party that the item comes from, if any.
    `post` is what the party is to post, with its own short link, which is `url` too. `taken` is a colleague's
    word, `answer` the officer's own; in a group `answered_by` names who of the officers said it. `shares` and
    `reposts` (of the Alliance's own posts) are what the party uses. `asked_language` is the item's where the
    reader asked for another than they got. `has_link` when a link to the post was given. `zone` is the reader's
    clock. Before `share_from` it is to be seen only, and has nothing to share it by.
    `copies` counts earlier messages that may have reached the chat. A question to staff is about the
    delivery `about_id`, of the party `about_party`, and waits for an answer while `about_open`.
    """

    delivery_id: int
    kind: DeliveryKind
    language: str
    organisation: str
    tier: DataTier = DataTier.FULL
    high_risk: bool = False
    item_kind: ContentKind = ContentKind.POST
    item_language: str = "en"
    title: str = ""
    text: str = ""
    url: str | None = None
    published_at: datetime | None = None
    proposed_by: str = ""
    media: Media | None = None
    file_id: str | None = None
    post: PostText = PostText("")
    shares: tuple[ShareButton, ...] = ()
    reposts: tuple[ShareButton, ...] = ()
    other_languages: tuple[str, ...] = ()
    asked_language: str = ""
    answer: AnswerKind | None = None
    answered_by: str | None = None
    has_link: bool = False
    taken: Taken | None = None
    zone: str = "UTC"
    share_from: datetime | None = None
    withdrawn: bool = False
    copies: int = 0
    about_id: int = 0
    about_party: str = ""
    about_open: bool = False
    offers: tuple[FileOffer, ...] = ()


@dataclass(frozen=True, slots=True)
class KitText:
    """A text that is posted in these places, since it fits them."""

    places: tuple[Network, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Kit:
    """Everything that is needed to post an item by hand; nothing of it before `share_from`, by the clock of `zone`."""

    language: str
    title: str
    texts: tuple[KitText, ...]
    hashtags: str = ""
    source_url: str | None = None
    picture_url: str | None = None
    picture_alt: str | None = None
    high_risk: bool = False
    share_from: datetime | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One item that a digest lists; it `waits` until its number is tapped. In a mail it has a page instead."""

    item: Card
    waits: bool = True
    over: bool = False
    page_url: str | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """The items that waited for an officer; `has_colleagues` when others of the party could take them."""

    lines: tuple[DigestLine, ...]
    has_colleagues: bool = False
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class Reminder:
    """An item that the bot comes back to; in a mail it is answered on its page."""

    item: Card
    is_copy: bool = False
    page_url: str | None = None


@dataclass(frozen=True, slots=True)
class Forward:
    """The Alliance's own post in its channel, which goes ahead of its item."""

    origin: Origin


# What a message may be about: the union of all that `texts.compose` can write.
Subject = Card | Forward | Digest | Reminder | Newcomer | Farewell | ProposalCard | Verdict | DraftCard
