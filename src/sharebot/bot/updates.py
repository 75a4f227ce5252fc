"""Fetch updates, store them, acknowledge them, and only then let them take effect, in order, once."""

import asyncio
import json
import logging
from collections.abc import Sequence
from typing import Any

from telegram import Update
from telegram.error import TelegramError

from sharebot.bot.application import ALLOWED_UPDATES, BotApplication
from sharebot.bot.context import FAILURE
from sharebot.errors import CredentialRefused, RateLimited
from sharebot.messengers.request import READ_SECONDS
from sharebot.rules.sending import halt_for
from sharebot.runtime import Runtime
from sharebot.store import bots, inbox

log = logging.getLogger(__name__)
_LONGEST_BACKOFF = 60.0


async def poll_updates(runtime: Runtime, application: BotApplication) -> None:
    """Poll until the process is stopping. Survives Telegram being down, also at the start."""
    failures, stop = 0, runtime.stopping
    while not stop.is_set():
        try:
            await _identify(runtime, application)
            await _poll_once(runtime, application, timeout=runtime.settings.telegram.poll_seconds)
            failures = 0
        except TelegramError as error:
            cause = error.__cause__
            if isinstance(cause, CredentialRefused):
                log.error("telegram does not accept the bot's token; polling has stopped")
                with runtime.database.write() as session:
                    bots.pause_bot(session, str(cause))
                return
            failures += 1
            wait = min(2.0**failures, _LONGEST_BACKOFF)
            if isinstance(cause, RateLimited):
                wait = halt_for(cause.retry_after).total_seconds()
            log.warning("telegram not reached (%s), again in %.0f s", type(cause or error).__name__, wait)
            await _sleep(wait, stop)


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def _identify(runtime: Runtime, application: BotApplication) -> None:
    """Ask once who we are, since the token may be another bot's than before."""
    if application.running:
        return
    await application.initialize()
    await application.start()
    me = await application.bot.get_me()
    with runtime.database.write() as session:
        same = bots.record_identity(session, external_id=me.id, username=me.username or "")
        if not same:
            bots.pause_bot(session, "the token belongs to another bot than before")
    log.info("telegram connected bot=%s", me.username)


async def _poll_once(runtime: Runtime, application: BotApplication, *, timeout: int) -> None:  # noqa: ASYNC109
    with runtime.database.read() as session:
        offset = inbox.next_offset(session)
    updates = await _fetch(runtime, application, offset=offset, timeout=timeout)
    rows = [(one["update_id"], json.dumps(one)) for one in updates if isinstance(one.get("update_id"), int)]
    if rows:
        with runtime.database.write() as session:
            inbox.store_updates(session, rows, now=runtime.now())
    await take_updates(runtime, application)


async def _fetch(
    runtime: Runtime,
    application: BotApplication,
    *,
    offset: int | None,
    timeout: int,  # noqa: ASYNC109
) -> Sequence[dict[str, Any]]:
    """Ask for raw updates; a stop ends the waiting, and never what is done with an update.

    They are stored as they came: one that the library cannot read must not hold up the others.
    """
    asking = asyncio.ensure_future(
        application.bot.do_api_request(
            "getUpdates",
            api_kwargs={"offset": offset, "timeout": timeout, "allowed_updates": list(ALLOWED_UPDATES)},
            read_timeout=timeout + READ_SECONDS,
        )
    )
    stopping = asyncio.ensure_future(runtime.stopping.wait())
    try:
        await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return [one for one in asking.result() if isinstance(one, dict)] if asking.done() else ()
    finally:
        asking.cancel()
        stopping.cancel()


async def take_updates(runtime: Runtime, application: BotApplication) -> int:
    """Let stored updates take effect; one that fails is noted on its row and the next goes on."""
    with runtime.database.read() as session:
        pending = inbox.list_pending(session)
    for row in pending:
        error: object = None
        try:
            update = Update.de_json(json.loads(row.body), application.bot)
            await application.process_update(update)
            error = application.bot_data.pop(FAILURE, None)
        except Exception as failure:
            error = type(failure).__name__
            log.exception("update failed id=%d", row.update_id)
        with runtime.database.write() as session:
            inbox.mark_done(session, row.update_id, now=runtime.now(), error=str(error) if error else None)
    return len(pending)
