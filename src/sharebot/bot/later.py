"""Later: until when, and what is answered under the message that comes back to an item."""

import logging

from telegram import CallbackQuery, Update

from sharebot.bot.context import Context, acknowledge, runtime_of
from sharebot.bot.groups import speaker_of
from sharebot.bot.shown import refresh
from sharebot.errors import SharebotError
from sharebot.models import Delivery
from sharebot.runtime import Runtime
from sharebot.store import answers, reminders
from sharebot.store.chats import get_address
from sharebot.store.officers import OfficerView
from sharebot.store.subjects import get_subjects
from sharebot.texts import reminder as texts
from sharebot.texts import replies
from sharebot.texts.compose import compose
from sharebot.values.cards import Reminder
from sharebot.values.status import AnswerKind, DeclineReason
from sharebot.values.taps import Tap, Verb

log = logging.getLogger(__name__)
_ANSWERS = {Verb.SHARED: AnswerKind.SHARED, Verb.DECLINED: AnswerKind.DECLINED}
_CHOICES = {Verb.LATER: texts.compose_moments, Verb.DECLINE: texts.compose_reasons}


async def on_when(update: Update, context: Context, tap: Tap, delivery: Delivery) -> None:
    """Note when to come back to an item, and say so."""
    runtime, query, officer = runtime_of(context), update.callback_query, speaker_of(context, update)
    if query is None or officer is None:
        return
    await refresh(runtime, await _remind_later(runtime, query, officer, tap, delivery))


async def on_reminder(update: Update, context: Context, tap: Tap, item: Delivery, reminder: Delivery) -> None:
    """Take an answer that is given under a reminder: it is the item's, and both messages show it."""
    runtime, query, officer = runtime_of(context), update.callback_query, speaker_of(context, update)
    if query is None or officer is None:
        return
    message_id, told = query.message.message_id if query.message else 0, []
    if tap.verb is Verb.WHEN:
        told = await _remind_later(runtime, query, officer, tap, item)
    elif tap.verb in _ANSWERS:
        await acknowledge(query, replies.toast(officer.language))
        reason = DeclineReason(tap.argument) if tap.argument in set(DeclineReason) else None
        with runtime.database.write() as session:
            said = answers.record_answer(
                session, item, _ANSWERS[tap.verb], reason=reason, officer_id=officer.id, now=runtime.now()
            )
        told = [said.delivery_id, *said.colleagues]
    else:
        await acknowledge(query)
    await show_subject(runtime, reminder, message_id=message_id, verb=tap.verb)
    await refresh(runtime, told)


async def _remind_later(
    runtime: Runtime, query: CallbackQuery, officer: OfficerView, tap: Tap, item: Delivery
) -> list[int]:
    """Note the moment and say it; return the messages that show it."""
    with runtime.database.write() as session:
        wished = reminders.remind_later(
            session, item, tap.argument, officer_id=officer.id, settings=runtime.settings, now=runtime.now()
        )
    log.info("later delivery=%d %s", item.id, tap.argument)
    moment, said = wished.moment, wished.said
    words = texts.promise(officer.language, moment, wished.zone) if moment else texts.too_late(officer.language)
    await acknowledge(query, words)
    return [said.delivery_id, *said.colleagues]


async def show_subject(runtime: Runtime, delivery: Delivery, *, message_id: int, verb: Verb | None = None) -> None:
    """Show the present state on a digest or a reminder, or what a tap of `verb` asks to choose from."""
    with runtime.database.read() as session:
        subjects = get_subjects(
            session, {delivery.id or 0: delivery.kind}, settings=runtime.settings, now=runtime.now()
        )
        address = get_address(session, delivery.chat_id)
    subject, messenger = subjects.get(delivery.id or 0), runtime.messengers.get(delivery.bot_id)
    if subject is None or messenger is None or address is None or not message_id:
        return
    message = compose(subject)
    if isinstance(subject, Reminder) and verb in _CHOICES:
        message = _CHOICES[verb](subject)
    try:
        await messenger.edit(address, message_id, message)
    except SharebotError as error:
        log.warning("message not edited: %s", type(error).__name__)
