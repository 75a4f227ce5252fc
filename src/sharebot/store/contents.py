"""Contents and their language variants: what arrives, and what changes."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Asset, AssetBody, Campaign, Content, QueueEntry, Source, Variant
from sharebot.rules.intake import find_oddities, is_flood
from sharebot.store.once import once
from sharebot.store.post_texts import list_network_texts, list_wordings
from sharebot.store.renditions import media_of
from sharebot.store.staff_words import Words, has_staffs_words, hear_source, words_of
from sharebot.values.feeds import FeedItem, Media
from sharebot.values.status import CampaignStatus, ContentStatus, EntryStatus

EDITED = "edited after approval"
CHANGED_AT_SOURCE = "changed at its source, which staff had edited here"
FLOOD = "very many new items at once"


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one poll changed."""

    new: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Intake:
    """What ingesting needs to know beside the items themselves."""

    language: str
    home_hosts: frozenset[str]
    now: datetime
    source: Source | None = None


def ingest(session: Session, items: Sequence[FeedItem], intake: Intake) -> Ingested:
    """Turn items into drafts and note changes of known ones; never more than drafts.

    A language version of a known story (by its `hreflang` links) becomes a variant of the same content.
    """
    source_id = intake.source.id if intake.source else None
    known = _known_variants(session, source_id, [item.external_id for item in items])
    fresh = [item for item in items if item.external_id not in known]
    flood = is_flood(len(fresh), first_poll=bool(intake.source and intake.source.polled_at is None))
    stories: dict[str, int] = {}
    for item in reversed(fresh):
        content = _content_of(session, item, intake, stories)
        reasons = find_oddities(item, home_hosts=intake.home_hosts, now=intake.now)
        _look_twice(content, [*reasons, FLOOD] if flood else reasons)
        _add_variant(session, content, item, intake)
        stories |= {link.url: _id(content) for link in item.translations}
    old = [item for item in items if item.external_id in known]
    changed = sum(_update(session, known[item.external_id], item, intake) for item in old)
    return Ingested(len(fresh), changed)


def _known_variants(session: Session, source_id: int | None, ids: Sequence[str]) -> dict[str, Variant]:
    same = select(Variant).where(col(Variant.source_id) == source_id, col(Variant.external_id).in_(ids))
    if source_id is None:
        same = select(Variant).where(col(Variant.source_id).is_(None), col(Variant.external_id).in_(ids))
    return {variant.external_id: variant for variant in session.exec(same)}


def _content_of(session: Session, item: FeedItem, intake: Intake, stories: dict[str, int]) -> Content:
    """Return the content whose other language versions this item names or is named by, or a new one."""
    language = item.language or intake.language
    links = [link.url for link in item.translations]
    found = session.exec(select(Variant).where(col(Variant.url).in_(links))).first() if links else None
    content_id = found.content_id if found else stories.get(item.url or "")
    taken = select(Variant).where(Variant.content_id == content_id, Variant.language == language)
    if content_id is not None and session.exec(taken).first() is None:
        return get_content(session, content_id)
    content = Content(
        kind=item.kind,
        status=ContentStatus.DRAFT,
        published_at=item.published_at,
        created_at=intake.now,
    )
    session.add(content)
    session.flush()
    return content


def _add_variant(session: Session, content: Content, item: FeedItem, intake: Intake) -> None:
    variant = Variant(
        content_id=_id(content),
        source_id=intake.source.id if intake.source else None,
        external_id=item.external_id,
        language=item.language or intake.language,
        title=item.title,
        text=item.text,
        url=item.url,
        warnings="\n".join(item.warnings)[:1000],
        updated_at=intake.now,
    )
    session.add(variant)
    session.flush()
    _add_assets(session, variant, item.media)


def _add_assets(session: Session, variant: Variant, media: Sequence[Media]) -> None:
    for one in {media_item.url: media_item for media_item in media}.values():
        session.add(
            Asset(
                variant_id=variant.id or 0,
                kind=one.kind,
                url=one.url,
                mime=one.mime,
                size_bytes=one.size_bytes,
                duration_s=one.duration_s,
                width=one.width,
                height=one.height,
                alt=one.alt,
            )
        )
    session.flush()


def add_version(session: Session, content_id: int, item: FeedItem, *, now: datetime) -> int:
    """Add a translation to a content, with the media of the version it was made from; return how many approvals end.

    That version is the one with the same link, else the first. Raises Refused when the content has words in that
    language already.
    """
    versions = list_variants(session, content_id)
    if not versions or any(one.language == item.language for one in versions):
        raise Refused("this content has words in that language already")
    origin = min(versions, key=lambda one: (one.url != item.url, one.id or 0))
    version = Variant(
        content_id=content_id,
        external_id=item.external_id,
        language=item.language or "",
        title=item.title,
        text=item.text,
        url=origin.url,
        updated_at=now,
    )
    session.add(version)
    session.flush()
    originals = session.exec(select(Asset).where(Asset.variant_id == origin.id, col(Asset.original_id).is_(None)))
    _add_assets(session, version, [media_of(asset) for asset in originals])
    _copy_bodies(session, origin, version)
    return void_approvals(session, content_id)


def _copy_bodies(session: Session, origin: Variant, version: Variant) -> None:
    """Give the files of a new language version the bytes of those that were uploaded."""
    copy = aliased(Asset)
    uploaded = (
        select(copy.id, AssetBody.body)
        .join(Asset, col(Asset.url) == copy.url)
        .join(AssetBody, col(AssetBody.asset_id) == col(Asset.id))
        .where(Asset.variant_id == origin.id, copy.variant_id == version.id, col(Asset.original_id).is_(None))
    )
    for asset_id, body in session.exec(uploaded).all():
        session.add(AssetBody(asset_id=asset_id or 0, body=body))
    session.flush()


def _update(session: Session, variant: Variant, item: FeedItem, intake: Intake) -> int:
    now_says = (item.title, item.text, item.url)
    if has_staffs_words(variant):
        return _hear(session, variant, now_says)
    if words_of(variant) == now_says:
        return 0
    variant.title, variant.text, variant.url = now_says
    variant.revision += 1
    variant.updated_at = intake.now
    session.add(variant)
    void_approvals(session, variant.content_id)
    return 1


def _hear(session: Session, variant: Variant, now_says: Words) -> int:
    """Leave staff's words as they are, but have them looked at again when the source says something new."""
    is_news = hear_source(variant, now_says)
    session.add(variant)
    if is_news:
        void_approvals(session, variant.content_id)
        _look_twice(get_content(session, variant.content_id), [CHANGED_AT_SOURCE])
    return int(is_news)


def void_approvals(session: Session, content_id: int) -> int:
    """End the approvals of what was edited, and have staff look again; return how many."""
    voided = session.execute(
        update(QueueEntry)
        .where(col(QueueEntry.content_id) == content_id, col(QueueEntry.status) == EntryStatus.APPROVED)
        .values(status=EntryStatus.PROPOSED, approved_hash=None, note=EDITED)
        .returning(col(QueueEntry.id))
    ).all()
    if voided:
        content = get_content(session, content_id)
        content.status = ContentStatus.DRAFT
        _look_twice(content, [EDITED])
    return len(voided)


def _look_twice(content: Content, reasons: Sequence[str]) -> None:
    lines = [line for line in content.quarantine.split("\n") if line]
    lines += [reason for reason in reasons if reason not in lines]
    content.quarantine = "\n".join(lines)[:1000]


def get_content(session: Session, content_id: int) -> Content:
    """Return the content. Raises NotFound."""
    content = once(session, ("content", content_id), lambda: session.get(Content, content_id))
    if content is None:
        raise NotFound(f"there is no content {content_id}")
    return content


def list_variants(session: Session, content_id: int) -> list[Variant]:
    """Return the language versions of a content, by language; their sources are read along with them."""
    versions = select(Variant, Source).outerjoin(Source, col(Source.id) == col(Variant.source_id))
    rows = versions.where(Variant.content_id == content_id).order_by(Variant.language)
    return [one for one, _ in once(session, ("variants", content_id), lambda: session.exec(rows).all())]


def list_assets(session: Session, variant_ids: Collection[int]) -> list[Asset]:
    """Return the files of language versions, as they were published and made lighter."""
    assets = select(Asset).where(col(Asset.variant_id).in_(variant_ids)).order_by(col(Asset.id))
    return list(once(session, ("assets", *variant_ids), lambda: session.exec(assets).all()))


def list_drafts(session: Session) -> list[Content]:
    """Return the drafts, newest first."""
    drafts = select(Content).where(Content.status == ContentStatus.DRAFT)
    return list(session.exec(drafts.order_by(col(Content.id).desc())))


def content_hash(session: Session, content_id: int) -> str:
    """Return the fingerprint of everything an approval covers.

    That are the words, links and media of all variants, the texts to post, the hashtags, and what a running campaign
    adds.
    """
    content = get_content(session, content_id)
    parts: list[object] = [content.kind.value]
    variants = list_variants(session, content_id)
    ids = [one.id or 0 for one in variants]
    wordings, own_words = list_wordings(session, ids), list_network_texts(session, ids)
    originals = [(one.url, one.variant_id) for one in list_assets(session, ids) if one.original_id is None]
    for variant in variants:
        at = variant.id or 0
        media = sorted(url for url, variant_id in originals if variant_id == at)
        parts.append([variant.language, variant.title, variant.text, variant.url, *media])
        # What was not there when older approvals were given adds nothing to their fingerprint.
        parts += [[variant.language, "texts", *wordings[at]]] if wordings[at] else []
        parts += [[variant.language, network.value, text] for network, text in own_words[at]]
    parts += [["hashtags", content.hashtags]] if content.hashtags else []
    campaign = session.get(Campaign, content.campaign_id) if content.campaign_id else None
    if campaign is not None and campaign.status is CampaignStatus.RUNNING:
        parts.append([campaign.hashtag, campaign.line])
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def archive(session: Session, content_id: int, *, now: datetime) -> None:
    """Put a draft away. Raises Refused while an entry of it is approved."""
    get_content(session, content_id)
    active = select(QueueEntry).where(QueueEntry.content_id == content_id, QueueEntry.status == EntryStatus.APPROVED)
    if session.exec(active).first() is not None:
        raise Refused("this content is approved for sending; withdraw its entry first")
    session.execute(update(Content).where(col(Content.id) == content_id).values(status=ContentStatus.ARCHIVED))


def _id(content: Content) -> int:
    assert content.id is not None  # noqa: S101 - flushed rows have one
    return content.id
