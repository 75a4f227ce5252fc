"""The title by which a content is shown to one reader."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session, col, select

from sharebot.models import Variant


@dataclass(frozen=True, slots=True)
class Title:
    """A title, and the language it is in."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Named:
    """A content by its title; `url` is the link of the version that was asked for."""

    id: int
    title: str
    url: str | None


def find_content(session: Session, variant_id: int, *, language: str) -> Named | None:
    """Return the content of a language version, titled in `language` where it can be; None when there is none."""
    variant = session.get(Variant, variant_id)
    if variant is None:
        return None
    titles = list_titles(session, [variant.content_id], language=language)
    return Named(variant.content_id, titles[variant.content_id].text, variant.url)


def list_titles(session: Session, content_ids: Collection[int], *, language: str) -> dict[int, Title]:
    """Return each content's title in `language`, else in English, else in its first language."""
    variants = select(Variant.content_id, Variant.language, Variant.title).where(
        col(Variant.content_id).in_(content_ids)
    )
    found: dict[int, dict[str, str]] = {}
    for content_id, spoken, title in session.exec(variants.order_by(Variant.language)):
        found.setdefault(content_id, {})[spoken] = title
    return {content_id: choose_title(titles, language) for content_id, titles in found.items()}


def choose_title(titles: dict[str, str], language: str) -> Title:
    """Return one of a content's titles, by their languages: in `language`, else in English, else the first."""
    spoken = next(one for one in (language, "en", *titles) if one in titles)
    return Title(titles[spoken], spoken)
