"""What an officer's message is made of, before any word of it is chosen."""

from dataclasses import dataclass
from datetime import datetime

from sharebot.values.feeds import Media
from sharebot.values.status import AnswerKind, ContentKind, DataTier, DeliveryKind


@dataclass(frozen=True, slots=True)
class ShareButton:
    """A place to share to (`x`, `facebook`, …, `email`), and its pre-filled address."""

    place: str
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """One delivery with all that its message shows.

    `language` is that of the words around the item, `item_language` that of the item itself.
    `url` is the party's own short link. `taken_by` names the colleague who took it, `answer` is this
    officer's own. `copies` counts earlier messages that may have reached the chat. A question to staff is
    about the delivery `about_id`, of the party `about_party`,
    and waits for an answer while `about_open`.
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
    media: Media | None = None
    file_id: str | None = None
    shares: tuple[ShareButton, ...] = ()
    other_languages: tuple[str, ...] = ()
    answer: AnswerKind | None = None
    taken_by: str | None = None
    withdrawn: bool = False
    copies: int = 0
    about_id: int = 0
    about_party: str = ""
    about_open: bool = False


Subject = Card  # what a message may be about: the union of all that `texts.compose` can write
