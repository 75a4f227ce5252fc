"""Carry feeds and pages between the parser's process and ours as JSON, which runs no code."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sharebot.values.feeds import Feed, FeedItem, Media, Page, Translation
from sharebot.values.status import AssetKind, ContentKind, SourceKind


def encode(value: Feed | Page) -> bytes:
    """Write a feed or a page."""
    return json.dumps(asdict(value), default=datetime.isoformat).encode()


def decode_feed(text: bytes) -> Feed:
    """Read what `encode` wrote of a feed."""
    data = json.loads(text)
    return Feed(
        **data | {
            "kind": SourceKind(data["kind"]),
            "items": tuple(_item(item) for item in data["items"]),
            "warnings": tuple(data["warnings"]),
        }
    )  # fmt: skip


def decode_page(text: bytes) -> Page:
    """Read what `encode` wrote of a page."""
    data = json.loads(text)
    return Page(**_shared(data) | {"feed_urls": tuple(data["feed_urls"])})


def _item(data: dict[str, Any]) -> FeedItem:
    return FeedItem(**_shared(data))


def _shared(data: dict[str, Any]) -> dict[str, Any]:
    at = data["published_at"]
    return data | {
        "kind": ContentKind(data["kind"]),
        "published_at": datetime.fromisoformat(at) if at else None,
        "media": tuple(Media(**one | {"kind": AssetKind(one["kind"])}) for one in data["media"]),
        "translations": tuple(Translation(**one) for one in data["translations"]),
        "warnings": tuple(data["warnings"]),
    }
