"""Clean foreign HTML, never at a cost out of proportion."""

import re
from collections import Counter
from collections.abc import Mapping, Set

import nh3

MAX_DEPTH = 256
_MOST_ENTITIES = 20_000
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)", re.I)
# Elements that have no content, or that end where the next one begins.
_FLAT = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_FLAT |= {"p", "li", "dt", "dd", "option", "tr", "td", "th", "thead", "tbody", "rp", "rt"}
_UNSEEN = frozenset({"script", "style"})


def clean(
    markup: str, *, tags: set[str], attributes: Mapping[str, set[str]] | None = None, dropped: Set[str] = _UNSEEN
) -> str:
    """Return HTML with these tags and attributes alone, well formed; empty when it is made to cost.

    `dropped` go with their content. The cleaner's cost grows with the square of the depth, and of the number of
    entities: 600 kB of `<div>` took it six minutes.
    """
    if markup.count("&") > _MOST_ENTITIES or _is_too_deep(markup):
        return ""
    return nh3.clean(
        markup, tags=tags, attributes=dict(attributes or {}), clean_content_tags=set(dropped), link_rel=None
    )


def _is_too_deep(markup: str) -> bool:
    open_tags: Counter[str] = Counter()
    depth = 0
    for found in _TAG.finditer(markup):
        name = found[2].lower()
        if name in _FLAT:
            continue
        if not found[1]:
            open_tags[name] += 1
            depth += 1
        elif open_tags[name]:
            open_tags[name] -= 1
            depth -= 1
        if depth > MAX_DEPTH:
            return True
    return False
