"""The page for other programs: tokens and webhooks."""

from sharebot.store.api_tokens import add_token
from sharebot.store.database import Database
from sharebot.store.staff import add_staff
from sharebot.store.webhooks import add_webhook, note_test
from sharebot.values.api import Scope, WebhookEvent
from sharebot.values.status import StaffRole
from tests.cast import NOW
from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("GET", "/settings/api"): (StaffRole.ADMIN, True),
    ("POST", "/settings/api/tokens"): (StaffRole.ADMIN, True),
    ("POST", "/settings/api/tokens/{token_id}/revoke"): (StaffRole.ADMIN, True),
    ("POST", "/settings/api/webhooks"): (StaffRole.ADMIN, True),
    ("POST", "/settings/api/webhooks/{webhook_id}/test"): (StaffRole.ADMIN, True),
    ("POST", "/settings/api/webhooks/{webhook_id}/pause"): (StaffRole.ADMIN, True),
    ("POST", "/settings/api/webhooks/{webhook_id}/resume"): (StaffRole.ADMIN, True),
    ("POST", "/settings/api/calls/{call_id}/retry"): (StaffRole.ADMIN, True),
    ("POST", "/settings/api/webhooks/{webhook_id}/delete"): (StaffRole.ADMIN, True),
}
PLACES = {"token_id": 1, "webhook_id": 1, "call_id": 1}


def prepare(database: Database) -> None:
    """Make what the addresses of PLACES name."""
    with database.write() as session:
        staff = add_staff(session, "programs@alliance.example", role=StaffRole.ADMIN, language="en", now=NOW)
        add_token(session, staff.id or 0, "Site", [Scope.CONTENT_READ], expires_at=None, now=NOW)
        webhook_id, _ = add_webhook(session, "https://hooks.example", [WebhookEvent.REPORT_READY], now=NOW)
        note_test(session, webhook_id, now=NOW)
