"""What the pages show of one content: its language versions, and why staff should look twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from sharebot.models import Source, Variant
from sharebot.rules.wordings import find_alike
from sharebot.store.contents import content_hash, get_content, list_variants
from sharebot.store.post_texts import list_wordings
from sharebot.store.staff_words import has_staffs_words, other_warnings
from sharebot.store.titles import Title, choose_title
from sharebot.store.uploads import FileView, list_files
from sharebot.values.feeds import Media
from sharebot.values.status import ContentKind, ContentStatus


@dataclass(frozen=True, slots=True)
class VariantView:
    """One language version with its media, and the texts to post it with.

    `alike` are pairs of texts, counted from 1, that readers would take for the same. `is_edited_here` when staff
    changed its words, so that its source does not any more.
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
    files: tuple[FileView, ...] = ()
    is_edited_here: bool = False


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


def get_content_view(session: Session, content_id: int, *, language: str) -> ContentView:
    """Return everything about a content that an approver should see. Raises NotFound."""
    content = get_content(session, content_id)
    variants = list_variants(session, content_id)
    ids = [one.id or 0 for one in variants]
    wordings, files = list_wordings(session, ids), list_files(session, ids)
    source = session.get(Source, variants[0].source_id) if variants and variants[0].source_id else None
    return ContentView(
        content_id,
        content.kind,
        content.status,
        choose_title({one.language: one.title for one in variants}, language) if variants else Title("–", language),
        content.published_at,
        _lines(content.quarantine),
        (source.title or source.url) if source else None,
        tuple(_variant_view(one, files.get(one.id or 0, ()), wordings[one.id or 0]) for one in variants),
        content_hash(session, content_id),
        tuple(word for word in content.topics.split(",") if word),
        content.campaign_id,
    )


def _variant_view(variant: Variant, files: Sequence[FileView], wordings: Sequence[str]) -> VariantView:
    return VariantView(
        variant.id or 0,
        variant.language,
        variant.title,
        variant.text,
        variant.url,
        variant.revision,
        other_warnings(variant.warnings),
        tuple(one.media for one in files),
        tuple(wordings),
        tuple((one + 1, other + 1) for one, other in find_alike(wordings)),
        tuple(files),
        has_staffs_words(variant),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line)
