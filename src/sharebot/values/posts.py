"""What a tracker sees on a network."""

from dataclasses import dataclass
from datetime import datetime

from sharebot.values.status import Network, PostKind


@dataclass(frozen=True, slots=True)
class Post:
    """One public post, repost or quote.

    `external_id` is the network's own id of it, `author_id` that of its account, `subject_id` that of
    the post it repeats or quotes. `at` is None where the network tells no time.
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


@dataclass(frozen=True, slots=True)
class PastedLink:
    """A link an officer gave: the network it was recognised as, and what its address tells."""

    network: Network
    url: str
    handle: str | None = None
    external_id: str | None = None
