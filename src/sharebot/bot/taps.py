"""Buttons under an item: taken, shared, later, not for us, another language."""

import logging
from collections.abc import Iterable

from telegram import Update

from sharebot.bot.context import Context, acknowledge, officer_of, runtime_of
from sharebot.bot.joining import on_language_chosen
from sharebot.bot.links import on_item_chosen
from sharebot.errors import SharebotError
from sharebot.models import Delivery
from sharebot.runtime import Runtime
from sharebot.store import answers
from sharebot.store.cards import get_card
from sharebot.store.deliveries import get_delivery
from sharebot.store.officers import chat_of
from sharebot.texts import replies
from sharebot.texts.officer import compose, compose_reasons
from sharebot.values.messages import Message
from sharebot.values.status import AnswerKind, DeclineReason
from sharebot.values.taps import Tap, Verb, decode_tap

log = logging.getLogger(__name__)
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
    officer = officer_of(runtime, update)
    if query is None or tap is None or officer is None:
        return
    if tap.verb is Verb.SPEAK:
        await on_language_chosen(update, context, tap)
        return
    with runtime.database.read() as session:
        delivery = answers.find_own(session, tap.delivery_id, chat_id=query.from_user.id)
        gone = delivery is not None and answers.is_withdrawn(session, delivery)
    if delivery is None:
        log.warning("tap on a foreign delivery id=%d officer=%d", tap.delivery_id, officer.id)
        await acknowledge(query)
        return
    if gone:
        await acknowledge(query, replies.withdrawn(officer.language))
        await _show(runtime, delivery, message_id=query.message.message_id if query.message else 0)
        return
    if tap.verb is Verb.LINK:
        await on_item_chosen(update, context, delivery)
        return
    await acknowledge(query, replies.toast(officer.language) if tap.verb in _ANSWERS else None)
    if tap.verb in _ANSWERS:
        await answer(runtime, delivery, _ANSWERS[tap.verb], reason=_reason(tap))
        return
    message_id = query.message.message_id if query.message else 0
    await _show(runtime, delivery, message_id=message_id, tap=tap)


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


async def refresh(runtime: Runtime, delivery_ids: Iterable[int]) -> None:
    """Show the present state on messages sent before; one that cannot be edited is only logged."""
    for delivery_id in delivery_ids:
        with runtime.database.read() as session:
            delivery = get_delivery(session, delivery_id)
        if delivery.message_id:
            await _show(runtime, delivery, message_id=delivery.message_id)


async def _show(runtime: Runtime, delivery: Delivery, *, message_id: int, tap: Tap | None = None) -> None:
    language = tap.argument if tap and tap.verb is Verb.LANGUAGE else None
    with runtime.database.read() as session:
        card = get_card(session, delivery.id or 0, settings=runtime.settings, language=language)
        chat_id = chat_of(session, delivery.officer_id)
    message = compose_reasons(card) if tap and tap.verb is Verb.DECLINE else compose(card)
    await _edit(runtime, chat_id, message_id, message)


async def _edit(runtime: Runtime, chat_id: int, message_id: int, message: Message) -> None:
    if runtime.messenger is None or not message_id:
        return
    try:
        await runtime.messenger.edit(chat_id, message_id, message)
    except SharebotError as error:
        log.warning("message not edited: %s", type(error).__name__)
