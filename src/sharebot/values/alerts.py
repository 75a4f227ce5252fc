"""What a person should know of, and what is to be said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlertCode(StrEnum):
    """The conditions that need a person, the gravest first; docs/operations.md has a section on each."""

    BOT_PAUSED = "bot_paused"
    RESTORED = "restored"
    NO_WORKER = "no_worker"
    CLOCK_WRONG = "clock_wrong"
    DISK_LOW = "disk_low"
    BOT_HALTED = "bot_halted"
    BREAKER_OPEN = "breaker_open"
    ENTRY_PAUSED = "entry_paused"
    DELIVERIES_LATE = "deliveries_late"
    NEEDS_REVIEW = "needs_review"
    UPDATE_FAILED = "update_failed"
    REPORT_FAILED = "report_failed"
    OWN_ACCOUNT_LOST = "own_account_lost"
    ACCOUNT_TAKEN_OVER = "account_taken_over"
    TRACKER_FAILING = "tracker_failing"
    BUDGET_SPENT = "budget_spent"
    SOURCE_FAILING = "source_failing"
    WEBHOOK_FAILING = "webhook_failing"


class TellBy(StrEnum):
    """The ways in which alerts reach people; each is remembered on its own."""

    MAIL = "mail"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that needs a person now.

    `subject` tells those of one code apart (a bot's code, an entry's number); `detail` is a PauseKind, a
    count or a number of megabytes. Neither ever holds a chat's id, a label, a token or words of a content.
    """

    code: AlertCode
    subject: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to say of one alert: that it began, or, with `resolved_at`, that it is over."""

    alert_id: int
    code: AlertCode
    subject: str
    detail: str
    opened_at: datetime
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoticeGroup:
    """What one message says under one heading: all that began, or is over, of one code."""

    code: AlertCode
    is_over: bool
    notices: Sequence[Notice]

    @property
    def subjects(self) -> tuple[str, ...]:
        """What it is about, each once; empty when there is only one such thing."""
        return tuple(dict.fromkeys(one.subject for one in self.notices if one.subject))

    @property
    def count(self) -> int:
        """The sum of the details that are numbers."""
        return sum(int(one.detail) for one in self.notices if one.detail.isdigit())

    @property
    def since(self) -> datetime:
        """When the first of them began."""
        return min(one.opened_at for one in self.notices)
