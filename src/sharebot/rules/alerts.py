"""Which conditions need a person now, and how what is to be told of them is put together."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sharebot.rules.sending import ALARMING_HALT, BREAKER_AT, breaker_pause
from sharebot.values.alerts import AlertCode, Condition, Notice, NoticeGroup
from sharebot.values.status import Network, PauseKind
from sharebot.values.tracking import TrackerStatus

LATE_AFTER = timedelta(minutes=15)
BREAKER_OPEN_FOR = timedelta(minutes=10)
WORKER_GONE_AFTER = timedelta(minutes=2)
SOURCE_FAILING_FOR = timedelta(days=1)
WEBHOOK_FAILING_FOR = timedelta(days=1)
TRACKER_FAILING_FOR = timedelta(days=1)
TRACKER_NEVER_WORKED = 8  # failures: the pauses between so many looks add up to a day
BUDGET_SPENT_EARLY = 25  # a day of the month (UTC)
_PAID = frozenset({Network.X.value})  # by the month; other quotas begin anew every day
UPDATES_FAILED_WITHIN = timedelta(days=1)
REPORTS_FAILED_WITHIN = timedelta(days=7)
DISK_LOW_BELOW = 200_000_000
_DISK_FINE_FROM = 250_000_000  # a little more, so that one log file does not open and close the alert all day
_LONGEST_POLL_PAUSE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class BotState:
    """One bot: may it send, and what waits for it. `late` are messages due for more than `LATE_AFTER`."""

    code: str
    pause: PauseKind | None = None  # None: it is not paused
    blocked_until: datetime | None = None
    slowed_at: datetime | None = None
    failures_in_row: int = 0
    late: int = 0
    failed_updates: int = 0


@dataclass(frozen=True, slots=True)
class WorkerState:
    """One sending process, when it was last seen, and whether its clock holds it back."""

    name: str
    seen_at: datetime
    is_held: bool = False

    @property
    def machine(self) -> str:
        """The name of its machine, which the worker's own begins with."""
        return self.name.partition(":")[0]


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source that fails, how often in a row, and when it was last asked."""

    source_id: int
    failures: int
    polled_at: datetime


@dataclass(frozen=True, slots=True)
class NetworkState:
    """One network that is looked at; `ok_at` is when a whole look last succeeded.

    `is_told` says that the alert of its spent budget is open already.
    """

    network: str
    status: TrackerStatus
    failures: int = 0
    ok_at: datetime | None = None
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """All that alerts are decided on. `reviews` are (entry, messages) and `reports` (period, mails).

    `webhooks` are (address, since when it has taken no call). `taken_over` are parties' accounts whose handle is
    somebody else's now, `own_lost` the Alliance's own that are not to be seen any more; both by their rows' ids.

    `disk_free` is in bytes, None where it says nothing; `disk_was_low` whether that alert is open already.
    """

    now: datetime
    bots: Sequence[BotState] = ()
    workers: Sequence[WorkerState] = ()
    sources: Sequence[SourceState] = ()
    paused_entries: Sequence[int] = ()
    reviews: Sequence[tuple[int | None, int]] = ()
    reports: Sequence[tuple[str, int]] = ()
    webhooks: Sequence[tuple[int, datetime]] = ()
    networks: Sequence[NetworkState] = ()
    taken_over: Collection[int] = ()
    own_lost: Collection[int] = ()
    poll_every: timedelta = timedelta(minutes=15)
    is_restored: bool = False
    disk_free: int | None = None
    disk_was_low: bool = False

    @property
    def living(self) -> list[WorkerState]:
        """The workers seen lately."""
        return [one for one in self.workers if self.now - one.seen_at <= WORKER_GONE_AFTER]


def decide_open(state: State) -> list[Condition]:
    """Return what needs a person now; each (code, subject) once."""
    return [condition for decide in _DECISIONS for condition in decide(state)]


def _bots(state: State) -> Iterator[Condition]:
    for bot in state.bots:
        if bot.pause is not None:
            # A restore pauses all bots, and its own alert says so.
            if bot.pause is not PauseKind.RESTORED or not state.is_restored:
                yield Condition(AlertCode.BOT_PAUSED, bot.code, bot.pause)
        elif halted_for_long(bot, now=state.now):
            yield Condition(AlertCode.BOT_HALTED, bot.code)
        elif is_broken_for_long(bot, now=state.now):
            yield Condition(AlertCode.BREAKER_OPEN, bot.code)
        elif bot.late and _may_send(state, bot):
            yield Condition(AlertCode.DELIVERIES_LATE, bot.code, str(bot.late))
        if bot.failed_updates:
            yield Condition(AlertCode.UPDATE_FAILED, bot.code, str(bot.failed_updates))


def halted_for_long(bot: BotState, *, now: datetime) -> bool:
    """Whether Telegram asked for a silence of more than five minutes that is not over yet.

    A 429 slows the bot down too, which says when it came.
    """
    if bot.blocked_until is None or bot.blocked_until <= now or bot.failures_in_row >= BREAKER_AT:
        return False
    return bot.blocked_until - min(bot.slowed_at or now, now) > ALARMING_HALT


def is_broken_for_long(bot: BotState, *, now: datetime) -> bool:
    """Whether the circuit breaker has been open for ten minutes, told from the pauses it took so far."""
    if bot.blocked_until is None or bot.failures_in_row < BREAKER_AT:
        return False
    failures = range(BREAKER_AT, min(bot.failures_in_row, BREAKER_AT + 20) + 1)
    paused = sum((breaker_pause(number) or timedelta(0) for number in failures), timedelta(0))
    return now - (bot.blocked_until - paused) >= BREAKER_OPEN_FOR


def _may_send(state: State, bot: BotState) -> bool:
    # After a halt the bot gets as long to catch up as a message may take without one.
    halted = bot.blocked_until is not None and bot.blocked_until > state.now - LATE_AFTER
    return not halted and not state.is_restored and any(not worker.is_held for worker in state.living)


def _machine(state: State) -> Iterator[Condition]:
    if state.is_restored:
        yield Condition(AlertCode.RESTORED)
    if not state.living:
        yield Condition(AlertCode.NO_WORKER)
    for machine in sorted({worker.machine for worker in state.living if worker.is_held}):
        yield Condition(AlertCode.CLOCK_WRONG, machine)
    limit = _DISK_FINE_FROM if state.disk_was_low else DISK_LOW_BELOW
    if state.disk_free is not None and state.disk_free < limit:
        yield Condition(AlertCode.DISK_LOW, detail=str(state.disk_free // 1_000_000))


def _queue(state: State) -> Iterator[Condition]:
    for entry_id in state.paused_entries:
        yield Condition(AlertCode.ENTRY_PAUSED, str(entry_id))
    for reviewed, count in state.reviews:
        yield Condition(AlertCode.NEEDS_REVIEW, "" if reviewed is None else str(reviewed), str(count))
    for period, count in state.reports:
        yield Condition(AlertCode.REPORT_FAILED, period, str(count))


def _sources(state: State) -> Iterator[Condition]:
    for source in state.sources:
        if state.now - failing_since(source, poll_every=state.poll_every) >= SOURCE_FAILING_FOR:
            yield Condition(AlertCode.SOURCE_FAILING, str(source.source_id))
    for webhook_id, since in state.webhooks:
        if state.now - since >= WEBHOOK_FAILING_FOR:
            yield Condition(AlertCode.WEBHOOK_FAILING, str(webhook_id))


def _tracking(state: State) -> Iterator[Condition]:
    for account_id in sorted(state.own_lost):
        yield Condition(AlertCode.OWN_ACCOUNT_LOST, str(account_id))
    for account_id in sorted(state.taken_over):
        yield Condition(AlertCode.ACCOUNT_TAKEN_OVER, str(account_id))
    for one in state.networks:
        if has_failed_for_long(one, now=state.now):
            yield Condition(AlertCode.TRACKER_FAILING, one.network)
        # One that is told of stays open until there is money again, whatever the day.
        is_early = state.now.astimezone(UTC).day < BUDGET_SPENT_EARLY
        if one.network in _PAID and one.status is TrackerStatus.SPENT and (is_early or one.is_told):
            yield Condition(AlertCode.BUDGET_SPENT, one.network)


def has_failed_for_long(network: NetworkState, *, now: datetime) -> bool:
    """Whether a network has not answered for a day, or has never answered and was asked often enough to tell."""
    if network.status is not TrackerStatus.FAILING:
        return False
    if network.ok_at is None:
        return network.failures >= TRACKER_NEVER_WORKED
    return now - network.ok_at >= TRACKER_FAILING_FOR


def failing_since(source: SourceState, *, poll_every: timedelta) -> datetime:
    """Return when a source failed first, told from the pauses between its polls, which double up to a day."""
    pauses = (poll_every * (1 << min(number, 8)) for number in range(min(source.failures, 40) - 1))
    return source.polled_at - sum((min(pause, _LONGEST_POLL_PAUSE) for pause in pauses), timedelta(0))


_DECISIONS: tuple[Callable[[State], Iterator[Condition]], ...] = (_machine, _bots, _queue, _tracking, _sources)


def group(notices: Sequence[Notice]) -> list[NoticeGroup]:
    """Put what is to be told into groups: what began before what is over, the gravest code first."""
    groups = []
    for is_over in (False, True):
        for code in AlertCode:
            same = [one for one in notices if one.code is code and (one.resolved_at is not None) == is_over]
            if same:
                groups.append(NoticeGroup(code, is_over, tuple(sorted(same, key=lambda one: one.alert_id))))
    return groups
