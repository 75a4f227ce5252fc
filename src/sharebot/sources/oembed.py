"""Ask a page's oEmbed address for what the page itself does not say (oembed.com)."""

import html
import json
import re
from dataclasses import replace

from sharebot.errors import PermanentError, TemporaryError
from sharebot.sources.fetch import Fetcher
from sharebot.sources.media import picture, pixels_of
from sharebot.sources.plain import web_link
from sharebot.values.feeds import Page
from sharebot.values.status import AssetKind, ContentKind

_MAX_ANSWER = 100_000
_MAX_SEARCHED = 1_000_000
_LINK = re.compile(rb"<link\b[^<>]*application/json\+oembed[^<>]*>", re.I)
_ADDRESS = re.compile(rb"\bhref\s*=\s*[\"']([^\"'<>]+)", re.I)


async def complete(page: Page, body: bytes, *, fetcher: Fetcher) -> Page:
    """Return the page with the picture and the kind that its oEmbed answer names, where it lacks them."""
    address = _address(body, page.url)
    has_picture = any(media.kind is AssetKind.PICTURE for media in page.media)
    if address is None or (has_picture and page.kind is not ContentKind.POST):
        return page
    try:
        answer = await fetcher.get(address)
        data = json.loads(answer.body[:_MAX_ANSWER])
    except (PermanentError, TemporaryError, ValueError, RecursionError):
        return page
    if not isinstance(data, dict):
        return page
    if data.get("type") == "video":
        page = replace(page, kind=ContentKind.VIDEO)
    shown = picture(str(data.get("thumbnail_url") or ""), page.url)
    if has_picture or shown is None:
        return page
    width, height = pixels_of(data.get("thumbnail_width")), pixels_of(data.get("thumbnail_height"))
    return replace(page, media=(replace(shown, width=width, height=height), *page.media))


def _address(body: bytes, base: str) -> str | None:
    link = _LINK.search(body[:_MAX_SEARCHED])
    found = _ADDRESS.search(link[0]) if link else None
    return web_link(html.unescape(found[1].decode("utf-8", "replace")), base) if found else None
