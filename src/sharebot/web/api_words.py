"""What the page for other programs calls things."""

from sharebot.store.api_tokens import TokenView
from sharebot.texts.catalogue import Translator
from sharebot.values.api import CallStatus, Scope, WebhookEvent


def scope(t: Translator, one: Scope) -> str:
    """Say what a token may do."""
    return {
        Scope.CONTENT_READ: t("read contents"),
        Scope.CONTENT_WRITE: t("add and edit contents"),
        Scope.QUEUE_READ: t("read the queue and plan"),
        Scope.QUEUE_WRITE: t("propose, approve and withdraw"),
        Scope.MEMBERS_READ: t("read the list of parties"),
        Scope.REPORTS_READ: t("read reshares and reports"),
    }[one]


def event(t: Translator, one: WebhookEvent) -> str:
    """Say what an address is told of."""
    return {
        WebhookEvent.DELIVERY_FINISHED: t("an item has been delivered to the last officer"),
        WebhookEvent.RESHARE_FOUND: t("a party has shared something"),
        WebhookEvent.REPORT_READY: t("the weekly report is ready"),
    }[one]


def token_state(t: Translator, one: TokenView) -> str:
    """Say whether a token opens anything."""
    if one.revoked_at is not None:
        return t("revoked")
    return t("active") if one.is_open else t("ended")


def call_status(t: Translator, one: CallStatus) -> str:
    """Say where a call stands."""
    return {CallStatus.QUEUED: t("waiting"), CallStatus.SENT: t("accepted"), CallStatus.FAILED: t("given up")}[one]
