"""Staff decide in their own chat what becomes of a message in doubt."""

import logging

from telegram import Update

from sharebot.bot.context import Context, acknowledge, bot_id_of, runtime_of
from sharebot.errors import SharebotError
from sharebot.store import decisions
from sharebot.store.cards import get_card
from sharebot.store.deliveries import find_question, may_show
from sharebot.texts.questions import compose_question, tell_decision
from sharebot.values.status import Decision
from sharebot.values.taps import Tap

log = logging.getLogger(__name__)


async def on_decision(update: Update, context: Context, tap: Tap) -> None:
    """Carry out a decision. Whoever is in staff's chat may decide; the first one counts."""
    runtime, query = runtime_of(context), update.callback_query
    message = query.message if query else None
    if query is None or message is None or message.chat.id != runtime.settings.telegram.staff_chat:
        log.warning("decision from a foreign chat delivery=%d", tap.number)
        return
    if tap.argument not in set(Decision):
        return
    decision = Decision(tap.argument)
    with runtime.database.write() as session:
        question, card, done = find_question(session, tap.number), None, 0
        if question is not None and may_show(question, message.message_id):
            done = decisions.decide(session, [tap.number], decision, now=runtime.now())
            card = get_card(session, question.id or 0, settings=runtime.settings, now=runtime.now())
    await acknowledge(query)
    if card is None:
        return
    if done:
        log.info("decided delivery=%d %s", tap.number, decision.value)
    by_whom = tell_decision(card.language, decision, query.from_user.full_name) if done else ""
    told = compose_question(card, decided=by_whom)
    messenger = runtime.messengers.get(bot_id_of(context))
    if messenger is not None:
        try:
            await messenger.edit(message.chat.id, message.message_id, told)
        except SharebotError as error:
            log.warning("message not edited: %s", type(error).__name__)
