"""What an officer's tap under an item does: an answer, another view of the message, or the kit."""

import logging
from dataclasses import replace
from datetime import timedelta

from telegram import Update

from sharebot.bot.context import Context, acknowledge, runtime_of, say
from sharebot.bot.groups import speaker_of, thread_of
from sharebot.bot.shown import refresh, show
from sharebot.models import Delivery
from sharebot.store import answers
from sharebot.store.kits import get_kit
from sharebot.store.taking import Holder, take
from sharebot.texts import officer as texts
from sharebot.texts import replies
from sharebot.texts.kit import compose_kit
from sharebot.values.status import AnswerKind, DeclineReason
from sharebot.values.taps import Tap, Verb

log = logging.getLogger(__name__)
_ANSWERS = {Verb.SHARED: AnswerKind.SHARED, Verb.DECLINED: AnswerKind.DECLINED}


async def on_take(update: Update, context: Context, tap: Tap, delivery: Delivery) -> None:
    """Let the officer have the item, unless a colleague has it already: then say who."""
    runtime, query, officer = runtime_of(context), update.callback_query, speaker_of(context, update)
    if query is None or officer is None:
        return
    with runtime.database.write() as session:
        lasts = timedelta(hours=runtime.settings.sending.lock_hours)
        taken = take(session, delivery, officer_id=officer.id, now=runtime.now(), lasts=lasts)
    if isinstance(taken, Holder):
        await acknowledge(query, texts.tell_holder(officer.language, taken.taken, taken.zone))
        await refresh(runtime, [tap.number])
        return
    log.info("answer delivery=%d kind=taken", tap.number)
    await acknowledge(query, replies.toast(officer.language))
    await refresh(runtime, [taken.delivery_id, *taken.colleagues])


async def on_answer(update: Update, context: Context, tap: Tap, delivery: Delivery) -> None:
    """Record an answer, then show it on the message and on those of the party's colleagues."""
    runtime, query, officer = runtime_of(context), update.callback_query, speaker_of(context, update)
    if query is None or officer is None:
        return
    await acknowledge(query, replies.toast(officer.language))
    kind, reason = _ANSWERS[tap.verb], _reason(tap)
    with runtime.database.write() as session:
        said = answers.record_answer(session, delivery, kind, reason=reason, officer_id=officer.id, now=runtime.now())
    log.info("answer delivery=%d kind=%s", said.delivery_id, kind.value)
    await refresh(runtime, [said.delivery_id, *said.colleagues])


async def on_back(update: Update, context: Context, tap: Tap, delivery: Delivery) -> None:
    """Show the item as it is; whoever had declined it takes that back."""
    runtime, query = runtime_of(context), update.callback_query
    if query is None:
        return
    await acknowledge(query)
    with runtime.database.write() as session:
        said = answers.take_back_decline(session, delivery)
    await refresh(runtime, said.colleagues)
    await show(runtime, delivery, message_id=query.message.message_id if query.message else 0, tap=tap)


async def on_view(update: Update, context: Context, tap: Tap, delivery: Delivery) -> None:
    """Show another side of the same message: reasons, moments, more buttons, another language."""
    query = update.callback_query
    if query is None:
        return
    await acknowledge(query)
    message_id = query.message.message_id if query.message else 0
    await show(runtime_of(context), delivery, message_id=message_id, tap=tap)


async def on_kit(update: Update, context: Context, tap: Tap, delivery: Delivery) -> None:
    """Send everything that is needed to post by hand, in one message."""
    runtime, query, chat = runtime_of(context), update.callback_query, update.effective_chat
    if query is None or chat is None:
        return
    await acknowledge(query)
    with runtime.database.read() as session:
        language = tap.argument or None
        kit = get_kit(session, delivery, settings=runtime.settings, now=runtime.now(), language=language)
    await say(context, chat.id, replace(compose_kit(kit), thread_id=thread_of(query.message)))


def _reason(tap: Tap) -> DeclineReason | None:
    return DeclineReason(tap.argument) if tap.argument in set(DeclineReason) else None
