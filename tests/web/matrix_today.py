"""The first page, and the stop of everything."""

from sharebot.values.status import StaffRole
from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("GET", "/review"): (StaffRole.VIEWER, False),
    ("POST", "/review"): (StaffRole.APPROVER, False),
    ("GET", "/"): (StaffRole.VIEWER, False),
    ("POST", "/bot/resume"): (StaffRole.APPROVER, True),
    ("POST", "/bot/stop"): (StaffRole.APPROVER, True),
}
