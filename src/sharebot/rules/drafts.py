"""Whether what staff wrote can be kept, and where two of them wrote differently."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sharebot.rules.share_links import WRITTEN, post_length
from sharebot.rules.wordings import LONGEST_WORDING, MOST_WORDINGS
from sharebot.values.drafts import Draft, DraftVersion

LONGEST_TITLE = 500
LONGEST_TEXT = 20_000
LONGEST_OWN = 5000
LONGEST_HASHTAGS = 200
_HASHTAG = re.compile(r"#\w{1,99}")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a field cannot be kept: too `long` (`n` of `limit`), too `many`, `missing`, or no such thing as it should be.

    `field` is one of the version in `language`, or of the whole content where that is empty.
    """

    language: str
    field: str
    word: str
    n: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is kept otherwise than somebody has it before them; `kept` is what it says now."""

    language: str
    field: str
    kept: str


def read_hashtags(text: str) -> str:
    """Return hashtags, each with its # and once, whatever somebody put between them."""
    words = [word.strip("#.,;:!?…") for word in re.split(r"[\s,;]+", text.replace("#", " #"))]
    found = {f"#{word}".casefold(): f"#{word}" for word in reversed(words) if word}
    return " ".join(reversed(found.values()))


def find_faults(draft: Draft, *, link: str) -> list[Fault]:
    """Return what is wrong, in the page's order; `link` is as long as the short links that go along."""
    faults = [fault for version in draft.versions for fault in _faults_of(version, link)]
    if len(draft.hashtags) > LONGEST_HASHTAGS:
        faults.append(Fault("", "hashtags", "long", len(draft.hashtags), LONGEST_HASHTAGS))
    if not all(_HASHTAG.fullmatch(tag) and not tag[1:].isdigit() for tag in draft.hashtags.split()):
        faults.append(Fault("", "hashtags", "unfit"))
    return faults


def _faults_of(version: DraftVersion, link: str) -> Iterator[Fault]:
    if not version.title:
        yield Fault(version.language, "title", "missing")
    longest = max((len(one) for one in version.wordings), default=0)
    if len(version.wordings) > MOST_WORDINGS:
        yield Fault(version.language, "wordings", "many", len(version.wordings), MOST_WORDINGS)
    own = dict(version.own)
    measured = [
        ("title", len(version.title), LONGEST_TITLE),
        ("text", len(version.text), LONGEST_TEXT),
        ("wordings", longest, LONGEST_WORDING),
        *((place.value, *post_length(place, own[place], link)) for place in WRITTEN if place in own),
        *((place.value, len(own[place]), LONGEST_OWN) for place in WRITTEN if place in own),
    ]
    for field, n, limit in measured:
        if n > limit:
            yield Fault(version.language, field, "long", n, limit)


def list_differences(draft: Draft, kept: Draft) -> list[Difference]:
    """Return where `kept` says something else than `draft`."""
    written = {version.language: _fields(version) for version in draft.versions}
    found = []
    for version in kept.versions:
        mine = written.get(version.language, {})
        found += [
            Difference(version.language, field, text)
            for field, text in _fields(version).items()
            if mine.get(field, "") != text
        ]
    whole = (("hashtags", draft.hashtags, kept.hashtags), ("campaign", draft.campaign, kept.campaign))
    found += [Difference("", field, text) for field, mine, text in whole if mine != text]
    found += [Difference("", "topics", ", ".join(kept.topics))] if draft.topics != kept.topics else []
    return found


def _fields(version: DraftVersion) -> dict[str, str]:
    own = dict(version.own)
    words = {"title": version.title, "text": version.text, "url": version.url}
    words["wordings"] = "\n\n".join(version.wordings)
    return words | {place.value: own.get(place, "") for place in WRITTEN}
