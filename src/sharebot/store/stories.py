"""Make one content of the language versions of one story, and take one out that does not belong there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import (
    Asset,
    Content,
    Delivery,
    LostReshare,
    ObservedPost,
    Proposal,
    QueueEntry,
    Reshare,
    Variant,
)
from sharebot.rules.stories import Piece, Story, suggest
from sharebot.store.contents import get_content, list_variants, void_approvals
from sharebot.store.renditions import IS_ORIGINAL, media_of
from sharebot.values.status import ContentStatus, EntryStatus

COMPARED = 120  # drafts, the newest; what is older than three days rarely finds a partner
MOST = 12  # drafts that are made one at a time
_UNSETTLED = (EntryStatus.PROPOSED, EntryStatus.RETURNED)
_SPLITTABLE = (*_UNSETTLED, EntryStatus.APPROVED)
_ROWS_ABOUT = (
    (Proposal, Proposal.content_id),
    (ObservedPost, ObservedPost.content_id),
    (Reshare, Reshare.content_id),
    (LostReshare, LostReshare.content_id),
)


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of drafts: they are all in `content_id` now, `gone` of them are no more."""

    content_id: int
    gone: tuple[int, ...]


def list_suggestions(session: Session) -> list[Story]:
    """Return which of the newest drafts look like one story in several languages, the surest first."""
    drafts = select(Content).where(Content.status == ContentStatus.DRAFT).order_by(col(Content.id).desc())
    contents = {one.id or 0: one for one in session.exec(drafts.limit(COMPARED))}
    return [story for story in suggest(_pieces(session, contents)) if len(story.ids) <= MOST]


def _pieces(session: Session, contents: dict[int, Content]) -> list[Piece]:
    versions: dict[int, list[Variant]] = {content_id: [] for content_id in contents}
    for version in session.exec(
        select(Variant).where(col(Variant.content_id).in_(contents)).order_by(Variant.language)
    ):
        versions[version.content_id].append(version)
    owner = {version.id or 0: version.content_id for group in versions.values() for version in group}
    files: dict[int, list[Asset]] = {content_id: [] for content_id in contents}
    originals = select(Asset).where(col(Asset.variant_id).in_(owner), IS_ORIGINAL)
    for asset in session.exec(originals):
        files[owner[asset.variant_id]].append(asset)
    return [
        Piece(
            content_id,
            contents[content_id].kind,
            frozenset(version.language for version in group),
            tuple(version.title for version in group),
            tuple(version.url for version in group if version.url),
            tuple(media_of(asset) for asset in files[content_id]),
            contents[content_id].published_at,
        )
        for content_id, group in versions.items()
        if group
    ]


def merge(session: Session, content_ids: Collection[int]) -> Merged:
    """Move all language versions to the oldest of the contents, with their texts and files; the others are no more.

    The versions keep what names them at their sources, so that the next poll finds them there. What waited for
    approval waits on the oldest one. Raises NotFound, and Refused for fewer than two, for a language that comes
    twice, and when one of them is approved, was sent or was put away.
    """
    ids = sorted(set(content_ids))
    if not 2 <= len(ids) <= MOST:
        raise Refused(f"tick two or more drafts, {MOST} at most")
    contents = [get_content(session, content_id) for content_id in ids]
    for content in contents:
        _require(session, content, _UNSETTLED)
    versions = [version for content_id in ids for version in list_variants(session, content_id)]
    spoken = [version.language for version in versions]
    twice = sorted({language for language in spoken if spoken.count(language) > 1})
    if twice:
        raise Refused(f"two of them are in the same language ({', '.join(twice)}), so they cannot be one item")
    oldest, *others = contents
    gone = [content.id or 0 for content in others]
    _move_rows(session, oldest.id or 0, gone, versions)
    _take_over(oldest, others)
    session.add(oldest)
    session.flush()
    session.expire_all()
    session.execute(delete(Content).where(col(Content.id).in_(gone)))
    void_approvals(session, oldest.id or 0)
    return Merged(oldest.id or 0, tuple(gone))


def _move_rows(session: Session, target: int, gone: Collection[int], versions: Collection[Variant]) -> None:
    for version in versions:
        version.content_id = target
        session.add(version)
    session.flush()
    for model, column in _ROWS_ABOUT:
        session.execute(update(model).where(col(column).in_(gone)).values(content_id=target))
    told = update(Delivery).where(col(Delivery.about_content_id).in_(gone))
    session.execute(told.values(about_content_id=target))
    _move_entries(session, target, gone)


def _move_entries(session: Session, target: int, gone: Collection[int]) -> None:
    """Let what waited for approval wait on the one content, to be looked at anew; of several the newest alone does."""
    ids = [target, *gone]
    entries = session.exec(
        select(QueueEntry).where(col(QueueEntry.content_id).in_(ids)).order_by(col(QueueEntry.id))
    ).all()
    wave = max((entry.wave for entry in entries if entry.content_id == target), default=0)
    for entry in entries:
        if entry.content_id != target:
            wave += 1
            entry.content_id, entry.wave = target, wave
        entry.approved_hash = None
        if entry is not entries[-1]:
            entry.status, entry.note = EntryStatus.WITHDRAWN, "made one item with another draft"
        session.add(entry)
    session.flush()


def _take_over(oldest: Content, others: Collection[Content]) -> None:
    """Keep what staff and sources said of any of them."""
    for other in others:
        oldest.quarantine = _union(oldest.quarantine, other.quarantine, "\n", 1000)
        oldest.topics = _union(oldest.topics, other.topics, ",", 200)
        oldest.hashtags = _union(oldest.hashtags, other.hashtags, " ", 200)
        oldest.evergreen = oldest.evergreen or other.evergreen
        oldest.campaign_id = oldest.campaign_id or other.campaign_id
        oldest.proposed_by_id = oldest.proposed_by_id or other.proposed_by_id
        oldest.created_by = oldest.created_by or other.created_by


def _union(one: str, other: str, joint: str, most: int) -> str:
    kept = ""
    for word in dict.fromkeys(word for word in [*one.split(joint), *other.split(joint)] if word):
        longer = f"{kept}{joint}{word}" if kept else word
        if len(longer) <= most:
            kept = longer
    return kept


def split(session: Session, content_id: int, language: str, *, now: datetime) -> int:
    """Make a draft of its own of one language version, with its texts and files, and return it.

    What was approved has to be approved again. Raises NotFound, and Refused for the only version, and when the
    content was sent or put away.
    """
    content = get_content(session, content_id)
    versions = {version.language: version for version in list_variants(session, content_id)}
    if language not in versions:
        raise NotFound(f"content {content_id} has no words in {language}")
    if len(versions) < 2:
        raise Refused("it is the only language of this content")
    _require(session, content, _SPLITTABLE)
    alone = Content(
        kind=content.kind,
        status=ContentStatus.DRAFT,
        quarantine=content.quarantine,
        topics=content.topics,
        hashtags=content.hashtags,
        campaign_id=content.campaign_id,
        created_by=content.created_by,
        published_at=content.published_at,
        created_at=now,
    )
    session.add(alone)
    session.flush()
    versions[language].content_id = alone.id or 0
    session.add(versions[language])
    session.flush()
    void_approvals(session, content_id)
    return alone.id or 0


def _require(session: Session, content: Content, allowed: Collection[EntryStatus]) -> None:
    if content.status is ContentStatus.ARCHIVED:
        raise Refused("one of them was put away")
    settled = select(QueueEntry.id).where(
        QueueEntry.content_id == content.id,
        col(QueueEntry.status).not_in(allowed) | col(QueueEntry.released_at).is_not(None),
    )
    if session.exec(settled).first() is not None:
        raise Refused("one of them is approved already or was sent, so its languages stay as they are")
