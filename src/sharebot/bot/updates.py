"""Updates: stored, acknowledged, and only then let take effect, in order, once."""

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from telegram import Update
from telegram.error import TelegramError

from sharebot.bot.application import ALLOWED_UPDATES, BotApplication
from sharebot.bot.context import BOT, FAILURE
from sharebot.bot.menus import set_menus
from sharebot.errors import Conflict, CredentialRefused, PermanentError, RateLimited
from sharebot.leading import Leading
from sharebot.messengers.http import READ_SECONDS
from sharebot.runtime import Runtime
from sharebot.store import bots, inbox
from sharebot.values.status import PauseKind

log = logging.getLogger(__name__)
_LONGEST_BACKOFF = 60.0
_IDLE = 1.0
_LOOK = 0.5
_CONFLICTS = 5  # in a row: a worker that took over meets its predecessor's last request once
_MENUS = "menus"  # whether the menus of commands are set
WEBHOOK = "webhook"  # where an application keeps its bot's `Webhook`, if it has one


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram is to bring a bot's updates, and the secret it is to bring along."""

    url: str
    secret: str


@dataclass(slots=True)
class _Term:
    """What happened since this process began to lead.

    `is_told`: Telegram knows our webhook. `is_freed`: a webhook in the way of polling was looked for, and ended.
    `sweeps`: what Telegram has is asked for from its beginning, then from `swept_to` on. A webhook's updates may
    be stored before older ones, which the inbox's own offset would give up.
    """

    failures: int = 0
    conflicts: int = 0
    is_told: bool = False
    is_freed: bool = False
    sweeps: bool = False
    swept_to: int | None = None


def bot_id_in(application: BotApplication) -> int:
    """Return the id of our row of the application's bot."""
    bot_id = application.bot_data[BOT]
    assert isinstance(bot_id, int)  # noqa: S101 - `build_application` put it there
    return bot_id


async def poll_updates(runtime: Runtime, application: BotApplication, leading: Leading | None = None) -> None:
    """Take updates while this process leads, until it is stopping. Survives Telegram and the database being down.

    They are asked for, or, when the application has a webhook, brought to the pages' processes, which store them.
    """
    term, stop, holds = _Term(), runtime.stopping, True
    leading = Leading(leads=True) if leading is None else leading
    while not stop.is_set():
        try:
            if not leading and holds:
                await asyncio.to_thread(_let_go, runtime)
            holds = bool(leading)
            if not leading or await asyncio.to_thread(_is_paused, runtime, application):
                term = _Term()
                await _sleep(_IDLE, stop)
            else:
                await _take_turn(runtime, application, leading, term)
        except SQLAlchemyError as error:
            log.error("updates are not stored, so not acknowledged: %s", type(error).__name__)
            await _sleep(_IDLE, stop)


async def _take_turn(runtime: Runtime, application: BotApplication, leading: Leading, term: _Term) -> None:
    webhook = application.bot_data.get(WEBHOOK)
    try:
        if not await _identify(runtime, application):
            return
        await _show_menus(runtime, application)
        if isinstance(webhook, Webhook):
            await _take_brought(runtime, application, webhook, term)
        else:
            await _poll_once(runtime, application, leading, term)
        term.failures = term.conflicts = 0
    except TelegramError as error:
        await _take_failure(runtime, application, error, term)


async def _take_failure(runtime: Runtime, application: BotApplication, error: TelegramError, term: _Term) -> None:
    """Wait longer after each failure; pause the bot when only a person can help."""
    cause = error.__cause__
    term.failures += 1
    term.conflicts = term.conflicts + 1 if isinstance(cause, Conflict) else 0
    if isinstance(cause, CredentialRefused) or term.conflicts >= _CONFLICTS:
        log.error("polling stops: %s", cause)
        with runtime.database.write() as session:
            kind = PauseKind.CONFLICT if term.conflicts else PauseKind.TOKEN
            bots.pause_bot(session, bot_id_in(application), str(cause), kind=kind)
        return
    wait = min(2.0**term.failures, _LONGEST_BACKOFF)
    if isinstance(cause, RateLimited):
        with runtime.database.write() as session:
            wait = bots.halt(session, bot_id_in(application), cause.retry_after, now=runtime.now()).total_seconds()
    what = cause if isinstance(cause, PermanentError) else type(cause or error).__name__
    log.warning("telegram not reached (%s), again in %.0f s", what, wait)
    await _sleep(wait, runtime.stopping)


def _let_go(runtime: Runtime) -> None:
    """Let the next leader take the updates that this process has not ended."""
    with runtime.database.write() as session:
        inbox.free_taken(session, runtime.worker)


def _is_paused(runtime: Runtime, application: BotApplication) -> bool:
    """Whether a person has to look at the bot first: its token is refused, or somebody else's polling."""
    with runtime.database.read() as session:
        return bots.is_refused(session, bot_id_in(application))


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def _identify(runtime: Runtime, application: BotApplication) -> bool:
    """Ask once who we are, since the token may be another bot's than before; False when it is."""
    if application.running:
        return True
    await application.initialize()
    await application.start()
    me = await application.bot.get_me()
    with runtime.database.write() as session:
        bot_id = bot_id_in(application)
        is_known = bots.record_identity(session, bot_id, external_id=me.id, username=me.username or "")
        if not is_known:
            reason = "the token belongs to another bot than before"
            bots.pause_bot(session, bot_id, reason, kind=PauseKind.OTHER_BOT)
    log.info("telegram connected bot=%s", me.username)
    return is_known


async def _show_menus(runtime: Runtime, application: BotApplication) -> None:
    """Set the menus of commands once, and not while a 429 halts the bot."""
    if application.bot_data.get(_MENUS):
        return
    with runtime.database.read() as session:
        if bots.is_halted(session, bot_id_in(application), now=runtime.now()):
            return
    application.bot_data[_MENUS] = await set_menus(application.bot, runtime.settings)


async def _poll_once(runtime: Runtime, application: BotApplication, leading: Leading, term: _Term) -> None:
    if term.conflicts and not term.is_freed:
        term.sweeps = await _end_webhook(application)
        term.is_freed = True
    bot_id = bot_id_in(application)
    offset = term.swept_to
    if not term.sweeps:
        with runtime.database.read() as session:
            offset = inbox.next_offset(session, bot_id)
    updates = await _fetch(runtime, application, leading, offset=offset)
    rows = [(one["update_id"], json.dumps(one)) for one in updates if isinstance(one.get("update_id"), int)]
    if rows:
        with runtime.database.write() as session:
            inbox.store_updates(session, bot_id, rows, now=runtime.now())
    term.sweeps = term.sweeps and bool(rows)
    term.swept_to = max((number for number, _ in rows), default=-1) + 1 if term.sweeps else None
    if leading:
        await take_updates(runtime, application)


async def _end_webhook(application: BotApplication) -> bool:
    """End a webhook that stands in the way of polling; False when there is none."""
    info = await application.bot.get_webhook_info()
    if not info.url:
        return False
    await application.bot.delete_webhook(drop_pending_updates=False)
    log.warning("a webhook was set and is ended, since telegram.webhook_secret is not set")
    return True


async def _take_brought(runtime: Runtime, application: BotApplication, webhook: Webhook, term: _Term) -> None:
    taken = await take_updates(runtime, application)
    if not term.is_told:
        await application.bot.set_webhook(
            webhook.url, secret_token=webhook.secret, allowed_updates=ALLOWED_UPDATES, drop_pending_updates=False
        )
        term.is_told = True
        log.info("telegram brings updates to %s/telegram/...", webhook.url.partition("/telegram/")[0])
    if not taken:
        await _sleep(_LOOK, runtime.stopping)


async def _fetch(
    runtime: Runtime, application: BotApplication, leading: Leading, *, offset: int | None
) -> Sequence[dict[str, Any]]:
    """Ask for raw updates; a stop, or another leader, ends the waiting, and never what is done with an update.

    They are stored as they came: one that the library cannot read must not hold up the others.
    """
    timeout = runtime.settings.telegram.poll_seconds
    asking = asyncio.ensure_future(
        application.bot.do_api_request(
            "getUpdates",
            api_kwargs={"offset": offset, "timeout": timeout, "allowed_updates": list(ALLOWED_UPDATES)},
            read_timeout=timeout + READ_SECONDS,
        )
    )
    endings = [asyncio.ensure_future(runtime.stopping.wait()), asyncio.ensure_future(leading.lost())]
    try:
        await asyncio.wait({asking, *endings}, return_when=asyncio.FIRST_COMPLETED)
        return [one for one in asking.result() if isinstance(one, dict)] if asking.done() else ()
    finally:
        asking.cancel()
        for ending in endings:
            ending.cancel()


async def take_updates(runtime: Runtime, application: BotApplication) -> int:
    """Let stored updates take effect; one that fails is noted on its row and the next goes on."""
    with runtime.database.write() as session:
        pending = inbox.claim_pending(session, bot_id_in(application), worker=runtime.worker)
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
            inbox.mark_done(session, row.bot_id, row.update_id, now=runtime.now(), error=str(error) if error else None)
    return len(pending)
