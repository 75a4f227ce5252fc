"""Coming in."""

from sharebot.values.status import StaffRole
from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("GET", "/sign-in/{token}"): (None, False),
    ("POST", "/sign-in/{token}"): (None, False),
    ("POST", "/sign-out"): (StaffRole.VIEWER, False),
    ("POST", "/language"): (StaffRole.VIEWER, False),
}
