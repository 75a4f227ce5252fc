"""Send due deliveries, of all bots at once."""

import asyncio
import logging

from sharebot.errors import SharebotError
from sharebot.jobs.outbox import Outbox
from sharebot.jobs.refusals import obey
from sharebot.messengers import Messenger
from sharebot.runtime import Runtime
from sharebot.store import bots, recovery
from sharebot.store.decisions import ask_staff
from sharebot.store.previews import end_previews

log = logging.getLogger(__name__)


async def send_deliveries(runtime: Runtime) -> int:
    """Send until nothing is due or the process is stopping; return how many messages went out."""
    await asyncio.gather(*(_ask_whether_it_answers(runtime, *one) for one in runtime.messengers.items()))
    watch = runtime.clock_watch
    # A clock that was never compared could let a whole queue expire in a moment.
    if not runtime.messengers or watch.off is None or watch.find_trouble():
        return 0
    await asyncio.to_thread(_recover, runtime)
    sent = await asyncio.gather(*(Outbox(runtime, *one).drain() for one in runtime.messengers.items()))
    if total := sum(sent):
        await asyncio.to_thread(_end_previews, runtime)
        log.info("deliveries sent=%d", total)
    return total


async def _ask_whether_it_answers(runtime: Runtime, bot_id: int, messenger: Messenger) -> None:
    """Ask Telegram for nothing but an answer: after a break, or to compare our clock with its."""
    with runtime.database.write() as session:
        after_break = bots.claim_probe(session, bot_id, now=runtime.now())
    watch = runtime.clock_watch
    if not after_break and watch.off is not None and watch.find_trouble() is None:
        return
    try:
        await messenger.probe()
    except SharebotError as error:
        log.warning("telegram does not answer bot=%d: %s", bot_id, type(error).__name__)
        with runtime.database.write() as session:
            if not obey(session, bot_id, error, now=runtime.now()) and after_break:
                bots.record_failure(session, bot_id, now=runtime.now())
        return
    if after_break:
        with runtime.database.write() as session:
            bots.end_probe(session, bot_id)


def _recover(runtime: Runtime) -> None:
    now, wait = runtime.now(), runtime.settings.doubt_wait
    with runtime.database.write() as session:
        lost = recovery.recover_lost(session, now=now)
        again, given = recovery.resolve_uncertain(session, now=now, wait=wait)
        expired = recovery.expire_due(session, now=now)
        end_previews(session)
        ask_staff(session, staff_chat=runtime.settings.telegram.staff_chat, now=now)
    if lost or again or given or expired:
        log.warning("deliveries lost=%d again=%d needs_review=%d expired=%d", lost, again, given, expired)


def _end_previews(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        end_previews(session)
