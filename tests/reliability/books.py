"""The stand-in's books: what was accepted and refused, its flood control, its faults and its updates."""

import math
import random
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.reliability.strict import Refusal

ACCEPTED_FIELDS = ("chat_id", "at", "method", "text", "fault", "message_id")
REFUSED_FIELDS = ("chat_id", "at", "method", "reason", "since_answer")
_MOST_UPDATES = 100  # that one getUpdates returns


@dataclass(slots=True)
class Rules:
    """Flood control: more than `limit` messages in any `window` bans for `ban` seconds; 0 is no limit.

    Two messages to one chat within `per_chat` seconds are counted, not refused.
    """

    limit: int = 0
    window: float = 1.0
    ban: float = 5.0
    per_chat: float = 0.0


@dataclass(slots=True)
class Faults:
    """Probabilities of what goes wrong with a message, and how long an answer takes (a refusal takes none).

    `too_many` answers 429 and bans for `retry_after`; `refused` answers 502 and accepted nothing; `dropped`
    and `broken` accepted it, and then lose the connection or answer 500.
    """

    too_many: float = 0.0
    refused: float = 0.0
    dropped: float = 0.0
    broken: float = 0.0
    retry_after: float = 1.0
    latency_from: float = 0.0
    latency_to: float = 0.0


@dataclass(slots=True)
class Waiting:
    """One update that is to be delivered `times` times at least; `seen` counts them."""

    body: dict[str, Any]
    times: int
    seen: int = 0
    acknowledged: bool = False


@dataclass(slots=True)
class Account:
    """One bot: the times of its last messages, its ban, and its updates."""

    bot_id: int
    recent: deque[float] = field(default_factory=deque)
    banned_until: float = 0.0
    answered_at: float = 0.0
    updates: dict[int, Waiting] = field(default_factory=dict)
    poll: Callable[[bool], None] | None = None  # ends the getUpdates that waits; True: another one came


class Books:
    """Everything that the stand-in remembers. Times are `time.monotonic()`, the same in all processes."""

    def __init__(self, rules: Rules, seed: int) -> None:
        self.rules, self.faults, self.seed = rules, Faults(), seed
        self.accounts: dict[str, Account] = {}
        self.next_message_id, self.next_update_id, self.open_sends = 1, 1, 0
        self.clear(seed)

    def clear(self, seed: int) -> None:
        """Forget all messages and bans, and begin the random numbers anew; updates and ids go on."""
        self.random = random.Random(seed)  # noqa: S311 - repeatable
        self._dice = random.Random(seed)  # noqa: S311 - of their own, so that the n-th message always fails alike
        self.accepted: list[tuple[int, float, str, str, str, int]] = []
        self.refused: list[tuple[int, float, str, str, float | None]] = []
        self.counts: Counter[str] = Counter()
        self.last_in_chat: dict[int, float] = {}
        self.smallest_gap = math.inf
        self.most_open_sends = 0
        for account in self.accounts.values():
            account.recent.clear()
            account.banned_until = account.answered_at = 0.0

    def account(self, token: str) -> Account:
        """Return the bot of a token. Raises Refusal for what is no token."""
        known = self.accounts.get(token)
        if known is not None:
            return known
        number, _, secret = token.partition(":")
        if not number.isdigit() or len(secret) < 20:
            raise Refusal(401, "Unauthorized")
        return self.accounts.setdefault(token, Account(int(number)))

    def check_ban(self, account: Account, chat_id: int, method: str) -> None:
        """Refuse what comes during a ban, with a note of how long it has been answered."""
        at = time.monotonic()
        if at >= account.banned_until:
            return
        self.counts["during_ban"] += 1
        self.refused.append((chat_id, at, method, "ban", at - account.answered_at))
        raise Refusal(429, "Too Many Requests: retry later", math.ceil(account.banned_until - at))

    def choose_fault(self, account: Account, chat_id: int, method: str) -> str:
        """Return what goes wrong after this message is accepted, or "". Raises Refusal when it is not."""
        faults, dice = self.faults, self._dice.random()
        if (dice := dice - faults.too_many) < 0:
            self._ban(account, faults.retry_after)
            self._refuse(chat_id, method, "429", Refusal(429, "Too Many Requests", math.ceil(faults.retry_after)))
        if (dice := dice - faults.refused) < 0:
            self._refuse(chat_id, method, "502", Refusal(502, "Bad Gateway"))
        if (dice := dice - faults.dropped) < 0:
            return "dropped"
        return "broken" if dice - faults.broken < 0 else ""

    def check_flood(self, account: Account, chat_id: int, method: str) -> None:
        """Refuse and ban when the limit of the window is used up."""
        rules, recent, at = self.rules, account.recent, time.monotonic()
        while recent and at - recent[0] >= rules.window:
            recent.popleft()
        if rules.limit and len(recent) >= rules.limit:
            self._ban(account, rules.ban)
            self._refuse(chat_id, method, "limit", Refusal(429, "Too Many Requests", math.ceil(rules.ban)))

    def _ban(self, account: Account, seconds: float) -> None:
        # The answer is written within the same turn of the loop.
        account.answered_at = time.monotonic()
        account.banned_until = account.answered_at + seconds

    def _refuse(self, chat_id: int, method: str, reason: str, refusal: Refusal) -> None:
        self.counts[f"refused_{reason}"] += 1
        self.refused.append((chat_id, time.monotonic(), method, reason, None))
        raise refusal

    def accept(self, account: Account, chat_id: int, method: str, text: str, fault: str) -> int:
        """Write a message into the books and return its id."""
        at, message_id = time.monotonic(), self.next_message_id
        self.next_message_id += 1
        account.recent.append(at)
        last = self.last_in_chat.get(chat_id)
        if last is not None:
            self.smallest_gap = min(self.smallest_gap, at - last)
            self.counts["too_close_in_chat"] += at - last < self.rules.per_chat
        self.last_in_chat[chat_id] = at
        self.accepted.append((chat_id, at, method, text, fault, message_id))
        if fault:
            self.counts[f"fault_{fault}"] += 1
        return message_id

    def latency(self) -> float:
        """Return how long the next answer takes."""
        faults = self.faults
        return self.random.uniform(faults.latency_from, faults.latency_to) if faults.latency_to else 0.0

    def opened(self) -> None:
        """Note that a message waits for its answer."""
        self.open_sends += 1
        self.most_open_sends = max(self.most_open_sends, self.open_sends)

    def answered(self) -> None:
        """Note that it has it."""
        self.open_sends -= 1

    def state(self) -> dict[str, Any]:
        """Return the counts."""
        return {
            "accepted": len(self.accepted),
            "refused": len(self.refused),
            "smallest_gap_in_chat": self.smallest_gap if math.isfinite(self.smallest_gap) else None,
            "most_open_sends": self.most_open_sends,
            "pending_updates": sum(len(account.updates) for account in self.accounts.values()),
            "rules": asdict(self.rules),
            "faults": asdict(self.faults),
            "counts": dict(self.counts),
        }

    def inject(self, account: Account, bodies: list[dict[str, Any]], times: tuple[int, int]) -> list[int]:
        """Queue updates, each to be delivered between `times[0]` and `times[1]` times; return their ids."""
        ids = []
        for body in bodies:
            number = self.next_update_id
            self.next_update_id += 1
            account.updates[number] = Waiting({"update_id": number, **body}, self.random.randint(*times))
            ids.append(number)
        if account.poll:
            account.poll(False)
        return ids

    def acknowledge(self, account: Account, offset: int) -> None:
        """Forget what is acknowledged and has been delivered often enough."""
        for number, waiting in list(account.updates.items()):
            if number < offset:
                waiting.acknowledged = True
                if waiting.seen >= waiting.times:
                    del account.updates[number]

    def deliver(self, account: Account, limit: int) -> list[dict[str, Any]]:
        """Return the waiting updates in order, and after them, backwards, those that come once more."""
        fresh = [one for one in account.updates.values() if not one.acknowledged]
        again = [one for one in account.updates.values() if one.acknowledged][::-1]
        chosen = [*fresh, *again][: max(1, min(limit, _MOST_UPDATES))]
        for one in chosen:
            one.seen += 1
            self.counts["updates_delivered"] += 1
            self.counts["updates_repeated"] += one.seen > 1
        # What was acknowledged already is not acknowledged again.
        for number, one in list(account.updates.items()):
            if one.acknowledged and one.seen >= one.times:
                del account.updates[number]
        return [one.body for one in chosen]
