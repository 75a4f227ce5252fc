"""Words of what other programs are told."""

from enum import StrEnum


class CallStatus(StrEnum):
    """Where one call of a webhook stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
