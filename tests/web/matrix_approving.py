"""Approving."""

from sharebot.values.status import StaffRole
from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("POST", "/contents/{content_id}/approve"): (StaffRole.APPROVER, False),
    ("POST", "/contents/{content_id}/propose"): (StaffRole.EDITOR, False),
    ("GET", "/contents/{content_id}/dry-run"): (StaffRole.VIEWER, False),
    ("POST", "/queue/{entry_id}/approve"): (StaffRole.APPROVER, False),
    ("POST", "/queue/{entry_id}/return"): (StaffRole.APPROVER, False),
}
