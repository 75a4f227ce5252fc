"""The first page, and the stop of everything."""

from sharebot.values.status import StaffRole
from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("GET", "/"): (StaffRole.VIEWER, False),
    ("POST", "/bot/resume"): (StaffRole.APPROVER, False),
    ("POST", "/bot/stop"): (StaffRole.APPROVER, False),
}
