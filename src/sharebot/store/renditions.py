"""Lighter files: what is to be made, what was made, and the bytes of it where a message needs them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, func, select

from sharebot.config.settings import Settings
from sharebot.models import Asset, AssetBody, AssetFile, Content, Delivery, JobSlot, QueueEntry, Variant
from sharebot.rules.tiers import Held, Light, choose_offered
from sharebot.store.slots import take_slot
from sharebot.store.upsert import insert_ignore
from sharebot.values.feeds import Media
from sharebot.values.files import LightFile
from sharebot.values.messages import Message, Receipt, Upload
from sharebot.values.status import AssetKind, ContentKind, ContentStatus, DataTier

OURS = "sharebot:"  # how the addresses begin of what lies in the database
SCHEME = f"{OURS}rendition/"
UPLOADED = f"{OURS}upload/"
TRIES = 3
_RETRY = timedelta(minutes=10)
_JOB = "rendition:"
_LATEST = timedelta(days=30)  # a new source brings its whole past along; nobody will send most of it
_KEPT = timedelta(days=90)  # after the last sending of an item ended; a new approval has them made anew
# Of few versions, that is; said so that no index of what has no original is taken: nearly all have none.
IS_ORIGINAL = func.coalesce(col(Asset.original_id), 0) == 0
_ENDINGS = {"image/jpeg": "jpg", "audio/mp4": "m4a", "audio/mpeg": "mp3", "video/mp4": "mp4"}


@dataclass(frozen=True, slots=True)
class Original:
    """A published file that was not looked at yet; one file may belong to several language versions."""

    ids: tuple[int, ...]
    media: Media


def light_of(settings: Settings) -> Light:
    """Return what this installation calls light."""
    return Light(settings.media.picture_kb * 1000, settings.media.audio_kbit)


def list_unprepared(session: Session, *, now: datetime) -> list[Original]:
    """Return the originals of the content whose turn it is: approved ones first, the latest first."""
    waiting = (
        select(Asset, Content.id)
        .join(Variant, col(Variant.id) == col(Asset.variant_id))
        .join(Content, col(Content.id) == col(Variant.content_id))
        .where(
            col(Asset.original_id).is_(None),
            col(Asset.prepared_at).is_(None),
            col(Asset.id).not_in(_resting(session, now=now)),
            col(Content.status) != ContentStatus.ARCHIVED,
            or_(
                col(Content.id).in_(select(QueueEntry.content_id).where(col(QueueEntry.expires_at) > now)),
                func.coalesce(Content.published_at, Content.created_at) > now - _LATEST,
            ),
        )
        .order_by(col(Content.status) != ContentStatus.READY, col(Content.id).desc(), col(Asset.id))
        .limit(100)
    )
    rows = session.exec(waiting).all()
    by_url: dict[str, list[Asset]] = {}
    for asset, content_id in rows:
        if content_id == rows[0][1]:
            by_url.setdefault(asset.url, []).append(asset)
    return [Original(tuple(one.id or 0 for one in same), media_of(same[0])) for same in by_url.values()]


def _resting(session: Session, *, now: datetime) -> list[int]:
    failed = select(JobSlot.job).where(col(JobSlot.job).startswith(_JOB), col(JobSlot.slot_at) > now - _RETRY)
    return [int(job.removeprefix(_JOB)) for job in session.exec(failed)]


def add_rendition(session: Session, original: Original, made: LightFile, *, now: datetime) -> None:
    """Keep a lighter file for every language version that shows the original; a second time changes nothing."""
    for asset in _assets(session, original.ids):
        row = {
            "variant_id": asset.variant_id,
            "kind": asset.kind,
            "url": f"{SCHEME}{asset.id}",
            "mime": made.mime,
            "size_bytes": len(made.body),
            "duration_s": made.duration_s or asset.duration_s,
            "width": made.width,
            "height": made.height,
            "alt": asset.alt,
            "tier": DataTier.LIGHT,
            "original_id": asset.id,
        }
        if insert_ignore(session, Asset, [row]):
            added = session.exec(select(Asset.id).where(Asset.original_id == asset.id)).one()
            insert_ignore(session, AssetBody, [{"asset_id": added, "body": made.body}])
    mark_prepared(session, original.ids, now=now)


def mark_prepared(session: Session, ids: Sequence[int], *, now: datetime, size_bytes: int | None = None) -> None:
    """Say that originals were looked at; `size_bytes` is what they turned out to be."""
    values = {"prepared_at": now} | ({"size_bytes": size_bytes} if size_bytes else {})
    session.execute(update(Asset).where(col(Asset.id).in_(ids)).values(**values))


def record_failure(session: Session, original: Original, *, now: datetime) -> bool:
    """Note that an original could not be had just now; False when it is not tried again."""
    for asset_id in original.ids:
        take_slot(session, f"{_JOB}{asset_id}", now, now=now)
    tried = select(func.count()).where(JobSlot.job == f"{_JOB}{original.ids[0]}")
    if session.exec(tried).one() < TRIES:
        return True
    mark_prepared(session, original.ids, now=now)
    return False


def forget_old(session: Session, *, now: datetime) -> int:
    """Delete the renditions of what is put away or has not been sent for long; return how many."""
    in_use = select(QueueEntry.content_id).where(col(QueueEntry.expires_at) > now - _KEPT)
    old = (func.coalesce(Content.published_at, Content.created_at) < now - _KEPT) & col(Content.id).not_in(in_use)
    made = (
        select(Asset.id, Asset.original_id)
        .join(Variant, col(Variant.id) == col(Asset.variant_id))
        .join(Content, col(Content.id) == col(Variant.content_id))
        .where(col(Asset.original_id).is_not(None), or_(col(Content.status) == ContentStatus.ARCHIVED, old))
        .limit(500)
    )
    rows = session.exec(made).all()
    ids = [asset_id for asset_id, _ in rows]
    session.execute(delete(AssetBody).where(col(AssetBody.asset_id).in_(ids)))
    session.execute(delete(AssetFile).where(col(AssetFile.asset_id).in_(ids)))
    session.execute(delete(Asset).where(col(Asset.id).in_(ids)))
    originals = [original_id for _, original_id in rows]
    session.execute(update(Asset).where(col(Asset.id).in_(originals)).values(prepared_at=None))
    return len(ids)


def media_of(asset: Asset) -> Media:
    """Return a file as messages show it."""
    return Media(
        asset.kind,
        asset.url,
        asset.mime,
        asset.size_bytes,
        asset.duration_s,
        asset.width,
        asset.height,
        asset.alt,
    )


def held_of(asset: Asset, *, is_known: bool) -> Held:
    """Return a file as `rules.tiers` chooses among them."""
    return Held(asset.id or 0, media_of(asset), asset.original_id is not None, is_known)


def complete(session: Session, message: Message) -> Message:
    """Return the message with the bytes of its file, where no address leads to them and no bot has them yet."""
    if message.media is None or message.file_id is not None or not message.media.url.startswith(OURS):
        return message
    found = find_upload(session, message.media.url)
    return replace(message, upload=found) if found else replace(message, media=None)


def find_upload(session: Session, url: str) -> Upload | None:
    """Return the bytes of a rendition or of what staff uploaded, or None when it is gone."""
    body = select(Asset, AssetBody.body).join(AssetBody, col(AssetBody.asset_id) == col(Asset.id))
    found = session.exec(body.where(Asset.url == url).limit(1)).first()
    if found is None:
        return None
    asset, content = found
    mime = asset.mime or "application/octet-stream"
    return Upload(f"{asset.kind.value}.{_ENDINGS.get(mime, 'bin')}", mime, content)


def find_picture(session: Session, variant_id: int | None) -> tuple[Media, Upload] | None:
    """Return a picture of a language version that we hold, a small one first; None when there is none."""
    is_original = col(Asset.original_id).is_(None)
    held = select(Asset).where(
        Asset.variant_id == variant_id,
        Asset.kind == AssetKind.PICTURE,
        or_(col(Asset.original_id).is_not(None), col(Asset.url).startswith(UPLOADED)),
    )
    asset = session.exec(held.order_by(is_original, col(Asset.width).desc(), col(Asset.id))).first()
    upload = find_upload(session, asset.url) if asset else None
    return (media_of(asset), upload) if asset and upload else None


@dataclass(frozen=True, slots=True)
class Found:
    """A file that an officer asked for, of the item `title`."""

    file: Held
    title: str
    file_id: str | None
    upload: Upload | None


def find_offered(session: Session, delivery: Delivery, tier: DataTier, *, light: Light) -> Found | None:
    """Return the file that an offer under a delivery stands for; None when there is none any more."""
    variant = session.get(Variant, delivery.variant_id) if delivery.variant_id else None
    content = session.get(Content, variant.content_id) if variant else None
    if variant is None:
        return None
    assets = session.exec(select(Asset).where(Asset.variant_id == variant.id).order_by(col(Asset.id))).all()
    held = select(AssetFile.asset_id, AssetFile.file_id).where(
        AssetFile.bot_id == delivery.bot_id, col(AssetFile.asset_id).in_([one.id for one in assets])
    )
    known = dict(session.exec(held).all())
    files = [held_of(asset, is_known=asset.id in known) for asset in assets]
    chosen = choose_offered(files, tier, light, item=content.kind if content else ContentKind.POST)
    if chosen is None:
        return None
    file_id = known.get(chosen.asset_id)
    is_ours = chosen.media.url.startswith(OURS)
    upload = find_upload(session, chosen.media.url) if is_ours and file_id is None else None
    return Found(chosen, variant.title, file_id, upload)


def remember_file(session: Session, asset_id: int, bot_id: int, receipt: Receipt) -> None:
    """Keep a bot's handles of a file that it has uploaded."""
    handles = {"file_id": receipt.file_id, "unique_id": receipt.unique_id}
    insert_ignore(session, AssetFile, [{"asset_id": asset_id, "bot_id": bot_id, **handles}])


def _assets(session: Session, ids: Sequence[int]) -> Sequence[Asset]:
    return session.exec(select(Asset).where(col(Asset.id).in_(ids)).order_by(col(Asset.id))).all()
