"""Buttons under an item: who may press them, and which handler each one has."""

import logging
from collections.abc import Awaitable, Callable

from telegram import Update

from sharebot.bot.accounts import on_account
from sharebot.bot.admitting import on_admission
from sharebot.bot.answering import on_answer, on_back, on_kit, on_take, on_view
from sharebot.bot.context import Context, acknowledge, bot_id_of, runtime_of
from sharebot.bot.decisions import on_decision
from sharebot.bot.desk_cards import on_draft
from sharebot.bot.desk_either import on_desk_tap
from sharebot.bot.digests import on_show
from sharebot.bot.files import on_file
from sharebot.bot.groups import refuse_stranger, speaker_of
from sharebot.bot.joining import on_agreed, on_language_chosen
from sharebot.bot.later import on_reminder, on_when
from sharebot.bot.leaving import on_leaving
from sharebot.bot.posts import on_item_chosen, on_post
from sharebot.bot.proposals import on_judge, on_propose
from sharebot.bot.settings import on_choice, on_step
from sharebot.bot.shown import show
from sharebot.models import Delivery
from sharebot.store import answers
from sharebot.store.recovery import prove_arrival
from sharebot.store.reminders import find_reminder
from sharebot.texts import replies
from sharebot.values.taps import Tap, Verb, decode_tap

log = logging.getLogger(__name__)
# Taps on other things than an item that the tapping officer got; each looks itself at who taps.
_NOT_OF_AN_ITEM: dict[Verb, Callable[[Update, Context, Tap], Awaitable[None]]] = {
    Verb.DECIDE: on_decision,
    Verb.SHOW: on_show,
    Verb.SPEAK: on_language_chosen,
    Verb.AGREE: on_agreed,
    Verb.STEP: on_step,
    Verb.CHOOSE: on_choice,
    Verb.ADMIT: on_admission,
    Verb.LEAVE: on_leaving,
    Verb.POST: on_post,
    Verb.PROPOSE: on_propose,
    Verb.JUDGE: on_judge,
    Verb.DRAFT: on_draft,
    Verb.DESK: on_desk_tap,
    Verb.ACCOUNT: on_account,
}
# Taps on an item that went to the tapping officer; each ends the button's spinner itself.
_OF_AN_ITEM: dict[Verb, Callable[[Update, Context, Tap, Delivery], Awaitable[None]]] = {
    Verb.TAKEN: on_take,
    Verb.SHARED: on_answer,
    Verb.DECLINED: on_answer,
    Verb.LATER: on_view,
    Verb.DECLINE: on_view,
    Verb.MORE: on_view,
    Verb.LANGUAGE: on_view,
    Verb.BACK: on_back,
    Verb.KIT: on_kit,
    Verb.FILE: on_file,
    Verb.WHEN: on_when,
}


async def on_tap(update: Update, context: Context) -> None:
    """Route a tap; anything that is not the tapping officer's own is ignored."""
    runtime, query = runtime_of(context), update.callback_query
    tap = decode_tap(query.data) if query else None
    if query is None or tap is None:
        return
    if tap.verb in _NOT_OF_AN_ITEM:
        await _NOT_OF_AN_ITEM[tap.verb](update, context, tap)
        return
    officer = speaker_of(context, update)
    if officer is None:
        await refuse_stranger(query, context)
        return
    message_id = query.message.message_id if query.message else 0
    address = query.message.chat.id if query.message else query.from_user.id
    with runtime.database.write() as session:
        delivery = answers.find_own(session, tap.number, bot_id=bot_id_of(context), address=address)
        reminder = find_reminder(session, delivery, message_id=message_id) if delivery else None
        if delivery is not None and reminder is None and _is_on_another(delivery, tap, message_id):
            delivery = None
        gone = delivery is not None and answers.is_withdrawn(session, delivery)
        if delivery is not None:
            tapped = (reminder or delivery).id or 0
            prove_arrival(session, tapped, message_id=message_id or None, now=runtime.now())
    if delivery is None:
        log.warning("tap on a foreign delivery id=%d officer=%d", tap.number, officer.id)
        await acknowledge(query)
        return
    if reminder is not None:
        await on_reminder(update, context, tap, delivery, reminder)
        return
    if gone:
        await acknowledge(query, replies.withdrawn(officer.language))
        await show(runtime, delivery, message_id=message_id)
        return
    if tap.verb is Verb.LINK:
        await on_item_chosen(update, context, delivery)
    elif tap.verb in _OF_AN_ITEM:
        await _OF_AN_ITEM[tap.verb](update, context, tap, delivery)


def _is_on_another(delivery: Delivery, tap: Tap, message_id: int) -> bool:
    """Whether the button hangs on a message of before a restored backup, since when the numbers are given anew.

    The question which item a link belongs to is a message of its own, and a copy has an id that nobody knows.
    """
    if tap.verb is Verb.LINK or delivery.copies > 1 or delivery.message_id is None:
        return False
    return delivery.message_id != message_id
