"""Send due deliveries to officers."""

import asyncio
import hashlib
import logging

from sharebot.errors import (
    ContentRefused,
    CredentialRefused,
    PermanentError,
    RateLimited,
    RecipientGone,
    RecipientMoved,
    SharebotError,
    TemporaryError,
)
from sharebot.messengers import Messenger
from sharebot.rules.sending import ALARMING_HALT, halt_for, retry_delay
from sharebot.runtime import Runtime
from sharebot.store import bots, deliveries, recovery
from sharebot.store.cards import get_card
from sharebot.store.deliveries import Claim
from sharebot.store.officers import chat_of, mark_unreachable, move_chat
from sharebot.texts.officer import compose
from sharebot.values.messages import Message, Receipt

log = logging.getLogger(__name__)


async def send_deliveries(runtime: Runtime) -> int:
    """Send until nothing is due or the process is stopping; return how many messages went out.

    What is in flight then is finished; nothing new is claimed.
    """
    if runtime.messenger is None:
        return 0
    _recover(runtime)
    sent = 0
    while not runtime.stopping.is_set():
        claims = _claim(runtime)
        if not claims:
            break
        outcomes = await asyncio.gather(*(_send_one(runtime, runtime.messenger, claim) for claim in claims))
        sent += sum(outcomes)
    return sent


def _recover(runtime: Runtime) -> None:
    now = runtime.now()
    with runtime.database.write() as session:
        lost = recovery.recover_lost(session, now=now)
        again, given = recovery.resolve_uncertain(session, now=now)
        expired = recovery.expire_due(session, now=now)
    if lost or again or given or expired:
        log.warning("deliveries lost=%d again=%d needs_review=%d expired=%d", lost, again, given, expired)


def _claim(runtime: Runtime) -> list[Claim]:
    limit = runtime.settings.telegram.sends_in_flight
    with runtime.database.write() as session:
        return deliveries.claim_due(session, now=runtime.now(), limit=limit, worker=runtime.worker)


async def _send_one(runtime: Runtime, messenger: Messenger, claim: Claim) -> int:
    await _wait_for_pace(runtime)
    prepared = _prepare(runtime, claim)
    if prepared is None:
        return 0
    chat_id, message = prepared
    try:
        receipt = await messenger.send(chat_id, message)
    except SharebotError as error:
        _record_error(runtime, claim, error)
        return 0
    _record_success(runtime, claim, message, receipt)
    return 1


def _prepare(runtime: Runtime, claim: Claim) -> tuple[int, Message] | None:
    """Return what to send and where; None when waiting cost the claim or the bot was halted meanwhile."""
    with runtime.database.write() as session:
        if not deliveries.is_held(session, claim):
            log.warning("claim lost id=%d attempt=%d", claim.delivery_id, claim.number)
            return None
        if bots.is_halted(session, now=runtime.now()):
            deliveries.put_back(session, claim, now=runtime.now())
            return None
        message = compose(get_card(session, claim.delivery_id, settings=runtime.settings))
        deliveries.record_body(session, claim, hashlib.sha256(repr(message).encode()).hexdigest())
        return chat_of(session, claim.officer_id), message


async def _wait_for_pace(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        if bots.is_halted(session, now=runtime.now()):
            return
        starts = bots.reserve_slot(session, now=runtime.now(), per_second=runtime.settings.telegram.per_second)
    if (wait := (starts - runtime.now()).total_seconds()) > 0:
        await runtime.clock.sleep(wait)


def _record_success(runtime: Runtime, claim: Claim, message: Message, receipt: Receipt) -> None:
    with runtime.database.write() as session:
        deliveries.mark_sent(session, claim, message_id=receipt.message_id, now=runtime.now())
        bots.record_success(session)
        if receipt.file_id and message.media and not message.file_id:
            deliveries.remember_file(session, claim.delivery_id, message.media.url, receipt.file_id)
    log.info("delivery sent id=%d attempt=%d", claim.delivery_id, claim.number)


def _record_error(runtime: Runtime, claim: Claim, error: SharebotError) -> None:
    """Write what became of a send that did not succeed; design: docs/architecture.md, "Sending"."""
    now, text = runtime.now(), str(error)
    retry_at = now + retry_delay(claim.number, runtime.random)
    with runtime.database.write() as session:
        match error:
            case RateLimited():
                until = now + (halt := halt_for(error.retry_after))
                if halt > ALARMING_HALT:
                    log.error("telegram halts the bot for %d s", halt.total_seconds())
                bots.block_until(session, until)
                deliveries.mark_rate_limited(session, claim, until=until, now=now)
            case TemporaryError():
                deliveries.mark_not_sent(session, claim, text, retry_at=retry_at, now=now)
                bots.record_failure(session, now=now)
            case CredentialRefused():
                deliveries.mark_not_sent(session, claim, text, retry_at=now, now=now)
                bots.pause_bot(session, text)
            case RecipientMoved():
                if move_chat(session, claim.officer_id, error.address):
                    deliveries.mark_not_sent(session, claim, text, retry_at=now, now=now)
                else:
                    deliveries.mark_failed(session, claim, text, now=now)
                    mark_unreachable(session, claim.officer_id)
            case RecipientGone():
                deliveries.mark_failed(session, claim, text, now=now)
                mark_unreachable(session, claim.officer_id)
            case ContentRefused():
                deliveries.mark_failed(session, claim, text, now=now)
                deliveries.pause_entry(session, claim.delivery_id, f"Telegram refuses it: {text}")
            case PermanentError():
                deliveries.mark_failed(session, claim, text, now=now)
            case _:
                deliveries.mark_uncertain(session, claim, text, now=now)
                bots.record_failure(session, now=now)
    log.warning("delivery not sent id=%d attempt=%d: %s", claim.delivery_id, claim.number, type(error).__name__)
