"""One bot's outbox: claims, sends and outcomes in turns, a few messages in flight at a time."""

import asyncio
import hashlib
import logging
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlmodel import Session

from sharebot.errors import RateLimited, SharebotError
from sharebot.jobs.refusals import record_refusal
from sharebot.messengers import Messenger
from sharebot.rules.sending import halt_for
from sharebot.runtime import Runtime
from sharebot.store import bots, claims, deliveries, outcomes, personal, recovery, renditions
from sharebot.store.claims import Claim, Pace
from sharebot.store.subjects import get_subjects
from sharebot.texts.compose import compose
from sharebot.texts.personal import as_mail
from sharebot.values.cards import Subject
from sharebot.values.messages import Message, Receipt

log = logging.getLogger(__name__)
# What a database says that is full, locked, read-only, restarting or gone; any other error is a fault of ours.
DATABASE_DOWN = (OperationalError, InterfaceError, InternalError, NoConnection)
_FRESH = timedelta(seconds=1)  # an older claim is looked at again before it is sent
_GATHER_SECONDS = 0.002
_DATABASE_RETRY = 1.0
_LEAST_GAP = 0.5  # of the pace's interval, between two starts of one process
_WORTH_WAITING = 0.001  # seconds


@dataclass(frozen=True, slots=True)
class _Ended:
    """How one claim ended: a receipt, an error, or neither when it was not tried."""

    claim: Claim
    message: Message | None = None
    receipt: Receipt | None = None
    error: SharebotError | None = None


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one transaction gave: messages to send, and when the pace allows the next."""

    messages: Sequence[tuple[Claim, Message]] = ()
    next_at: datetime | None = None


class Outbox:
    """Sends what is due for one bot. Nothing of it has to outlive the process."""

    def __init__(self, runtime: Runtime, bot_id: int, messenger: Messenger) -> None:
        self._runtime, self._bot_id, self._messenger = runtime, bot_id, messenger
        telegram = runtime.settings.telegram
        self._pace = Pace(telegram.per_second, telegram.per_minute_in_group)
        self._halted_until: datetime | None = None
        self._sending: dict[asyncio.Task[_Ended], Claim] = {}
        self._files: dict[str, str] = {}
        self._uploads: dict[str, asyncio.Lock] = {}
        self._in_disorder = False
        self._least_gap = timedelta(seconds=_LEAST_GAP / self._pace.per_second)
        self._starts: deque[datetime] = deque(maxlen=max(1, math.ceil(self._pace.per_second)))

    async def drain(self) -> int:
        """Send until nothing is due or the process is stopping; return how many messages went out.

        What is in flight then is finished; nothing new is claimed.
        """
        sent, ended = 0, list[_Ended]()
        while True:
            turn = await self._take_turn(ended)
            sent += sum(one.receipt is not None for one in ended)
            for claim, message in turn.messages:
                self._sending[asyncio.create_task(self._send(claim, message))] = claim
            if not self._sending and (turn.next_at is None or self._runtime.stopping.is_set()):
                return sent
            ended = await self._wait(turn.next_at)

    async def _wait(self, next_at: datetime | None) -> list[_Ended]:
        """Wait until a send has ended or the pace allows the next; return what has ended."""
        has_room = len(self._sending) < self._runtime.settings.telegram.sends_in_flight
        pause = None
        if next_at is not None and has_room:
            seconds = (next_at - claims.LOOKAHEAD - self._runtime.now()).total_seconds()
            pause = asyncio.create_task(self._runtime.clock.sleep(max(seconds, 0)))
        waiting: set[asyncio.Task[_Ended] | asyncio.Task[None]] = {*self._sending, *([pause] if pause else [])}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if self._sending:
            # One transaction for all that ends at about the same time costs little more than for one.
            await asyncio.wait(self._sending, timeout=_GATHER_SECONDS)
        if pause is not None:
            pause.cancel()
        done = [task for task in self._sending if task.done()]
        for task in done:
            del self._sending[task]
        return [task.result() for task in done]

    async def _take_turn(self, ended: Sequence[_Ended]) -> _Turn:
        """Write what has ended and claim what comes next, in one transaction, for as long as it takes.

        Until the database takes the outcomes nothing else is sent.
        """
        while True:
            try:
                return await asyncio.to_thread(self._transact, ended)
            except DATABASE_DOWN as error:
                # A commit whose answer was lost may have claimed what nobody sends now.
                self._in_disorder = True
                log.error("the database does not take outcomes: %s", type(error).__name__)
                if self._runtime.stopping.is_set() or not (ended or self._sending):
                    return _Turn()
                await self._runtime.clock.sleep(_DATABASE_RETRY)

    def _transact(self, ended: Sequence[_Ended]) -> _Turn:
        runtime = self._runtime
        now = runtime.clock_watch.believed_now()
        free = runtime.settings.telegram.sends_in_flight - len(self._sending)
        if runtime.stopping.is_set() or runtime.clock_watch.find_trouble():
            free = 0
        with runtime.database.write() as session:
            self._record(session, ended, now=now)
            if self._in_disorder:
                known = [claim.delivery_id for claim in self._sending.values()]
                recovery.put_back_orphans(session, runtime.worker, bot_id=self._bot_id, known=known, now=now)
            claimed = claims.claim_due(session, self._bot_id, now=now, limit=free, pace=self._pace)
            messages = self._compose(session, claimed.claims, now=now)
        self._in_disorder = False
        return _Turn(messages, claimed.next_at)

    def _compose(self, session: Session, claimed: Sequence[Claim], *, now: datetime) -> list[tuple[Claim, Message]]:
        if not claimed:
            return []
        kinds = {claim.delivery_id: claim.kind for claim in claimed}
        subjects = get_subjects(session, kinds, settings=self._runtime.settings, now=now)
        composed = []
        for claim in claimed:
            try:
                message = self._write(claim, subjects[claim.delivery_id])
                if isinstance(claim.address, str):
                    reader = personal.get_reader(session, claim.delivery_id, settings=self._runtime.settings)
                    message = as_mail(subjects[claim.delivery_id], message, reader)
                composed.append((claim, renditions.complete(session, message)))
            except Exception:
                # One that cannot be written must not hold up all the others.
                log.exception("message not composed delivery=%d", claim.delivery_id)
        hashes = {claim.delivery_id: hashlib.sha256(repr(message).encode()).hexdigest() for claim, message in composed}
        claims.open_attempts(session, claimed, hashes, worker=self._runtime.worker, now=now)
        for claim in claimed:
            if claim.delivery_id not in hashes:
                outcomes.mark_failed(session, claim, "its message cannot be written", now=now)
                deliveries.pause_entry(session, claim.delivery_id, "its message cannot be written; see the log")
        return composed

    def _write(self, claim: Claim, subject: Subject) -> Message:
        message = compose(subject)
        return replace(message, thread_id=claim.thread_id) if claim.thread_id else message

    async def _send(self, claim: Claim, message: Message) -> _Ended:
        runtime = self._runtime
        if (wait := (claim.starts_at - runtime.now()).total_seconds()) > 0:
            await runtime.clock.sleep(wait)
        wait += await self._wait_for_place()
        if not await self._is_still_to_be_sent(claim, waited=wait > 0):
            return _Ended(claim)
        try:
            receipt = await self._send_with_file(claim, message)
        except SharebotError as error:
            if isinstance(error, RateLimited):
                self._halted_until = runtime.now() + halt_for(error.retry_after)
            return _Ended(claim, message, error=error)
        return _Ended(claim, message, receipt)

    async def _wait_for_place(self) -> float:
        """Wait while a second already has its messages, or the last one left just now.

        A turn that took long, as the first one does, must not let several leave at once: what comes in a heap
        once comes in a heap every second.
        """
        now, wait = self._runtime.now(), 0.0
        if self._starts:
            wait = (self._starts[-1] + self._least_gap - now).total_seconds()
        if len(self._starts) == self._starts.maxlen:
            wait = max(wait, 1 - (now - self._starts[0]).total_seconds())
        wait = wait if wait >= _WORTH_WAITING else 0.0
        self._starts.append(now + timedelta(seconds=wait))
        if wait:
            await self._runtime.clock.sleep(wait)
        return wait

    async def _is_still_to_be_sent(self, claim: Claim, *, waited: bool) -> bool:
        """Look again at what was claimed some time ago: the process may have slept, or another met a 429."""
        now = self._runtime.now()
        if self._halted_until is not None and now < self._halted_until:
            return False
        if not waited and now - claim.claimed_at < _FRESH:
            return True

        def look() -> bool:
            with self._runtime.database.read() as session:
                return claims.is_held(session, claim) and not bots.is_halted(session, self._bot_id, now=now)

        try:
            while True:
                asked = self._runtime.clock.ticks()
                if not await asyncio.to_thread(look):
                    return False
                # The process may have slept over the answer.
                if self._runtime.clock.ticks() - asked < _FRESH.total_seconds():
                    return True
        except DATABASE_DOWN:
            return False

    async def _send_with_file(self, claim: Claim, message: Message) -> Receipt:
        """Send; of several messages with one new file, the first alone uploads it."""
        url = message.media.url if message.media and not message.file_id else None
        if url is None:
            return await self._messenger.send(claim.address, message)
        async with self._uploads.setdefault(url, asyncio.Lock()):
            known = self._files.get(url)
            if known is None:
                receipt = await self._messenger.send(claim.address, message)
                if receipt.file_id:
                    self._files[url] = receipt.file_id
                return receipt
        return await self._messenger.send(claim.address, replace(message, file_id=known))

    def _record(self, session: Session, ended: Sequence[_Ended], *, now: datetime) -> None:
        good = [(one.claim, one.receipt.message_id) for one in ended if one.receipt is not None]
        if good:
            outcomes.mark_all_sent(session, good, now=now)
            bots.record_success(session, self._bot_id)
        for one in ended:
            if one.receipt is not None:
                self._remember_file(session, one)
            elif one.error is not None:
                record_refusal(session, one.claim, one.error, now=now, rng=self._runtime.random)
            else:
                outcomes.put_back(session, one.claim, now=now)

    def _remember_file(self, session: Session, one: _Ended) -> None:
        message, receipt = one.message, one.receipt
        if message and receipt and receipt.file_id and message.media and not message.file_id:
            deliveries.remember_file(session, one.claim.delivery_id, message.media.url, receipt)
