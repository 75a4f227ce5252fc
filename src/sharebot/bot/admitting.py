"""Staff say in their own chat who is let in."""

import logging

from telegram import Update

from sharebot.bot.context import Context, acknowledge, runtime_of, show_instead
from sharebot.errors import Refused
from sharebot.runtime import Runtime
from sharebot.store import admission, officers
from sharebot.store.deliveries import may_show
from sharebot.texts.joining import compose_newcomer, tell_admission
from sharebot.values.seats import Newcomer
from sharebot.values.taps import Tap

log = logging.getLogger(__name__)


async def on_admission(update: Update, context: Context, tap: Tap) -> None:
    """Let somebody in or turn them away. Whoever is in staff's chat may decide; the first one counts."""
    runtime, query = runtime_of(context), update.callback_query
    message = query.message if query else None
    if query is None or message is None or message.chat.id != runtime.settings.telegram.staff_chat:
        log.warning("admission from a foreign chat officer=%d", tap.number)
        return
    await acknowledge(query)
    if tap.argument not in {"yes", "no"}:
        return
    is_in = tap.argument == "yes"
    is_first = _decide(runtime, tap.number, is_in=is_in, message_id=message.message_id)
    with runtime.database.read() as session:
        question = admission.find_question(session, tap.number)
        shown = admission.gather(session, [question.id or 0], runtime.settings, runtime.now()) if question else {}
    if is_first:
        log.info("admission officer=%d %s", tap.number, "in" if is_in else "out")
    for newcomer in shown.values():
        if isinstance(newcomer, Newcomer):
            who = query.from_user.full_name
            decided = tell_admission(newcomer.language, is_in=is_in, name=who) if is_first else ""
            await show_instead(query, compose_newcomer(newcomer, decided=decided))


def _decide(runtime: Runtime, officer_id: int, *, is_in: bool, message_id: int) -> bool:
    """Carry out a decision; False when it was made before, or the button hangs on an earlier question."""
    decide = officers.confirm if is_in else officers.reject
    with runtime.database.write() as session:
        question = admission.find_question(session, officer_id)
        if question is None or not may_show(question, message_id):
            return False
        try:
            decide(session, officer_id, now=runtime.now())
        except Refused:
            return False
    return True
