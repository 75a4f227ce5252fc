"""What staff write of a content on one page, before it is kept and after."""

import hashlib
import json
from dataclasses import asdict, dataclass

from sharebot.values.status import Network


@dataclass(frozen=True, slots=True)
class DraftVersion:
    """One language version; no `wordings` and no `own` words for a network mean that the title is posted."""

    language: str
    title: str
    text: str = ""
    url: str = ""
    wordings: tuple[str, ...] = ()
    own: tuple[tuple[Network, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """All language versions, and what concerns the whole: hashtags (a space between two), topics, campaign's code."""

    versions: tuple[DraftVersion, ...]
    hashtags: str = ""
    topics: tuple[str, ...] = ()
    campaign: str = ""
    evergreen: bool = False

    @property
    def fingerprint(self) -> str:
        """A short text that differs when anything of it does."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()[:24]
