"""The bot's own row: its pace, its halts, and whether it may send at all."""

from datetime import datetime, timedelta

from sqlalchemy import case, update
from sqlmodel import Session, col

from sharebot.models import Bot
from sharebot.rules.sending import breaker_pause
from sharebot.values.status import BotStatus

BOT_ID = 1


def get_bot(session: Session) -> Bot:
    """Return the bot's row, made on first use."""
    bot = session.get(Bot, BOT_ID)
    if bot is None:
        bot = Bot(id=BOT_ID)
        session.add(bot)
        session.flush()
    return bot


def record_identity(session: Session, *, external_id: int, username: str) -> bool:
    """Remember who the token belongs to; False when it belongs to another bot than before."""
    bot = get_bot(session)
    if bot.external_id not in {None, external_id}:
        return False
    bot.external_id, bot.username = external_id, username
    session.add(bot)
    return True


def is_halted(session: Session, *, now: datetime) -> bool:
    """Whether nothing may be sent now: paused by a person or an error, or told to wait."""
    bot = session.get(Bot, BOT_ID, populate_existing=True)
    if bot is None:
        return False
    return bot.status is BotStatus.PAUSED or (bot.blocked_until is not None and bot.blocked_until > now)


def reserve_slot(session: Session, *, now: datetime, per_second: float) -> datetime:
    """Take the next place in the bot's smooth pace, shared by all workers; return when it starts.

    No bursts: two sends are never closer than 1/`per_second` (a full bucket runs into 429s).
    """
    get_bot(session)
    # The row is read and written in one transaction: SQLite locks at its begin, PostgreSQL by FOR UPDATE.
    bot = session.get(Bot, BOT_ID, with_for_update=True, populate_existing=True)
    assert bot is not None  # noqa: S101 - made above
    starts = max(filter(None, (now, bot.next_send_at, bot.blocked_until)))
    bot.next_send_at = starts + timedelta(seconds=1 / per_second)
    session.add(bot)
    return starts


def block_until(session: Session, until: datetime) -> None:
    """Let nobody send before `until`; a later halt that stands already is kept."""
    later = case((col(Bot.blocked_until) > until, col(Bot.blocked_until)), else_=until)
    session.execute(update(Bot).where(col(Bot.id) == BOT_ID).values(blocked_until=later))


def pause_bot(session: Session, reason: str) -> None:
    """Stop all sending until a person resumes it."""
    session.execute(update(Bot).where(col(Bot.id) == BOT_ID).values(status=BotStatus.PAUSED, pause_reason=reason[:300]))


def resume_bot(session: Session) -> None:
    """Let the bot send again."""
    get_bot(session)
    session.execute(
        update(Bot)
        .where(col(Bot.id) == BOT_ID)
        .values(status=BotStatus.RUNNING, pause_reason=None, failures_in_row=0, blocked_until=None)
    )


def record_success(session: Session) -> None:
    """Close the circuit breaker."""
    failing = update(Bot).where(col(Bot.id) == BOT_ID, col(Bot.failures_in_row) > 0)
    session.execute(failing.values(failures_in_row=0))


def record_failure(session: Session, *, now: datetime) -> None:
    """Count a send that failed for no reason of its own; at five in a row everything waits."""
    bot = session.get(Bot, BOT_ID, with_for_update=True, populate_existing=True) or get_bot(session)
    bot.failures_in_row += 1
    session.add(bot)
    session.flush()
    if pause := breaker_pause(bot.failures_in_row):
        block_until(session, now + pause)
