"""Poll one feed: ask only for what is new, parse only what has changed."""

import hashlib

from sharebot.errors import PermanentError, TemporaryError
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.values.feeds import Cursor, Poll

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"


async def poll(url: str, cursor: Cursor, *, fetcher: Fetcher, parsers: ParserPool) -> Poll:
    """Fetch and parse the feed at `url`; `Poll.feed` is None when nothing has changed.

    Raises TemporaryError (try later) or PermanentError (staff must look); the message is for staff.
    """
    headers = {"Accept": ACCEPT}
    if cursor.etag:
        headers["If-None-Match"] = cursor.etag
    if cursor.last_modified:
        headers["If-Modified-Since"] = cursor.last_modified
    response = await fetcher.get(url, headers=headers)
    if response.status == 304 and len(headers) > 1:
        return Poll(cursor, moved_to=response.moved_to)
    if response.status == 410:
        raise PermanentError("the feed is gone (410)")
    if response.status != 200:
        raise TemporaryError(f"unexpected status {response.status}")
    if not response.body or response.body.isspace():
        raise TemporaryError("empty response")
    digest = hashlib.sha256(response.body).hexdigest()
    fresh = Cursor(response.headers.get("etag"), response.headers.get("last-modified"), digest)
    if digest == cursor.body_sha256:
        return Poll(fresh, moved_to=response.moved_to)
    if response.content_type == "text/html" and b"<html" in response.body[:2000].lower():
        raise PermanentError("not a feed (text/html)")
    content_type = response.headers.get("content-type", "")
    feed = await parsers.parse_feed(response.body, url=response.url, content_type=content_type)
    return Poll(fresh, feed, response.moved_to)
