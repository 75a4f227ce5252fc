"""What a send that did not succeed changes: its delivery, its chat, its entry or its bot."""

import logging
from datetime import datetime
from random import Random

from sqlmodel import Session

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
from sharebot.rules.sending import ALARMING_HALT, retry_delay
from sharebot.store import bots, deliveries, outcomes
from sharebot.store.claims import Claim
from sharebot.store.groups import follow_migration
from sharebot.store.officers import mark_unreachable
from sharebot.values.status import PauseKind

log = logging.getLogger(__name__)


def record_refusal(session: Session, claim: Claim, error: SharebotError, *, now: datetime, rng: Random) -> None:
    """Write what became of a claim; design: docs/architecture.md, "Sending"."""
    text = str(error)
    obey(session, claim.bot_id, error, now=now)
    match error:
        case RateLimited():
            outcomes.mark_rate_limited(session, claim, now=now)
        case TemporaryError():
            retry_at = now + retry_delay(claim.number, rng)
            outcomes.mark_not_sent(session, claim, text, retry_at=retry_at, now=now)
            bots.record_failure(session, claim.bot_id, now=now)
        case CredentialRefused():
            outcomes.mark_not_sent(session, claim, text, retry_at=now, now=now)
        case RecipientMoved():
            if follow_migration(session, claim.chat_id, error.address):
                outcomes.mark_not_sent(session, claim, text, retry_at=now, now=now)
            else:
                _give_up(session, claim, text, now=now)
        case RecipientGone():
            _give_up(session, claim, text, now=now)
        case ContentRefused():
            outcomes.mark_failed(session, claim, text, now=now)
            deliveries.pause_entry(session, claim.delivery_id, f"Telegram refuses it: {text}")
        case PermanentError():
            outcomes.mark_failed(session, claim, text, now=now)
            if claim.officer_id is None:
                deliveries.pause_entry(session, claim.delivery_id, f"the preview chat refuses it: {text}")
        case _:
            outcomes.mark_uncertain(session, claim, text, now=now)
            bots.record_failure(session, claim.bot_id, now=now)
    log.warning("delivery not sent id=%d attempt=%d: %s", claim.delivery_id, claim.number, type(error).__name__)


def obey(session: Session, bot_id: int, error: SharebotError, *, now: datetime) -> bool:
    """Let what Telegram said of the bot itself hold for everything it does; False when it said nothing of that.

    A 429 halts and slows it, a refused token pauses it, whichever call met it.
    """
    match error:
        case RateLimited():
            halt = bots.halt(session, bot_id, error.retry_after, now=now)
            if halt > ALARMING_HALT:
                log.error("telegram halts the bot for %d s", halt.total_seconds())
        case CredentialRefused():
            bots.pause_bot(session, bot_id, str(error), kind=PauseKind.TOKEN)
        case _:
            return False
    return True


def _give_up(session: Session, claim: Claim, text: str, *, now: datetime) -> None:
    if claim.officer_id is not None:
        # The seat before its messages, as in an erasure: else the two could wait for each other.
        mark_unreachable(session, claim.officer_id)
    outcomes.mark_failed(session, claim, text, now=now)
    if claim.officer_id is None:
        # Staff's preview chat: without it no entry may go on to the officers.
        deliveries.pause_entry(session, claim.delivery_id, f"the preview chat cannot be reached: {text}")
