"""Tell the addresses that asked for it what happened: at least once each, until they take it or a day has gone."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence

from sharebot.errors import PermanentError, TemporaryError
from sharebot.rules.signatures import sign
from sharebot.runtime import Runtime
from sharebot.store import webhooks
from sharebot.store.ended_entries import find_ended_entries, note_ended_entries
from sharebot.values.api import Call

log = logging.getLogger(__name__)
WITHIN_S = 10.0
_GONE = 410


async def call_webhooks(runtime: Runtime) -> None:
    """Note what has ended, and make the calls that are due; an address that fails never stops the others."""
    now = runtime.now()
    with runtime.database.read() as session:
        has_ended = bool(find_ended_entries(session, now=now))
    if has_ended:
        with runtime.database.write() as session:
            note_ended_entries(session, now=now)
    with runtime.database.read() as session:
        due = webhooks.list_due_calls(session, now=now)
    by_webhook: dict[int, list[Call]] = defaultdict(list)
    for call in due:
        by_webhook[call.webhook_id].append(call)
    await asyncio.gather(*(_call_in_turn(runtime, calls) for calls in by_webhook.values()))


async def _call_in_turn(runtime: Runtime, calls: Sequence[Call]) -> None:
    """Make an address's calls, oldest first; after one that fails the rest waits for the next turn."""
    for call in calls:
        if runtime.stopping.is_set() or not await _call(runtime, call):
            return


async def _call(runtime: Runtime, call: Call) -> bool:
    now = runtime.now()
    headers = {"Content-Type": "application/json", **sign(call.secret, call.message_id, call.body, at=now)}
    try:
        status = await runtime.fetcher.post(call.url, call.body.encode(), headers=headers, seconds=WITHIN_S)
        error = None if 200 <= status < 300 else f"it answers {status}"
    except (TemporaryError, PermanentError) as failure:
        status, error = 0, str(failure)
    with runtime.database.write() as session:
        if error is None:
            webhooks.record_sent(session, call, now=runtime.now())
        elif status == _GONE:
            webhooks.record_gone(session, call, now=runtime.now())
        else:
            webhooks.record_failure(session, call, error, now=runtime.now())
    if error is not None:
        log.warning("webhook failed id=%s call=%s: %s", call.webhook_id, call.id, error)
    return error is None
