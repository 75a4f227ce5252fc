"""What the review pages show: drafts, and one content with its language versions."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from sharebot.models import Asset, Source, Variant
from sharebot.rules.wordings import find_alike
from sharebot.store.contents import content_hash, get_content, list_drafts, list_variants
from sharebot.store.members import list_members
from sharebot.store.titles import Title, list_titles
from sharebot.store.wordings import list_wordings
from sharebot.values.feeds import Media
from sharebot.values.status import AssetKind, ContentKind, ContentStatus, MemberStatus

LISTED = 200  # as many as a person can look through on one page


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line of the review list."""

    id: int
    kind: ContentKind
    title: Title
    languages: tuple[str, ...]
    published_at: datetime | None
    media: frozenset[AssetKind]
    reasons: tuple[str, ...]
    source: str | None


@dataclass(frozen=True, slots=True)
class VariantView:
    """One language version with its media, as it came from its source, and the texts to post it with.

    `alike` are pairs of texts, counted from 1, that readers would take for the same.
    """

    id: int
    language: str
    title: str
    text: str
    url: str | None
    revision: int
    warnings: tuple[str, ...]
    media: tuple[Media, ...]
    wordings: tuple[str, ...] = ()
    alike: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ContentView:
    """A content as a reviewer sees it; `hash` is what an approval would cover."""

    id: int
    kind: ContentKind
    status: ContentStatus
    title: Title
    published_at: datetime | None
    reasons: tuple[str, ...]
    source: str | None
    variants: tuple[VariantView, ...]
    hash: str
    topics: tuple[str, ...] = ()
    campaign_id: int | None = None


@dataclass(frozen=True, slots=True)
class AudienceChoices:
    """The words by which an audience can be narrowed: those of active members."""

    regions: tuple[str, ...]
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    kinds: tuple[str, ...]


def list_draft_lines(session: Session, *, language: str) -> list[DraftLine]:
    """Return the newest drafts, newest first; those that need a second look stand last."""
    drafts = list_drafts(session)[:LISTED]
    ids = [draft.id or 0 for draft in drafts]
    titles = list_titles(session, ids, language=language)
    variants = _variants_of(session, ids)
    media = _media_of(session, [one.id or 0 for group in variants.values() for one in group])
    sources = {source.id: source.title or source.url for source in session.exec(select(Source))}
    lines = [
        DraftLine(
            draft.id or 0,
            draft.kind,
            titles.get(draft.id or 0, Title("–", language)),
            tuple(one.language for one in variants[draft.id or 0]),
            draft.published_at,
            frozenset(item.kind for one in variants[draft.id or 0] for item in media[one.id or 0]),
            _lines(draft.quarantine),
            next((sources.get(one.source_id) for one in variants[draft.id or 0]), None),
        )
        for draft in drafts
    ]
    return sorted(lines, key=lambda line: bool(line.reasons))


def get_content_view(session: Session, content_id: int, *, language: str) -> ContentView:
    """Return everything about a content that an approver should see. Raises NotFound."""
    content = get_content(session, content_id)
    variants = list_variants(session, content_id)
    ids = [one.id or 0 for one in variants]
    media, wordings = _media_of(session, ids), list_wordings(session, ids)
    titles = list_titles(session, [content_id], language=language)
    source = session.get(Source, variants[0].source_id) if variants and variants[0].source_id else None
    return ContentView(
        content_id,
        content.kind,
        content.status,
        titles.get(content_id, Title("–", language)),
        content.published_at,
        _lines(content.quarantine),
        (source.title or source.url) if source else None,
        tuple(_variant_view(one, media[one.id or 0], wordings[one.id or 0]) for one in variants),
        content_hash(session, content_id),
        tuple(word for word in content.topics.split(",") if word),
        content.campaign_id,
    )


def find_audience_choices(session: Session) -> AudienceChoices:
    """Return what an approver may narrow an audience by."""
    members = [one for one in list_members(session) if one.status is MemberStatus.ACTIVE]
    return AudienceChoices(
        tuple(sorted({one.region for one in members})),
        tuple(sorted({one.country for one in members})),
        tuple(sorted({code for one in members for code in one.languages.split(",")})),
        tuple(sorted({one.kind.value for one in members})),
    )


def _variant_view(variant: Variant, media: Sequence[Media], wordings: Sequence[str]) -> VariantView:
    return VariantView(
        variant.id or 0,
        variant.language,
        variant.title,
        variant.text,
        variant.url,
        variant.revision,
        _lines(variant.warnings),
        tuple(media),
        tuple(wordings),
        tuple((one + 1, other + 1) for one, other in find_alike(wordings)),
    )


def _variants_of(session: Session, content_ids: Collection[int]) -> dict[int, list[Variant]]:
    found: dict[int, list[Variant]] = defaultdict(list)
    rows = select(Variant).where(col(Variant.content_id).in_(content_ids)).order_by(Variant.language)
    for variant in session.exec(rows):
        found[variant.content_id].append(variant)
    return found


def _media_of(session: Session, variant_ids: Collection[int]) -> dict[int, list[Media]]:
    found: dict[int, list[Media]] = defaultdict(list)
    originals = select(Asset).where(col(Asset.variant_id).in_(variant_ids), col(Asset.original_id).is_(None))
    rows = originals.order_by(col(Asset.id))
    for one in session.exec(rows):
        size = (one.size_bytes, one.duration_s, one.width, one.height)
        found[one.variant_id].append(Media(one.kind, one.url, one.mime, *size, one.alt))
    return found


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line)
