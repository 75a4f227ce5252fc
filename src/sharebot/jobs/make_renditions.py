"""Make the files of one content lighter, for officers on slow lines; what was made stays made."""

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sharebot.errors import PermanentError, TemporaryError
from sharebot.media.lighten import find_ffmpeg, lighten_audio, lighten_picture
from sharebot.runtime import Runtime
from sharebot.sources.download import download
from sharebot.store import renditions
from sharebot.store.renditions import Original
from sharebot.values.files import LightFile
from sharebot.values.status import AssetKind

log = logging.getLogger(__name__)
FOLDER = "sharebot-files-"
ALL_SECONDS = 600.0  # for one file, download and work together
_SETTLED_SECONDS = 60.0  # a folder so young may belong to somebody who has not locked it yet


async def make_renditions(runtime: Runtime) -> None:
    """Look at the originals of one content; a stop of the process ends the work at once, and nothing is lost."""
    if runtime.stopping.is_set():
        return
    with runtime.database.read() as session:
        originals = renditions.list_unprepared(session, now=runtime.now())
    if not originals:
        return
    work = asyncio.ensure_future(_prepare_all(runtime, originals))
    stop = asyncio.ensure_future(runtime.stopping.wait())
    try:
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
        if not work.done():
            work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work


async def _prepare_all(runtime: Runtime, originals: list[Original]) -> None:
    with _own_folder() as folder:
        for original in originals:
            await _prepare(runtime, original, folder)


async def _prepare(runtime: Runtime, original: Original, folder: Path) -> None:
    now = runtime.now
    if not _is_worth_it(runtime, original):
        with runtime.database.write() as session:
            renditions.mark_prepared(session, original.ids, now=now())
        return
    file = folder / str(original.ids[0])
    try:
        async with asyncio.timeout(ALL_SECONDS):
            made = await _make(runtime, original, file)
    except (TemporaryError, TimeoutError) as error:
        with runtime.database.write() as session:
            again = renditions.record_failure(session, original, now=now())
        log.warning("file not lighter asset=%d again=%s: %s", original.ids[0], again, error or "too slow")
    except PermanentError as error:
        with runtime.database.write() as session:
            renditions.mark_prepared(session, original.ids, now=now(), size_bytes=_size(file))
        log.warning("file not lighter asset=%d: %s", original.ids[0], error)
    else:
        _keep(runtime, original, made, _size(file))
    finally:
        _empty(folder)


def _keep(runtime: Runtime, original: Original, made: LightFile, size: int | None) -> None:
    heavier = original.media.kind is AssetKind.AUDIO and size is not None and len(made.body) >= size
    with runtime.database.write() as session:
        if not heavier:
            renditions.add_rendition(session, original, made, now=runtime.now())
        renditions.mark_prepared(session, original.ids, now=runtime.now(), size_bytes=size)
    log.info("file lighter asset=%d from=%s to=%d", original.ids[0], size, len(made.body))


def _is_worth_it(runtime: Runtime, original: Original) -> bool:
    """Whether something lighter can come of it: not of videos, nor of what is known to be light."""
    kind, light = original.media.kind, renditions.light_of(runtime.settings)
    if kind is AssetKind.AUDIO:
        return find_ffmpeg() is not None and not light.bears(original.media)
    return kind is AssetKind.PICTURE and not light.bears(original.media)


async def _make(runtime: Runtime, original: Original, file: Path) -> LightFile:
    media = runtime.settings.media
    most = media.original_mb * 1_000_000
    if original.media.url.startswith(renditions.OURS):
        await asyncio.to_thread(_write_upload, runtime, original.media.url, file)
    else:
        await download(runtime.fetcher, original.media.url, file, most_bytes=most, seconds=ALL_SECONDS)
    if original.media.kind is AssetKind.PICTURE:
        return await lighten_picture(file, most_bytes=media.picture_kb * 1000, most_pixels=media.picture_pixels)
    return await lighten_audio(file, ffmpeg=find_ffmpeg() or "ffmpeg", kbit=media.audio_kbit)


def _write_upload(runtime: Runtime, url: str, file: Path) -> None:
    """Write what staff uploaded to a file. Raises PermanentError when it was removed meanwhile."""
    with runtime.database.read() as session:
        found = renditions.find_upload(session, url)
    if found is None:
        raise PermanentError("it was removed")
    file.write_bytes(found.body)


def _empty(folder: Path) -> None:
    for left in folder.iterdir():
        left.unlink()


def _size(file: Path) -> int | None:
    return file.stat().st_size if file.exists() else None


@contextmanager
def _own_folder() -> Iterator[Path]:
    """Yield a folder that is gone afterwards; what killed processes left is removed first.

    It is locked while it is in use, and a lock dies with its holder.
    """
    _remove_left_overs()
    folder = Path(tempfile.mkdtemp(prefix=FOLDER))
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def _remove_left_overs() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        with contextlib.suppress(OSError):
            about = folder.stat()
            if about.st_uid != os.getuid() or time.time() - about.st_mtime < _SETTLED_SECONDS:
                continue
            handle = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(handle)
