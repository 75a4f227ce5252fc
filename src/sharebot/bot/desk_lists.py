"""Staff's lists in chat: /queue, /today, /drafts, one entry, and from there withdrawing and reminding."""

import logging

from telegram import Update

from sharebot.bot.context import Context, say, show_instead
from sharebot.bot.desk import Desk, find_staff, refuse
from sharebot.bot.desk_stop import go_on, stop_now
from sharebot.errors import NotFound, Refused
from sharebot.store import desk_lists, draft_cards
from sharebot.store.audiences import is_of_region
from sharebot.store.chats import main_chat
from sharebot.store.corrections import take_back
from sharebot.store.nudges import nudge, plan_nudge
from sharebot.store.pages import count_drafts
from sharebot.store.queue import get_entry, terms_of
from sharebot.texts import desk as words
from sharebot.texts import desk_lists as texts
from sharebot.values import messages
from sharebot.values.desk import EntryLine
from sharebot.values.status import StaffRole
from sharebot.values.taps import Tap

log = logging.getLogger(__name__)


async def on_queue(desk: Desk) -> None:
    """List what goes out next."""
    await say(desk.context, desk.chat_id, _queue(desk))


async def on_today(desk: Desk) -> None:
    """Say what waits, what goes out and what went wrong."""
    settings, now = desk.runtime.settings, desk.runtime.now()
    with desk.runtime.database.read() as session:
        morning = desk_lists.get_morning(session, staff=desk.staff, settings=settings, now=now)
    zone, page = settings.organisation.zone, settings.web.public_url
    await say(desk.context, desk.chat_id, texts.compose_today(desk.staff.language, morning, zone=zone, page_url=page))


async def on_drafts(desk: Desk) -> None:
    """Bring the newest drafts as cards."""
    now = desk.runtime.now()
    with desk.runtime.database.write() as session:
        ids, total = desk_lists.list_waiting_drafts(session), count_drafts(session)
        chat = main_chat(session, desk.chat_id)
        for content_id in reversed(ids):
            draft_cards.add_card(session, content_id, chat=chat, now=now)
    if not ids:
        await say(desk.context, desk.chat_id, texts.no_drafts(desk.staff.language))
    elif total > len(ids):
        page = f"{desk.runtime.settings.web.public_url}/inbox"
        more = texts.more_drafts(desk.staff.language, total - len(ids), page_url=page)
        await say(desk.context, desk.chat_id, more)


async def on_withdraw(desk: Desk) -> None:
    """Ask which of the last entries is to be withdrawn."""
    await _choose(desk, "withdraw")


async def on_nudge(desk: Desk) -> None:
    """Ask whose officers are to be reminded."""
    await _choose(desk, "nudge")


async def _choose(desk: Desk, verb: str) -> None:
    if not desk.may(StaffRole.APPROVER):
        await say(desk.context, desk.chat_id, words.not_allowed(desk.staff.language))
        return
    offered = desk_lists.list_withdrawable if verb == "withdraw" else desk_lists.list_on_offer
    with desk.runtime.database.read() as session:
        lines = offered(session, staff=desk.staff, settings=desk.runtime.settings, now=desk.runtime.now())
    question = texts.choose_entry(desk.staff.language, lines, verb=verb, zone=_zone(desk))
    await say(desk.context, desk.chat_id, question)


async def on_desk(update: Update, context: Context, tap: Tap) -> None:
    """Carry out a tap under one of staff's lists."""
    desk = find_staff(context, update)
    if desk is None:
        await refuse(update, context)
        return
    language = desk.staff.language
    needed, act = _TAPS.get(tap.argument, (StaffRole.VIEWER, None))
    if act is None:
        await desk.toast()
        return
    if not desk.may(needed):
        await desk.toast(words.not_allowed(language))
        return
    try:
        shown = await act(desk, tap.number)
    except (NotFound, Refused):
        await desk.toast(words.not_now(language))
        return
    await desk.toast()
    if shown is not None and desk.query is not None:
        await show_instead(desk.query, shown)


async def _show_queue(desk: Desk, _: int) -> messages.Message:
    return _queue(desk)


def _queue(desk: Desk) -> messages.Message:
    settings = desk.runtime.settings
    with desk.runtime.database.read() as session:
        lines, total = desk_lists.list_next(session, staff=desk.staff, settings=settings)
    zone, page = settings.organisation.zone, f"{settings.web.public_url}/queue"
    return texts.compose_queue(desk.staff.language, lines, total=total, zone=zone, page_url=page)


async def _show_entry(desk: Desk, entry_id: int) -> messages.Message:
    return texts.compose_entry(desk.staff.language, _line(desk, entry_id), zone=_zone(desk))


async def _ask_withdrawal(desk: Desk, entry_id: int) -> messages.Message:
    return texts.confirm_withdrawal(desk.staff.language, _line(desk, entry_id), zone=_zone(desk))


async def _withdraw(desk: Desk, entry_id: int) -> messages.Message:
    """Take an entry back, as on its page."""
    line, now = _line(desk, entry_id), desk.runtime.now()
    with desk.change("entry.withdrawn", f"entry:{entry_id}", "in chat") as session:
        if not is_of_region(session, terms_of(get_entry(session, entry_id)).audience, desk.staff.region):
            raise Refused("this concerns parties outside of the region")
        done = take_back(session, entry_id, by=desk.staff.email, now=now)
        draft_cards.redraw(session, now=now)
    log.info("entry=%d withdrawn in chat", entry_id)
    told = texts.withdrawn(
        desk.staff.language, line, name=desk.name, cancelled=done.cancelled, edits=done.edits, told=done.told
    )
    return messages.Message(told)


async def _ask_nudge(desk: Desk, entry_id: int) -> messages.Message:
    line, settings, now = _line(desk, entry_id), desk.runtime.settings, desk.runtime.now()
    with desk.runtime.database.read() as session:
        plan = plan_nudge(session, entry_id, settings=settings, now=now, region=desk.staff.region)
    left_out = sum(len(names) for names in plan.left_out.values())
    return texts.confirm_nudge(desk.staff.language, line, count=plan.count, left_out=left_out)


async def _nudge(desk: Desk, entry_id: int) -> messages.Message:
    line, settings, now = _line(desk, entry_id), desk.runtime.settings, desk.runtime.now()
    with desk.change("entry.nudged", f"entry:{entry_id}", "in chat") as session:
        done = nudge(session, entry_id, settings=settings, now=now, region=desk.staff.region)
    log.info("entry=%d nudged in chat count=%d", entry_id, done.count)
    return messages.Message(texts.nudged(desk.staff.language, line, name=desk.name, count=done.count))


async def _leave_alone(desk: Desk, _: int) -> messages.Message:
    return messages.Message(texts.left_alone(desk.staff.language))


async def _bring_drafts(desk: Desk, _: int) -> None:
    await on_drafts(desk)


def _line(desk: Desk, entry_id: int) -> EntryLine:
    with desk.runtime.database.read() as session:
        return desk_lists.get_line(session, entry_id, staff=desk.staff, settings=desk.runtime.settings)


def _zone(desk: Desk) -> str:
    return desk.runtime.settings.organisation.zone


# What each word behind a button does, and the least role it takes.
_TAPS = {
    "queue": (StaffRole.VIEWER, _show_queue),
    "entry": (StaffRole.VIEWER, _show_entry),
    "drafts": (StaffRole.VIEWER, _bring_drafts),
    "withdraw": (StaffRole.APPROVER, _ask_withdrawal),
    "withdraw_yes": (StaffRole.APPROVER, _withdraw),
    "nudge": (StaffRole.APPROVER, _ask_nudge),
    "nudge_yes": (StaffRole.APPROVER, _nudge),
    "stop": (StaffRole.APPROVER, stop_now),
    "go": (StaffRole.APPROVER, go_on),
    "no": (StaffRole.VIEWER, _leave_alone),
}
