"""Words of what other programs may do here, and of what they are told."""

from dataclasses import dataclass
from enum import StrEnum


class CallStatus(StrEnum):
    """Where one call of a webhook stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Scope(StrEnum):
    """What a token is for; its maker's own role and region hold beside it."""

    CONTENT_READ = "content:read"
    CONTENT_WRITE = "content:write"
    QUEUE_READ = "queue:read"
    QUEUE_WRITE = "queue:write"
    MEMBERS_READ = "members:read"
    REPORTS_READ = "reports:read"


class WebhookEvent(StrEnum):
    """What an address can be told of."""

    DELIVERY_FINISHED = "delivery.finished"
    RESHARE_FOUND = "reshare.found"
    REPORT_READY = "report.ready"


TEST_EVENT = "webhook.test"


@dataclass(frozen=True, slots=True)
class Call:
    """One call to be made: `message_id` stays the same however often it is tried. `secret` signs it."""

    id: int
    webhook_id: int
    url: str
    secret: str
    message_id: str
    body: str
