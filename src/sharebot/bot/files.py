"""A tap on the lighter or the heavier file: it comes at once, as a message of its own."""

import asyncio
import logging
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from telegram import Update

from sharebot.bot.context import Context, acknowledge, note_passing, runtime_of, say
from sharebot.bot.groups import speaker_of, thread_of
from sharebot.errors import SharebotError, UnknownOutcome
from sharebot.models import Delivery
from sharebot.rules.tiers import UPLOADED, is_fetched
from sharebot.sources.download import download
from sharebot.store import renditions
from sharebot.store.officers import OfficerView
from sharebot.store.renditions import Found
from sharebot.texts.files import compose_file, file_failed
from sharebot.values.messages import Message, Upload
from sharebot.values.status import DataTier
from sharebot.values.taps import Tap

log = logging.getLogger(__name__)
_LOADING, _GATE = "files on their way", "gate of heavy files"  # where an application keeps them
_AT_ONCE = 2  # heavy files that pass through this machine
FOLDER = "sharebot-files-"


@dataclass(frozen=True, slots=True)
class _Asker:
    officer: OfficerView
    chat_id: int
    thread_id: int | None


async def on_file(update: Update, context: Context, tap: Tap, delivery: Delivery) -> None:
    """Send the file in the chat. A heavy one takes its time, and the other updates do not wait for it."""
    runtime, query, officer = runtime_of(context), update.callback_query, speaker_of(context, update)
    chat = update.effective_chat
    if query is None or chat is None or officer is None or tap.argument not in set(DataTier):
        return
    await acknowledge(query)
    with runtime.database.read() as session:
        tier, light = DataTier(tap.argument), renditions.light_of(runtime.settings)
        found = renditions.find_offered(session, delivery, tier, light=light)
    if found is None:
        return
    under_way = context.bot_data.setdefault(_LOADING, set())
    assert isinstance(under_way, set)  # noqa: S101 - made above, or by an earlier tap
    key = (officer.id, found.file.asset_id)
    if key in under_way:
        return  # an impatient second tap
    under_way.add(key)
    task = context.application.create_task(
        _send(context, _Asker(officer, chat.id, thread_of(query.message)), delivery, found), update
    )
    task.add_done_callback(lambda _: under_way.discard(key))


async def _send(context: Context, asker: _Asker, delivery: Delivery, found: Found) -> None:
    runtime, officer = runtime_of(context), asker.officer
    messenger = runtime.messengers.get(delivery.bot_id)
    if messenger is None:
        return
    message = compose_file(officer.language, found.title, found.file.media)
    message = replace(message, file_id=found.file_id, upload=found.upload, protected=officer.high_risk)
    message = replace(message, thread_id=asker.thread_id)
    try:
        if not found.file.is_rendition and not is_fetched(found.file):
            message = await _bring(context, message)
        receipt = await messenger.send(asker.chat_id, message)
    except UnknownOutcome as error:
        log.warning("file perhaps not sent asset=%d: %s", found.file.asset_id, error)
        return
    except SharebotError as error:
        log.warning("file not sent asset=%d: %s", found.file.asset_id, error)
        sorry = file_failed(officer.language, found.file.media.url)
        await say(context, asker.chat_id, replace(sorry, thread_id=asker.thread_id))
        return
    if receipt.file_id:
        with runtime.database.write() as session:
            renditions.remember_file(session, found.file.asset_id, delivery.bot_id, receipt)
    if officer.high_risk:
        note_passing(context, officer, receipt.message_id)


async def _bring(context: Context, message: Message) -> Message:
    """Fetch a file that Telegram would not, to upload it. Raises what `download` raises."""
    media, gate = message.media, context.bot_data.setdefault(_GATE, asyncio.Semaphore(_AT_ONCE))
    assert media is not None and isinstance(gate, asyncio.Semaphore)  # noqa: S101 - made above
    async with gate:
        with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
            file = Path(folder) / "file"
            answer = await download(runtime_of(context).fetcher, media.url, file, most_bytes=UPLOADED)
            body = await asyncio.to_thread(file.read_bytes)
    name = PurePosixPath(urlsplit(media.url).path).name or media.kind.value
    return replace(message, upload=Upload(name, media.mime or answer.content_type or "application/octet-stream", body))
