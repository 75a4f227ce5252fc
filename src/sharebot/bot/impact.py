"""/impact: what the party's shares did, with a picture."""

import asyncio

from telegram import Update
from telegram.constants import ParseMode

from sharebot.bot.context import Context, note_passing, officer_of, runtime_of, say
from sharebot.reports.charts import draw_impact
from sharebot.store.impact import get_impact
from sharebot.texts import impact as texts
from sharebot.values.status import OfficerStatus

_TAKING_PART = {OfficerStatus.ACTIVE, OfficerStatus.PAUSED, OfficerStatus.UNREACHABLE}


async def on_impact(update: Update, context: Context) -> None:
    """Show an officer the figures of their own party."""
    runtime, chat, officer = runtime_of(context), update.effective_chat, officer_of(context, update)
    if officer is None or chat is None or officer.status not in _TAKING_PART:
        return
    with runtime.database.read() as session:
        impact = get_impact(session, officer.member_id, language=officer.language, now=runtime.now())
    if impact.is_empty:
        await say(context, chat.id, texts.nothing_yet(officer.language))
        return
    picture = await asyncio.to_thread(draw_impact, texts.drawing_of(officer.language, impact))
    sent = await context.bot.send_photo(
        chat.id,
        picture,
        caption=texts.tell_impact(officer.language, impact),
        parse_mode=ParseMode.HTML,
        protect_content=officer.high_risk,
        filename="impact.png",
    )
    if officer.high_risk:
        note_passing(context, officer, sent.message_id)
