"""Read what a page says of itself in JSON-LD (schema.org): articles, videos, podcast episodes."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sharebot.values.status import ContentKind

MAX_BLOCK = 200_000
_KINDS = {
    "Article": ContentKind.POST,
    "NewsArticle": ContentKind.POST,
    "BlogPosting": ContentKind.POST,
    "VideoObject": ContentKind.VIDEO,
    "PodcastEpisode": ContentKind.EPISODE,
    "AudioObject": ContentKind.EPISODE,
}


@dataclass(frozen=True, slots=True)
class Described:
    """The first article, video or episode of a page; empty where it says nothing."""

    kind: ContentKind = ContentKind.POST
    title: str = ""
    text: str = ""
    published: str = ""
    picture: str = ""
    language: str = ""


def read_json_ld(blocks: Iterable[str]) -> Described:
    """Return what the first block that describes a story says of it."""
    for thing in _things(blocks):
        name = _text(thing.get("@type"))
        if name in _KINDS:
            return Described(
                kind=_KINDS[name],
                title=_text(thing.get("headline")) or _text(thing.get("name")),
                text=_text(thing.get("description")),
                published=_text(thing.get("datePublished")) or _text(thing.get("uploadDate")),
                picture=_text(thing.get("image")) or _text(thing.get("thumbnailUrl")),
                language=_text(thing.get("inLanguage")),
            )
    return Described()


def _things(blocks: Iterable[str]) -> Iterator[dict[str, Any]]:
    for block in blocks:
        try:
            data = json.loads(block[:MAX_BLOCK])
        except (ValueError, RecursionError):
            continue
        for thing in data if isinstance(data, list) else [data]:
            graph = thing.get("@graph") if isinstance(thing, dict) else None
            listed = graph if isinstance(graph, list) else [thing]
            yield from (one for one in listed if isinstance(one, dict))


def _text(value: Any) -> str:
    """Return a value as text: of several the first, of an object its address."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("url") or value.get("alternateName") or ""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
