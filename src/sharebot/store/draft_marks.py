"""What somebody has seen of a content, in a few letters that tell later what has changed since."""

import hashlib
import json

from sqlmodel import Session, col, select

from sharebot.models import Asset, NetworkText, Variant
from sharebot.store.contents import content_hash, list_variants
from sharebot.store.post_texts import list_wordings
from sharebot.values.desk import Change

_WHOLE, _PART = 20, 3
_PARTS = (Change.LANGUAGES, Change.TITLES, Change.TEXTS, Change.LINKS, Change.MEDIA, Change.POSTS)


def mark_content(session: Session, content_id: int) -> str:
    """Return the mark of a content as it stands: of all that an approval covers, then of its parts. Raises NotFound."""
    variants = list_variants(session, content_id)
    parts: dict[Change, object] = {
        Change.LANGUAGES: [one.language for one in variants],
        Change.TITLES: [one.title for one in variants],
        Change.TEXTS: [one.text for one in variants],
        Change.LINKS: [one.url for one in variants],
        Change.MEDIA: _media(session, variants),
        Change.POSTS: _posts(session, variants),
    }
    told = "".join(_short(parts[part]) for part in _PARTS)
    return f"{content_hash(session, content_id)[:_WHOLE]}{told}"


def is_as_seen(seen: str, now_is: str) -> bool:
    """Whether all that an approval covers is as it was seen."""
    return bool(seen) and seen[:_WHOLE] == now_is[:_WHOLE]


def find_changes(seen: str, now_is: str) -> tuple[Change, ...]:
    """Return what has changed between two marks."""
    if is_as_seen(seen, now_is):
        return ()
    starts = [_WHOLE + _PART * index for index in range(len(_PARTS))]
    changed = [
        part
        for part, at in zip(_PARTS, starts, strict=True)
        if len(seen) >= at + _PART and seen[at : at + _PART] != now_is[at : at + _PART]
    ]
    return tuple(changed) or (Change.REST,)


def _media(session: Session, variants: list[Variant]) -> list[str]:
    ids = [one.id for one in variants]
    originals = select(Asset.url).where(col(Asset.variant_id).in_(ids), col(Asset.original_id).is_(None))
    return sorted(set(session.exec(originals)))


def _posts(session: Session, variants: list[Variant]) -> list[object]:
    ids = [one.id or 0 for one in variants]
    own = select(NetworkText.variant_id, NetworkText.network, NetworkText.text).where(
        col(NetworkText.variant_id).in_(ids)
    )
    of_networks = sorted((number, str(network), text) for number, network, text in session.exec(own))
    return [sorted(list_wordings(session, ids).items()), of_networks]


def _short(value: object) -> str:
    return hashlib.sha256(json.dumps(value, default=list).encode()).hexdigest()[:_PART]
