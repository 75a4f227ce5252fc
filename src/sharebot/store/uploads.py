"""Files of contents: what is shown of them on the pages, what staff uploaded, and what each picture shows in words."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Asset, AssetBody, AssetFile, QueueEntry, Variant
from sharebot.store.contents import get_content, list_assets, list_variants, void_approvals
from sharebot.store.renditions import UPLOADED, media_of
from sharebot.values.feeds import Media
from sharebot.values.files import TakenFile
from sharebot.values.status import AssetKind, EntryStatus

MOST_FILES = 10
LONGEST_ALT = 1000
_UNSENT = (EntryStatus.PROPOSED, EntryStatus.RETURNED, EntryStatus.APPROVED, EntryStatus.WITHDRAWN, EntryStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class LighterFile:
    """A rendition: its number, and what it is."""

    id: int
    media: Media


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of a language version with its lighter ones; `shown_id` is the picture that our own pages can show."""

    id: int
    media: Media
    is_upload: bool
    lighter: tuple[LighterFile, ...]
    shown_id: int | None


@dataclass(frozen=True, slots=True)
class Served:
    """The bytes of a file that we hold."""

    mime: str
    body: bytes


def list_files(session: Session, variant_ids: Collection[int]) -> Mapping[int, Sequence[FileView]]:
    """Return the files of language versions by version, also of those without any; each with its lighter ones."""
    rows = list_assets(session, variant_ids)
    lighter: dict[int, list[LighterFile]] = defaultdict(list)
    for one in rows:
        if one.original_id is not None:
            lighter[one.original_id].append(LighterFile(one.id or 0, media_of(one)))
    found: dict[int, list[FileView]] = {variant_id: [] for variant_id in variant_ids}
    for one in rows:
        if one.original_id is None:
            found[one.variant_id].append(_view(one, tuple(lighter[one.id or 0])))
    return found


def _view(asset: Asset, lighter: tuple[LighterFile, ...]) -> FileView:
    is_upload = asset.url.startswith(UPLOADED)
    shown = None
    if asset.kind is AssetKind.PICTURE:
        shown = lighter[0].id if lighter else asset.id if is_upload else None
    return FileView(asset.id or 0, media_of(asset), is_upload, lighter, shown)


def add_upload(session: Session, content_id: int, taken: TakenFile, alts: Mapping[str, str]) -> int:
    """Add a file to every language version, each with its own words of what it shows; return how many approvals end.

    Raises NotFound, and Refused when the content was sent already, has no words yet or has too many files.
    """
    _require_unsent(session, content_id)
    versions = list_variants(session, content_id)
    if not versions:
        raise Refused("this content has no words yet; write them first")
    url = f"{UPLOADED}{hashlib.sha256(taken.body).hexdigest()[:32]}"
    for version in versions:
        present = session.exec(select(Asset.url).where(Asset.variant_id == version.id)).all()
        if url in present:
            continue
        if len(present) >= MOST_FILES * 2:
            raise Refused("this content has very many files already; remove one first")
        _add(session, version, url, taken, alts.get(version.language, ""))
    return void_approvals(session, content_id)


def _add(session: Session, version: Variant, url: str, taken: TakenFile, alt: str) -> None:
    asset = Asset(
        variant_id=version.id or 0,
        kind=taken.kind,
        url=url,
        mime=taken.mime,
        size_bytes=len(taken.body),
        duration_s=taken.duration_s,
        width=taken.width,
        height=taken.height,
        alt=alt.strip()[:LONGEST_ALT] or None,
    )
    session.add(asset)
    session.flush()
    session.add(AssetBody(asset_id=asset.id or 0, body=taken.body))
    session.flush()


def set_alts(session: Session, content_id: int, alts: Mapping[int, str]) -> int:
    """Set what files show in words, by their numbers, their lighter ones alike; return how many changed.

    Raises NotFound for a file of another content.
    """
    get_content(session, content_id)
    own = select(Asset).join(Variant, col(Variant.id) == col(Asset.variant_id)).where(Variant.content_id == content_id)
    files = {asset.id or 0: asset for asset in session.exec(own)}
    changed = 0
    for asset_id, words in alts.items():
        if asset_id not in files:
            raise NotFound(f"this content has no file {asset_id}")
        alt = words.strip()[:LONGEST_ALT] or None
        if files[asset_id].alt == alt:
            continue
        changed += 1
        same = [one for one in files.values() if asset_id in {one.id, one.original_id}]
        for one in same:
            one.alt = alt
            session.add(one)
    session.flush()
    return changed


def remove_file(session: Session, content_id: int, asset_id: int) -> int:
    """Remove a file, and the same one in the other languages, with all that was made of it; return how many were.

    Raises NotFound for a file of another content, and Refused when the content was sent already.
    """
    _require_unsent(session, content_id)
    own = select(Asset).join(Variant, col(Variant.id) == col(Asset.variant_id)).where(Variant.content_id == content_id)
    files = session.exec(own).all()
    url = next((one.url for one in files if one.id == asset_id and one.original_id is None), None)
    if url is None:
        raise NotFound(f"this content has no file {asset_id}")
    originals = [one.id or 0 for one in files if one.url == url]
    made = [one.id or 0 for one in files if one.original_id in originals]
    for ids in (made, originals):
        session.execute(delete(AssetBody).where(col(AssetBody.asset_id).in_(ids)))
        session.execute(delete(AssetFile).where(col(AssetFile.asset_id).in_(ids)))
        session.execute(delete(Asset).where(col(Asset.id).in_(ids)))
    void_approvals(session, content_id)
    return len(originals)


def get_served(session: Session, asset_id: int) -> Served:
    """Return the bytes of a file that we hold. Raises NotFound for files that lie elsewhere."""
    asset, kept = session.get(Asset, asset_id), session.get(AssetBody, asset_id)
    if asset is None or kept is None:
        raise NotFound(f"there is no file {asset_id} here")
    return Served(asset.mime or "application/octet-stream", kept.body)


def _require_unsent(session: Session, content_id: int) -> None:
    get_content(session, content_id)
    out = select(QueueEntry.id).where(QueueEntry.content_id == content_id, col(QueueEntry.status).not_in(_UNSENT))
    if session.exec(out).first() is not None:
        raise Refused("this content goes out or has gone out; its files stay as they are")
