"""Buttons under an item: taken, shared, later, not for us, another language."""

import logging
from collections.abc import Awaitable, Callable

from telegram import Update

from sharebot.bot.context import Context, acknowledge, bot_id_of, officer_of, runtime_of
from sharebot.bot.decisions import on_decision
from sharebot.bot.joining import on_language_chosen
from sharebot.bot.links import on_item_chosen
from sharebot.bot.shown import refresh, show
from sharebot.models import Delivery
from sharebot.runtime import Runtime
from sharebot.store import answers
from sharebot.store.recovery import prove_arrival
from sharebot.texts import replies
from sharebot.values.status import AnswerKind, DeclineReason
from sharebot.values.taps import Tap, Verb, decode_tap

log = logging.getLogger(__name__)
# Taps on other things than an item that the tapping officer got; each looks itself at who taps.
_NOT_OF_AN_ITEM: dict[Verb, Callable[[Update, Context, Tap], Awaitable[None]]] = {
    Verb.DECIDE: on_decision,
    Verb.SPEAK: on_language_chosen,
}
_ANSWERS = {
    Verb.TAKEN: AnswerKind.TAKEN,
    Verb.SHARED: AnswerKind.SHARED,
    Verb.LATER: AnswerKind.LATER,
    Verb.DECLINED: AnswerKind.DECLINED,
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
    officer = officer_of(context, update)
    if officer is None:
        return
    message_id = query.message.message_id if query.message else 0
    with runtime.database.write() as session:
        delivery = answers.find_own(session, tap.number, bot_id=bot_id_of(context), address=query.from_user.id)
        if delivery is not None and _is_on_another(delivery, tap, message_id):
            delivery = None
        gone = delivery is not None and answers.is_withdrawn(session, delivery)
        if delivery is not None:
            prove_arrival(session, tap.number, message_id=message_id or None, now=runtime.now())
    if delivery is None:
        log.warning("tap on a foreign delivery id=%d officer=%d", tap.number, officer.id)
        await acknowledge(query)
        return
    if gone:
        await acknowledge(query, replies.withdrawn(officer.language))
        await show(runtime, delivery, message_id=message_id)
        return
    if tap.verb is Verb.LINK:
        await on_item_chosen(update, context, delivery)
        return
    await acknowledge(query, replies.toast(officer.language) if tap.verb in _ANSWERS else None)
    if tap.verb in _ANSWERS:
        await answer(runtime, delivery, _ANSWERS[tap.verb], reason=_reason(tap))
        return
    await show(runtime, delivery, message_id=message_id, tap=tap)


def _is_on_another(delivery: Delivery, tap: Tap, message_id: int) -> bool:
    """Whether the button hangs on a message of before a restored backup, since when the numbers are given anew.

    The question which item a link belongs to is a message of its own, and a copy has an id that nobody knows.
    """
    if tap.verb is Verb.LINK or delivery.copies > 1 or delivery.message_id is None:
        return False
    return delivery.message_id != message_id


def _reason(tap: Tap) -> DeclineReason | None:
    return DeclineReason(tap.argument) if tap.argument in set(DeclineReason) else None


async def answer(
    runtime: Runtime, delivery: Delivery, kind: AnswerKind, *, reason: DeclineReason | None = None
) -> None:
    """Record an answer, then show it on the message and on those of the party's colleagues."""
    with runtime.database.write() as session:
        said = answers.record_answer(session, delivery, kind, reason=reason, now=runtime.now())
    log.info("answer delivery=%d kind=%s", said.delivery_id, kind.value)
    await refresh(runtime, [said.delivery_id, *said.colleagues])
