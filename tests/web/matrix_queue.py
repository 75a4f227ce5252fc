"""The queue."""

from sharebot.values.status import StaffRole
from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("GET", "/queue"): (StaffRole.VIEWER, False),
    ("GET", "/queue/{entry_id}"): (StaffRole.VIEWER, False),
    ("POST", "/contents/{content_id}/approve"): (StaffRole.APPROVER, False),
    ("GET", "/review"): (StaffRole.VIEWER, False),
    ("POST", "/review"): (StaffRole.APPROVER, False),
    ("POST", "/queue/{entry_id}/correct"): (StaffRole.APPROVER, False),
    ("POST", "/queue/{entry_id}/withdraw"): (StaffRole.APPROVER, False),
}
