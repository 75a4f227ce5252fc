"""The networks that are looked at."""

from sharebot.values.status import StaffRole
from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("GET", "/tracking"): (StaffRole.VIEWER, False),
    ("POST", "/tracking/{network}/look"): (StaffRole.ADMIN, True),
}
