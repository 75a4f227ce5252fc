"""/pause, /resume, /handover, /export and /forget."""

import asyncio
import io
import logging
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from telegram import CallbackQuery, Update
from telegram.error import TelegramError

from sharebot.bot.context import (
    Context,
    acknowledge,
    note_passing,
    officer_of,
    runtime_of,
    say,
    show_instead,
)
from sharebot.rules.pauses import end_of_pause, read_day
from sharebot.runtime import Runtime
from sharebot.store import erasure, officers, passing
from sharebot.store.export import export_officer
from sharebot.store.handover import invite_successor
from sharebot.store.member_views import find_bot_username
from sharebot.store.officers import INVITATION_LASTS, OfficerView
from sharebot.texts import leaving
from sharebot.values.messages import Message
from sharebot.values.seats import Erased
from sharebot.values.status import OfficerStatus
from sharebot.values.taps import Tap

log = logging.getLogger(__name__)
_DELETED_AT_ONCE = 100  # more than that Telegram refuses
_WRITTEN_TO = {OfficerStatus.ACTIVE, OfficerStatus.PAUSED}


async def on_pause(update: Update, context: Context) -> None:
    """Send nothing more at once; a day may be given, and other ends of the pause are offered."""
    runtime, chat = runtime_of(context), update.effective_chat
    officer = officer_of(context, update)
    if officer is None or chat is None or officer.status not in _WRITTEN_TO:
        return
    wanted, today = " ".join(context.args or []), _today(runtime, officer)
    day = read_day(wanted)
    fits = day is not None and today < day <= today + timedelta(days=366)
    until = day if fits else None
    with runtime.database.write() as session:
        officers.pause(session, officer.id, until=until)
    answer: Message | str = leaving.paused(officer.language, until)
    if wanted and day is None:
        answer = leaving.not_a_date(officer.language, wanted)
    elif day is not None and not fits:
        answer = leaving.not_a_future_day(officer.language, day)
    await say(context, chat.id, answer)


async def on_resume(update: Update, context: Context) -> None:
    """Send again."""
    runtime, chat = runtime_of(context), update.effective_chat
    officer = officer_of(context, update)
    if officer is None or chat is None or officer.status not in _WRITTEN_TO:
        return
    with runtime.database.write() as session:
        officers.come_back(session, officer.id, old=OfficerStatus.PAUSED, now=runtime.now())
    await say(context, chat.id, leaving.resumed(officer.language))


async def on_handover(update: Update, context: Context) -> None:
    """Make a one-use link for a successor."""
    runtime, chat = runtime_of(context), update.effective_chat
    officer = officer_of(context, update)
    if officer is None or chat is None or officer.status not in _WRITTEN_TO:
        return
    with runtime.database.write() as session:
        username = find_bot_username(session, officer.member_id, runtime.settings.telegram) or context.bot.username
        token = invite_successor(session, officer.id, now=runtime.now())
    if token is None:
        await say(context, chat.id, leaving.successor_waits(officer.language))
        return
    link, hours = f"https://t.me/{username}?start={token}", INVITATION_LASTS // timedelta(hours=1)
    await say(context, chat.id, leaving.handed_over(officer.language, link, hours))


async def on_export(update: Update, context: Context) -> None:
    """Send a file of everything that is held about the officer."""
    runtime, chat = runtime_of(context), update.effective_chat
    officer = officer_of(context, update)
    if officer is None or chat is None:
        return
    with runtime.database.read() as session:
        told = export_officer(session, officer.id, now=runtime.now())
    sent = await context.bot.send_document(
        chat.id,
        io.BytesIO(told.encode()),
        filename=f"sharebot-{_today(runtime, officer)}.json",
        caption=leaving.exported(officer.language),
        protect_content=officer.high_risk,
    )
    if officer.high_risk:
        note_passing(context, officer, sent.message_id)


async def on_forget(update: Update, context: Context) -> None:
    """Ask once."""
    officer = officer_of(context, update)
    if officer is not None and update.effective_chat is not None:
        await say(context, update.effective_chat.id, leaving.ask_whether_to_erase(officer.language))


async def on_leaving(update: Update, context: Context, tap: Tap) -> None:
    """Carry out what a button of pause or forget says."""
    runtime, query = runtime_of(context), update.callback_query
    officer = officer_of(context, update)
    if query is None or officer is None:
        return
    await acknowledge(query)
    if tap.argument == "keep":
        await show_instead(query, leaving.kept(officer.language))
    elif tap.argument == "erase":
        if officer.high_risk:
            await _empty_chat(query, context, officer)
        erased = await asyncio.to_thread(forget, runtime, officer)
        for drop in (context.application.drop_chat_data, context.application.drop_user_data):
            drop(query.from_user.id)
        await show_instead(query, leaving.prove_erasure(officer.language, erased, officer.wishes.zone))
    elif tap.argument.startswith("pause_"):
        until = end_of_pause(tap.argument.removeprefix("pause_"), _today(runtime, officer))
        with runtime.database.write() as session:
            is_paused = officers.pause(session, officer.id, until=until)
        if is_paused:
            await show_instead(query, leaving.paused(officer.language, until))


async def _empty_chat(query: CallbackQuery, context: Context, officer: OfficerView) -> None:
    """Delete what was to vanish later: nobody will know of it then. All but the message that shows the proof."""
    runtime, shown = runtime_of(context), query.message.message_id if query.message else 0
    after = timedelta(hours=runtime.settings.sending.delete_after_hours)
    with runtime.database.write() as session:
        passing.note_deliveries(session, after=after, now=runtime.now())
        waiting = [one for one in passing.list_waiting(session, officer.id) if one != shown]
    for start in range(0, len(waiting), _DELETED_AT_ONCE):
        try:
            some = waiting[start : start + _DELETED_AT_ONCE]
            await context.bot.delete_messages(query.from_user.id, some)
        except TelegramError as error:
            log.warning("messages not deleted: %s", type(error.__cause__ or error).__name__)


def forget(runtime: Runtime, officer: OfficerView) -> Erased:
    """Erase an officer, press it out of the file, and look whether anything is left."""
    with runtime.database.write() as session:
        traces = erasure.traces_of(session, officer.id)
        erased = erasure.erase(session, officer.id, now=runtime.now())
    if not erasure.press_out(runtime.database):
        log.warning("the log could not be emptied now; the next prune does it")
    with runtime.database.read() as session:
        left = erasure.count_left(session, traces)
    log.info("officer erased id=%d left=%d", officer.id, left)
    return Erased(erased.at, erased.messages, erased.links, erased.proposals, erased.updates, left)


def _today(runtime: Runtime, officer: OfficerView) -> date:
    return runtime.now().astimezone(ZoneInfo(officer.wishes.zone)).date()
