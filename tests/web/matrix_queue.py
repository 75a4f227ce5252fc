"""The queue, its calendar, holds, and the results of contents."""

from sharebot.values.status import StaffRole
from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("GET", "/queue"): (StaffRole.VIEWER, False),
    ("GET", "/queue/calendar"): (StaffRole.VIEWER, False),
    ("GET", "/queue/holds"): (StaffRole.VIEWER, False),
    ("POST", "/queue/holds"): (StaffRole.APPROVER, False),
    ("POST", "/queue/holds/{hold_id}/end"): (StaffRole.APPROVER, False),
    ("GET", "/queue/{entry_id}"): (StaffRole.VIEWER, False),
    ("GET", "/queue/{entry_id}/live"): (StaffRole.VIEWER, False),
    ("POST", "/queue/{entry_id}/move"): (StaffRole.APPROVER, False),
    ("POST", "/queue/{entry_id}/correct"): (StaffRole.APPROVER, False),
    ("POST", "/queue/{entry_id}/withdraw"): (StaffRole.APPROVER, False, {}),
    ("GET", "/contents/{content_id}/results"): (StaffRole.VIEWER, False),
}
