"""Look for what needs a person, write it down, and tell it by mail and in the staff's chat."""

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Sequence
from datetime import timedelta

import httpx
from sqlalchemy.exc import SQLAlchemyError

from sharebot.config.settings import Recipient
from sharebot.errors import RecipientMoved, SharebotError
from sharebot.jobs.refusals import obey
from sharebot.mail import Mailer
from sharebot.messengers import Messenger
from sharebot.rules.alerts import WORKER_GONE_AFTER, decide_open, group
from sharebot.runtime import Runtime
from sharebot.store import alerts, bots
from sharebot.store.chats import kind_of
from sharebot.store.claims import Pace
from sharebot.store.vitals import find_disk_free, list_workers
from sharebot.texts.alerts import Sender, compose_chat, compose_mail
from sharebot.values.alerts import Notice, TellBy
from sharebot.values.messages import Message

log = logging.getLogger(__name__)
TRY_AGAIN_AFTER = timedelta(minutes=5)
_PING_SECONDS = 5.0


async def raise_alerts(runtime: Runtime) -> None:
    """Open and resolve alerts, tell what is new, and ping the dead man's switch when people know all of it.

    Each way of telling goes on its own: a broken mail server does not keep the chat from being told.
    """
    _look(runtime)
    ways = await asyncio.gather(_tell_by_mail(runtime), _tell_by_chat(runtime), return_exceptions=True)
    for way in ways:
        if isinstance(way, BaseException):
            raise way
    if True in ways or all(way is None for way in ways):
        await _ping(runtime)


async def watch_for_workers(runtime: Runtime, *, every: float = 60) -> None:
    """Look in a process without a worker, until it is stopping, for the case that all workers are gone.

    Only then are alerts raised here. A worker that is restarted is given two minutes.
    """
    gone_since = None
    while not runtime.stopping.is_set():
        try:
            now = runtime.now()
            with runtime.database.read() as session:
                is_seen = bool(list_workers(session, now=now))
            gone_since = None if is_seen else gone_since or now
            if gone_since is not None and now - gone_since >= WORKER_GONE_AFTER:
                await raise_alerts(runtime)
        except SQLAlchemyError as error:
            log.error("alerts not raised: the database: %s", type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(runtime.stopping.wait(), every)


def _look(runtime: Runtime) -> None:
    settings, now = runtime.settings, runtime.now()
    poll_every = timedelta(minutes=settings.sources.poll_minutes)
    free = find_disk_free(runtime.database)
    with runtime.database.read() as session:
        state = alerts.get_state(session, now=now, poll_every=poll_every, caller=runtime.worker, disk_free=free)
    with runtime.database.write() as session:
        began, ended = alerts.record_open(session, decide_open(state), now=now)
    for one in began:
        log.error("alert began code=%s subject=%s", one.code.value, one.subject)
    for one in ended:
        log.warning("alert is over code=%s subject=%s", one.code.value, one.subject)


async def _tell_by_mail(runtime: Runtime) -> bool | None:
    """Return whether all was told; None when there is nobody to mail to.

    Told is what one recipient's server took: others would get it again and again while one is refused.
    """
    recipients = runtime.settings.alerts.recipients
    if runtime.mailer is None or not recipients:
        return None
    notices, may_try = _find_untold(runtime, TellBy.MAIL)
    if not notices or not may_try:
        return not notices
    taken = [await _mail_one(runtime, runtime.mailer, one, notices) for one in recipients]
    return _record(runtime, TellBy.MAIL, notices, told=any(taken))


async def _mail_one(runtime: Runtime, mailer: Mailer, to: Recipient, notices: Sequence[Notice]) -> bool:
    told = [f"{one.alert_id}{one.resolved_at is not None}" for one in notices]
    digest = hashlib.sha256(" ".join([to.email, *told]).encode()).hexdigest()[:24]
    domain = runtime.settings.smtp.sender.partition("@")[2]
    mail = compose_mail(
        group(notices),
        to=to.email,
        language=to.language,
        message_id=f"<alerts.{digest}@{domain}>",
        sender=_sender(runtime),
    )
    try:
        await mailer.send(mail)
    except SharebotError as error:
        log.error("alerts not mailed: %s", type(error).__name__)
        return False
    return True


async def _tell_by_chat(runtime: Runtime) -> bool | None:
    """Return whether all was told; None when there is no chat to tell it in."""
    address = runtime.settings.telegram.staff_chat
    if address is None or not runtime.messengers:
        return None
    bot_id, messenger = next(iter(runtime.messengers.items()))  # the main bot's come first
    notices, may_try = _find_untold(runtime, TellBy.CHAT)
    if not notices or not may_try or not _take_turn(runtime, bot_id, address):
        return not notices
    language = runtime.settings.organisation.languages[0]
    message = compose_chat(group(notices), language=language, sender=_sender(runtime))
    error = await _send(messenger, address, message)
    if error is not None:
        with runtime.database.write() as session:
            obey(session, bot_id, error, now=runtime.now())
    return _record(runtime, TellBy.CHAT, notices, told=error is None)


def _take_turn(runtime: Runtime, bot_id: int, address: int) -> bool:
    """Keep to the halts and the pace that hold for every message."""
    now, telegram = runtime.now(), runtime.settings.telegram
    rest = Pace(telegram.per_second, telegram.per_minute_in_group).rest_of(kind_of(address))
    with runtime.database.write() as session:
        is_halted = bots.is_halted(session, bot_id, now=now)
        return not is_halted and alerts.take_staff_chat(session, bot_id, address, now=now, rest=rest)


async def _send(messenger: Messenger, address: int, message: Message) -> SharebotError | None:
    """Send, and once more to where the chat has gone; return why it did not work."""
    try:
        try:
            await messenger.send(address, message)
        except RecipientMoved as moved:
            log.warning("telegram.staff_chat has become another chat; find its new id and set it")
            await messenger.send(moved.address, message)
    except SharebotError as error:
        log.error("alerts not told in the staff chat: %s", type(error).__name__)
        return error
    return None


def _find_untold(runtime: Runtime, way: TellBy) -> tuple[list[Notice], bool]:
    """Return what is still to be told this way, and whether it may be tried now."""
    with runtime.database.read() as session:
        return alerts.list_untold(session, way), not alerts.is_put_off(session, way, now=runtime.now())


def _record(runtime: Runtime, way: TellBy, notices: Sequence[Notice], *, told: bool) -> bool:
    now = runtime.now()
    with runtime.database.write() as session:
        if told:
            alerts.mark_told(session, way, notices, now=now)
        else:
            alerts.put_off(session, way, until=now + TRY_AGAIN_AFTER)
    return told


def _sender(runtime: Runtime) -> Sender:
    settings = runtime.settings
    return Sender(settings.organisation.name, settings.organisation.zone, settings.web.public_url)


async def _ping(runtime: Runtime) -> None:
    """Tell the outside watch that all is well; when it hears nothing for a while, it raises the alarm."""
    url = runtime.settings.alerts.ping_url
    if url is None:
        return
    try:
        timeout = httpx.Timeout(_PING_SECONDS).as_dict()
        request = httpx.Request("GET", url.get_secret_value(), extensions={"timeout": timeout})
        # A transport instead of a client, which would log the address.
        async with asyncio.timeout(2 * _PING_SECONDS), httpx.AsyncHTTPTransport() as transport:
            answer = await transport.handle_async_request(request)
            await answer.aclose()
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        log.warning("dead man's switch not reached: %s", type(error).__name__)
        return
    if answer.is_error:
        log.warning("dead man's switch answers %d", answer.status_code)
