"""Words that staff changed stand, whatever their source says later; but staff are told when it says something else.

What the source said when staff changed them is remembered by its fingerprint, as a line of the version's warnings.
"""

import hashlib
import json
import re
from collections.abc import Sequence

from sharebot.models import Variant

_MARK = re.compile(r"^edited here, source ([0-9a-f]{16})\n?", re.MULTILINE)
Words = tuple[str, str, str | None]


def keep_staffs_words(variant: Variant) -> None:
    """Remember, before staff change its words, what the source says; a second change leaves that as it is."""
    if not has_staffs_words(variant):
        _remember(variant, words_of(variant))


def has_staffs_words(variant: Variant) -> bool:
    """Whether staff changed its words."""
    return _MARK.search(variant.warnings) is not None


def hear_source(variant: Variant, said: Words) -> bool:
    """Take note of what the source of staff's words says now; whether that is news to staff.

    When it says the same as staff, its words are followed again from then on.
    """
    known = _MARK.search(variant.warnings)
    if said == words_of(variant):
        variant.warnings = _MARK.sub("", variant.warnings)
        return False
    if known is not None and known[1] == _fingerprint(said):
        return False
    _remember(variant, said)
    return True


def words_of(variant: Variant) -> Words:
    """Return what a source gives of a language version: title, text and link."""
    return variant.title, variant.text, variant.url


def other_warnings(warnings: str) -> tuple[str, ...]:
    """Return the warnings for staff, without the line that is ours."""
    return tuple(line for line in _MARK.sub("", warnings).split("\n") if line)


def _remember(variant: Variant, said: Words) -> None:
    # First, since the end is what is cut.
    rest = _MARK.sub("", variant.warnings)
    variant.warnings = f"edited here, source {_fingerprint(said)}\n{rest}".rstrip("\n")[:1000]


def _fingerprint(said: Sequence[str | None]) -> str:
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
