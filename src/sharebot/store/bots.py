"""The bots' own rows: their pace, their halts, and whether they may send at all."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, update
from sqlmodel import Session, col, select

from sharebot.config.bots import MAIN
from sharebot.models import Bot
from sharebot.rules.sending import BREAKER_AT, breaker_pause, halt_for, slower
from sharebot.store.upsert import insert_ignore
from sharebot.values.status import BotStatus, PauseKind

_BY_TELEGRAM = (PauseKind.TOKEN, PauseKind.CONFLICT, PauseKind.OTHER_BOT)
_CLOSE_BREAKER = (
    update(Bot).where(col(Bot.id) == bindparam("bot"), col(Bot.failures_in_row) > 0).values(failures_in_row=0)
)
_PROBE_LASTS = timedelta(seconds=30)


def ensure_bots(session: Session, codes: Sequence[str] = (MAIN,)) -> dict[str, int]:
    """Return the ids of the bots with these codes; rows are made on first use."""
    plain = {"status": BotStatus.RUNNING, "failures_in_row": 0, "slowness": 1.0}
    insert_ignore(session, Bot, [{"code": code, **plain} for code in codes])
    rows = session.exec(select(Bot.code, Bot.id).where(col(Bot.code).in_(codes)))
    return {code: bot_id for code, bot_id in rows if bot_id is not None}


def list_bots(session: Session) -> list[Bot]:
    """Return all bots, the oldest first."""
    return list(session.exec(select(Bot).order_by(col(Bot.id)).execution_options(populate_existing=True)))


def get_bot(session: Session, code: str = MAIN) -> Bot:
    """Return a bot's row, made on first use."""
    bot_id = ensure_bots(session, [code])[code]
    bot = session.get(Bot, bot_id, populate_existing=True)
    assert bot is not None  # noqa: S101 - made above
    return bot


def record_identity(session: Session, bot_id: int, *, external_id: int, username: str) -> bool:
    """Remember who the token belongs to; False when it belongs to another bot than before."""
    bot = session.get(Bot, bot_id)
    if bot is None or bot.external_id not in {None, external_id}:
        return False
    bot.external_id, bot.username = external_id, username
    session.add(bot)
    return True


def lock_bot(session: Session, bot_id: int) -> Bot | None:
    """Return the bot's row, held until the transaction ends: claims of one bot happen one after the other.

    Rows that name the bot may be written meanwhile: an erasure that has to wait for that would hold what sending needs.
    """
    return session.get(Bot, bot_id, with_for_update={"key_share": True}, populate_existing=True)


def may_send(bot: Bot, *, now: datetime) -> bool:
    """Whether something may be sent now: not paused, not told to wait, and no probe due after a break."""
    halted = bot.blocked_until is not None and bot.blocked_until > now
    return bot.status is BotStatus.RUNNING and not halted and bot.failures_in_row < BREAKER_AT


def is_halted(session: Session, bot_id: int, *, now: datetime) -> bool:
    """Whether nothing may be sent now."""
    bot = session.get(Bot, bot_id, populate_existing=True)
    return bot is None or not may_send(bot, now=now)


def is_refused(session: Session, bot_id: int) -> bool:
    """Whether Telegram refused the bot, or it is not who it was: then its updates are not asked for either."""
    bot = session.get(Bot, bot_id, populate_existing=True)
    return bot is not None and bot.pause_kind in _BY_TELEGRAM


def block_until(session: Session, bot_id: int, until: datetime) -> None:
    """Let nobody send before `until`; a later halt that stands already is kept."""
    later = case((col(Bot.blocked_until) > until, col(Bot.blocked_until)), else_=until)
    session.execute(update(Bot).where(col(Bot.id) == bot_id).values(blocked_until=later))


def halt(session: Session, bot_id: int, retry_after: timedelta | None, *, now: datetime) -> timedelta:
    """Obey a 429, whichever call met it: halt the bot, slow it afterwards; return for how long it is halted."""
    lasts = halt_for(retry_after)
    block_until(session, bot_id, now + lasts)
    slow_down(session, bot_id, now=now)
    return lasts


def slow_down(session: Session, bot_id: int, *, now: datetime) -> None:
    """Send more slowly for a while after a 429; see `rules.sending.slower`."""
    bot = lock_bot(session, bot_id)
    if bot is not None:
        bot.slowness, bot.slowed_at = slower(bot.slowness, bot.slowed_at, now), now
        session.add(bot)
        session.flush()


def pause_bot(session: Session, bot_id: int | None, reason: str, *, kind: PauseKind) -> None:
    """Stop all sending of a bot, or of all of them, until a person resumes it."""
    paused = update(Bot).values(status=BotStatus.PAUSED, pause_kind=kind, pause_reason=reason[:300])
    session.execute(paused if bot_id is None else paused.where(col(Bot.id) == bot_id))


def resume_bots(session: Session) -> None:
    """Let all bots send again."""
    get_bot(session)
    free = {"pause_kind": None, "pause_reason": None, "failures_in_row": 0, "blocked_until": None}
    session.execute(update(Bot).values(status=BotStatus.RUNNING, **free))


def record_success(session: Session, bot_id: int) -> None:
    """Close the circuit breaker."""
    session.execute(_CLOSE_BREAKER, {"bot": bot_id})


def record_failure(session: Session, bot_id: int, *, now: datetime) -> None:
    """Count a send that failed for no reason of its own; at five in a row everything waits."""
    bot = lock_bot(session, bot_id)
    if bot is None:
        return
    bot.failures_in_row += 1
    session.add(bot)
    session.flush()
    if pause := breaker_pause(bot.failures_in_row):
        block_until(session, bot_id, now + pause)


def claim_probe(session: Session, bot_id: int, *, now: datetime) -> bool:
    """Whether the caller is to ask Telegram, with a call that sends nothing, if it answers again.

    After a break of the circuit nothing is sent until a probe succeeded; of all workers one is told to ask.
    """
    due = update(Bot).where(
        col(Bot.id) == bot_id,
        col(Bot.status) == BotStatus.RUNNING,
        col(Bot.failures_in_row) >= BREAKER_AT,
        col(Bot.blocked_until) <= now,
    )
    claimed = due.values(blocked_until=now + _PROBE_LASTS).returning(col(Bot.id))
    return session.execute(claimed).first() is not None


def end_probe(session: Session, bot_id: int) -> None:
    """Let the bot send again, since Telegram answers."""
    session.execute(update(Bot).where(col(Bot.id) == bot_id).values(failures_in_row=0, blocked_until=None))
