"""What staff's taps on a draft's card do: approve in two taps, later, put away, return with a note."""

import logging
import re

from telegram import ForceReply, Message, Update
from telegram.constants import ParseMode

from sharebot.bot.context import Context, bot_id_of, say
from sharebot.bot.desk import Desk, find_staff, refuse
from sharebot.errors import NotFound, Refused, SharebotError
from sharebot.models import Delivery
from sharebot.store import draft_cards
from sharebot.store.approvals import OwnProposal, return_entry
from sharebot.store.audiences import is_of_region
from sharebot.store.chats import find_chat, main_chat
from sharebot.store.contents import archive
from sharebot.store.desk_approving import Deal, OutOfRegion, carry_out, plan_deal
from sharebot.store.draft_marks import find_changes, is_as_seen, mark_content
from sharebot.store.draft_states import bring_back
from sharebot.store.queue import count_waves, find_undecided, get_entry, terms_of
from sharebot.store.titles import list_titles
from sharebot.texts import desk as words
from sharebot.texts import desk_cards as texts
from sharebot.values import messages
from sharebot.values.desk import DraftCard
from sharebot.values.status import EntryStatus, StaffRole
from sharebot.values.taps import Tap

log = logging.getLogger(__name__)
_NUMBER = re.compile(r"#(\d{1,9})$", re.ASCII)
_CONFIRM = "ok_"


async def on_draft(update: Update, context: Context, tap: Tap) -> None:
    """Carry out a tap on a card. What it is bound to stands in the card's row, never in the button."""
    desk = find_staff(context, update)
    if desk is None:
        await refuse(update, context)
        return
    try:
        card = _find_card(desk, tap.number)
        if card is None:
            await desk.toast(words.not_now(desk.staff.language))
        elif tap.argument == "approve" or tap.argument.startswith(_CONFIRM):
            await _approve(desk, tap, card)
        elif tap.argument in _OTHERS:
            await _OTHERS[tap.argument](desk, tap.number)
    except OutOfRegion:
        await desk.toast(words.not_your_region(desk.staff.language))
    except OwnProposal:
        await desk.toast(words.second_pair(desk.staff.language))
    except (NotFound, Refused):
        await desk.toast(words.not_now(desk.staff.language))
        await show_card(desk, tap.number)


def _find_card(desk: Desk, content_id: int) -> Delivery | None:
    message_id = desk.shown.message_id if desk.shown else 0
    with desk.runtime.database.read() as session:
        bot_id = bot_id_of(desk.context)
        return draft_cards.find_card(session, content_id, bot_id=bot_id, address=desk.chat_id, message_id=message_id)


async def _approve(desk: Desk, tap: Tap, card: Delivery) -> None:
    """Show what an approval would do, then do it; a content that was changed since is shown anew instead."""
    language, settings = desk.staff.language, desk.runtime.settings
    if not desk.may(StaffRole.EDITOR):
        await desk.toast(words.not_allowed(language))
        return
    if not settings.approval.in_chat:
        await desk.toast(words.only_on_page(language))
        return
    with desk.runtime.database.write() as session:
        seen, current = draft_cards.seen_mark(card), mark_content(session, tap.number)
        if not is_as_seen(seen, current):
            draft_cards.note_seen(session, card)
    if not is_as_seen(seen, current):
        await desk.toast()
        await _draw(desk, texts.compose_stale(_card(desk, tap.number), find_changes(seen, current)))
        return
    deal = _plan(desk, tap.number)
    if deal.entry_id is not None and not desk.may(StaffRole.APPROVER):
        await desk.toast(words.not_allowed(language))
        return
    mark = tap.argument.removeprefix(_CONFIRM)
    if tap.argument != "approve" and mark == deal.outlook.mark:
        await _carry_out(desk, deal, seen)
        return
    await desk.toast()
    compose = texts.compose_outlook if tap.argument == "approve" else texts.compose_changed_plan
    await _draw(desk, compose(_card(desk, tap.number), deal.outlook))


def _plan(desk: Desk, content_id: int) -> Deal:
    with desk.runtime.database.read() as session:
        settings, now = desk.runtime.settings, desk.runtime.now()
        return plan_deal(session, content_id, staff=desk.staff, settings=settings, now=now)


async def _carry_out(desk: Desk, deal: Deal, seen: str) -> None:
    settings, now, content_id = desk.runtime.settings, desk.runtime.now(), deal.content_id
    action = "entry.proposed" if _only_proposes(desk, deal) else "entry.approved"
    subject = f"entry:{deal.entry_id}" if deal.entry_id else f"content:{content_id}"
    with desk.change(action, subject, "in chat") as session:
        # Between the look and the word somebody may have edited it, or decided; from here on nobody does.
        count_waves(session, content_id)
        if not is_as_seen(seen, mark_content(session, content_id)):
            raise Refused("it was edited just now")
        again = plan_deal(session, content_id, staff=desk.staff, settings=settings, now=now)
        if again.entry_id != deal.entry_id or again.outlook.mark != deal.outlook.mark:
            raise Refused("it was decided just now")
        entry = carry_out(session, deal, staff=desk.staff, settings=settings, now=now)
        is_proposed = entry.status is EntryStatus.PROPOSED
        draft_cards.redraw(session, now=now)
    log.info("content=%d %s in chat", content_id, entry.status.value)
    said = texts.proposed_first if is_proposed else texts.approved
    await desk.toast(said(desk.staff.language))
    await show_card(desk, content_id)


def _only_proposes(desk: Desk, deal: Deal) -> bool:
    is_first = desk.runtime.settings.approval.eyes > 1 and deal.entry_id is None
    return is_first or not desk.may(StaffRole.APPROVER)


async def _show(desk: Desk, content_id: int) -> None:
    await desk.toast()
    await show_card(desk, content_id)


async def _later(desk: Desk, content_id: int) -> None:
    """Have the card come again tomorrow morning."""
    if not desk.may(StaffRole.EDITOR):
        await desk.toast(words.not_allowed(desk.staff.language))
        return
    settings, now = desk.runtime.settings, desk.runtime.now()
    with desk.runtime.database.write() as session:
        chat = main_chat(session, desk.chat_id)
        draft_cards.show_again(session, content_id, chat=chat, settings=settings, now=now)
    await desk.toast(texts.comes_again(desk.staff.language))
    await show_card(desk, content_id)


async def _put_away(desk: Desk, content_id: int) -> None:
    await _file(desk, content_id, is_away=True)


async def _bring_back(desk: Desk, content_id: int) -> None:
    await _file(desk, content_id, is_away=False)


async def _file(desk: Desk, content_id: int, *, is_away: bool) -> None:
    """Put a draft away, or bring it back."""
    if not desk.may(StaffRole.EDITOR, whole=True):
        await desk.toast(words.not_allowed(desk.staff.language))
        return
    now = desk.runtime.now()
    with desk.change("content.archived" if is_away else "content.brought_back", f"content:{content_id}") as session:
        if is_away:
            archive(session, content_id, now=now)
        else:
            bring_back(session, content_id)
        draft_cards.redraw(session, now=now)
    await _show(desk, content_id)


async def _ask_for_note(desk: Desk, content_id: int) -> None:
    """Ask for the note with which an entry goes back; the answer to this very message is it."""
    if not desk.may(StaffRole.APPROVER):
        await desk.toast(words.not_allowed(desk.staff.language))
        return
    with desk.runtime.database.read() as session:
        entry = find_undecided(session, content_id)
        if entry is None or entry.status is not EntryStatus.PROPOSED:
            raise Refused("nothing waits for approval")
        if not is_of_region(session, terms_of(entry).audience, desk.staff.region):
            raise OutOfRegion("this concerns parties outside of the region")
        title = list_titles(session, [content_id], language=desk.staff.language)[content_id].text
    await desk.toast()
    user = desk.update.effective_user
    question = texts.ask_for_note(
        desk.staff.language, name=desk.name, user_id=user.id if user else 0, title=title, entry_id=entry.id or 0
    )
    reply = ForceReply(selective=True)
    await desk.context.bot.send_message(desk.chat_id, question, parse_mode=ParseMode.HTML, reply_markup=reply)


def find_returned(message: Message, bot_id: int) -> int | None:
    """Return the entry that an answer is the note of, when it answers our own question; else None."""
    asked = message.reply_to_message
    if asked is None or asked.from_user is None or asked.from_user.id != bot_id or asked.forward_origin is not None:
        return None
    found = _NUMBER.search(asked.text or "")
    return int(found[1]) if found else None


async def take_note(desk: Desk, entry_id: int, note: str) -> None:
    """Return an entry with somebody's note."""
    language, now = desk.staff.language, desk.runtime.now()
    if not desk.may(StaffRole.APPROVER):
        await say(desk.context, desk.chat_id, words.not_allowed(language))
        return
    try:
        with desk.change("entry.returned", f"entry:{entry_id}", "in chat") as session:
            entry = get_entry(session, entry_id)
            if not is_of_region(session, terms_of(entry).audience, desk.staff.region):
                raise OutOfRegion("this concerns parties outside of the region")
            return_entry(session, entry_id, by=desk.staff.email, note=note, now=now)
            draft_cards.redraw(session, now=now)
            title = list_titles(session, [entry.content_id], language=language)[entry.content_id].text
    except OutOfRegion:
        told = words.not_your_region(language)
    except (NotFound, Refused):
        told = words.not_now(language)
    else:
        told = texts.returned(language, title)
    await say(desk.context, desk.chat_id, told)


async def show_card(desk: Desk, content_id: int) -> None:
    """Show a card as its content stands now."""
    try:
        card = _card(desk, content_id)
    except NotFound:
        return
    await _draw(desk, texts.compose_draft(card))


def _card(desk: Desk, content_id: int) -> DraftCard:
    with desk.runtime.database.read() as session:
        reader, settings = desk.staff.language, desk.runtime.settings
        chat = find_chat(session, bot_id_of(desk.context), desk.chat_id)
        chat_id = chat.id if chat else None
        return draft_cards.get_draft_card(session, content_id, reader=reader, settings=settings, chat_id=chat_id)


async def _draw(desk: Desk, message: messages.Message) -> None:
    messenger, shown = desk.runtime.messengers.get(bot_id_of(desk.context)), desk.shown
    if messenger is None or shown is None:
        return
    try:
        await messenger.edit(desk.chat_id, shown.message_id, message)
    except SharebotError as error:
        log.warning("message not edited: %s", type(error).__name__)


_OTHERS = {
    "show": _show,
    "later": _later,
    "away": _put_away,
    "back": _bring_back,
    "return": _ask_for_note,
}
