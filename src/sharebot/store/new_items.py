"""Contents that people bring: a pasted link, or words written by hand; never more than drafts."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.errors import Refused
from sharebot.models import Content, Variant
from sharebot.store.contents import Intake, get_content, ingest
from sharebot.store.post_owners import home_hosts
from sharebot.store.stories import merge
from sharebot.values.feeds import FeedItem, Page
from sharebot.values.page_urls import normalise_url
from sharebot.values.status import ContentKind, ContentStatus


@dataclass(frozen=True, slots=True)
class Maker:
    """Who brings something, into what, and when; `by` is noted with a content that is new."""

    by: str
    settings: Settings
    now: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """What somebody wrote in one language; the link may be missing."""

    language: str
    title: str
    text: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """Where it is now; not `is_new` when it was there already."""

    content_id: int
    is_new: bool


def find_by_link(session: Session, url: str) -> int | None:
    """Return the content that one of our versions leads to from, however the link is written; the newest of several.

    What was put away is not found, so that it may come again.
    """
    plain = normalise_url(url)
    if plain is None:
        return None
    path = plain.removeprefix("https://")
    same = [f"{scheme}://{www}{path}{end}" for scheme in ("https", "http") for www in ("", "www.") for end in ("", "/")]
    if video := path.partition("youtube.com/watch?v=")[2]:
        same += [f"https://youtu.be/{video}", f"https://www.youtube.com/shorts/{video}"]
    known = (
        select(Variant.content_id)
        .join(Content, col(Content.id) == col(Variant.content_id))
        .where(col(Variant.url).in_([url, *same]), Content.status != ContentStatus.ARCHIVED)
    )
    return session.exec(known.order_by(col(Variant.content_id).desc())).first()


def add_page(session: Session, page: Page, maker: Maker, *, language: str) -> Added:
    """Make a draft of a page that was fetched, in its own language or else in `language`; a known one is returned.

    A translation of a known story becomes one more language of it.
    """
    known = find_by_link(session, page.url)
    if known is not None:
        return Added(known, is_new=False)
    spoken = page.language or language
    item = FeedItem(
        external_id=f"page:{secrets.token_hex(8)}",
        title=page.title,
        text=page.text,
        url=page.url,
        published_at=page.published_at or maker.now,
        language=spoken,
        kind=page.kind,
        media=page.media,
        translations=page.translations,
        warnings=page.warnings,
    )
    ingest(session, [item], Intake(spoken, home_hosts(maker.settings), maker.now))
    made = select(Variant.content_id).where(col(Variant.source_id).is_(None), Variant.external_id == item.external_id)
    content_id = session.exec(made).one()
    _note_maker(session, content_id, maker)
    return Added(content_id, is_new=True)


def add_by_hand(session: Session, kind: ContentKind, versions: Sequence[Version], maker: Maker) -> Added:
    """Make one draft of what was written in several languages; one whose link is known is returned instead.

    Raises Refused when there is no language with a title, or one comes twice.
    """
    spoken = [version.language for version in versions]
    if not versions or len(set(spoken)) < len(spoken) or not all(version.title for version in versions):
        raise Refused("write a title in at least one language, and each language once")
    for version in versions:
        known = find_by_link(session, version.url) if version.url else None
        if known is not None:
            return Added(known, is_new=False)
    mark = secrets.token_hex(8)
    items = [
        FeedItem(
            external_id=f"hand:{mark}:{version.language}",
            title=version.title,
            text=version.text,
            url=version.url,
            published_at=maker.now,
            language=version.language,
            kind=kind,
        )
        for version in versions
    ]
    return Added(_ingest_together(session, items, maker), is_new=True)


def _ingest_together(session: Session, items: Sequence[FeedItem], maker: Maker) -> int:
    """Take in one item a language, and make one content of them."""
    ids = []
    for item in items:
        ingest(session, [item], Intake(item.language or "", home_hosts(maker.settings), maker.now))
        made = select(Variant).where(col(Variant.source_id).is_(None), Variant.external_id == item.external_id)
        ids.append(session.exec(made).one().content_id)
    content_id = ids[0] if len(ids) == 1 else merge(session, ids).content_id
    _note_maker(session, content_id, maker)
    return content_id


def _note_maker(session: Session, content_id: int, maker: Maker) -> None:
    content = get_content(session, content_id)
    if content.created_at != maker.now:
        return  # it was here before, and got one more language
    content.created_by = content.created_by or maker.by[:200]
    session.add(content)
    session.flush()
