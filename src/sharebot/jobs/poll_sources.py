"""Poll due sources; what they bring becomes drafts."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sharebot.errors import PermanentError, TemporaryError
from sharebot.models import Source
from sharebot.runtime import Runtime
from sharebot.sources.feed import poll
from sharebot.store import contents, sources
from sharebot.values.feeds import Cursor, Poll

log = logging.getLogger(__name__)
AT_ONCE = 8
_BATCH = 50
_LONGEST_BACKOFF = timedelta(hours=24)


async def poll_sources(runtime: Runtime) -> None:
    """Poll every source whose time has come; one that fails never stops the others."""
    with runtime.database.read() as session:
        due = sources.list_due(session, now=runtime.now())
    for start in range(0, len(due), _BATCH):
        if runtime.stopping.is_set():
            return
        await _poll_batch(runtime, due[start : start + _BATCH])


async def _poll_batch(runtime: Runtime, batch: Sequence[Source]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def look(source: Source) -> Poll | PermanentError | TemporaryError:
        async with gate:
            try:
                return await poll(source.url, _cursor(source), fetcher=runtime.fetcher, parsers=runtime.parsers)
            except (PermanentError, TemporaryError) as error:
                return error

    results = await asyncio.gather(*(look(source) for source in batch))
    _record(runtime, list(zip(batch, results, strict=True)))


def _record(runtime: Runtime, results: Sequence[tuple[Source, Poll | PermanentError | TemporaryError]]) -> None:
    """Write a batch's outcomes: one transaction for all that brought nothing, one for each other."""
    now = runtime.now()
    next_poll_at = now + timedelta(minutes=runtime.settings.sources.poll_minutes)
    same = [source.id or 0 for source, found in results if isinstance(found, Poll) and found.feed is None]
    if same:
        with runtime.database.write() as session:
            sources.record_unchanged(session, same, next_poll_at=next_poll_at, now=now)
    for source, found in results:
        if isinstance(found, Poll):
            if found.feed is not None:
                _ingest(runtime, source, found, next_poll_at=next_poll_at, now=now)
            continue
        _record_failure(runtime, source, found, now=now)


def _ingest(runtime: Runtime, source: Source, found: Poll, *, next_poll_at: datetime, now: datetime) -> None:
    feed = found.feed
    assert feed is not None  # noqa: S101 - the caller looked
    intake = contents.Intake(
        language=source.language or feed.language or runtime.settings.organisation.languages[0],
        home_hosts=home_hosts(runtime, source.url, feed.home_url),
        now=now,
        source=source,
    )
    with runtime.database.write() as session:
        done = contents.ingest(session, feed.items, intake)
        sources.record_poll(session, source, found.cursor, moved_to=found.moved_to, next_poll_at=next_poll_at, now=now)
    if done.new or done.changed:
        log.info("source polled id=%s new=%d changed=%d", source.id, done.new, done.changed)


def _record_failure(runtime: Runtime, source: Source, error: PermanentError | TemporaryError, *, now: datetime) -> None:
    delay = timedelta(minutes=runtime.settings.sources.poll_minutes) * (1 << min(source.failures, 8))
    asked = error.retry_after if isinstance(error, TemporaryError) else None
    next_poll_at = now + max(min(delay, _LONGEST_BACKOFF), asked or timedelta(0))
    gone = isinstance(error, PermanentError) and "410" in str(error)
    with runtime.database.write() as session:
        sources.record_failure(session, source, str(error), next_poll_at=None if gone else next_poll_at, now=now)
    log.warning("source failed id=%s: %s", source.id, error)


def home_hosts(runtime: Runtime, *urls: str | None) -> frozenset[str]:
    """Return the hosts that items may link to without a second look."""
    settings = runtime.settings
    hosts = {urlsplit(url).hostname for url in (settings.organisation.url, *urls) if url}
    return frozenset({host.removeprefix("www.") for host in hosts if host} | set(settings.sources.link_hosts))


def _cursor(source: Source) -> Cursor:
    return Cursor(source.etag, source.last_modified, source.body_sha256)
