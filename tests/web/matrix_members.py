"""Parties and their officers."""

from sharebot.values.status import StaffRole
from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("GET", "/members"): (StaffRole.VIEWER, False),
    ("POST", "/officers/{officer_id}/confirm"): (StaffRole.APPROVER, False),
    ("POST", "/officers/{officer_id}/reject"): (StaffRole.APPROVER, False),
    ("POST", "/officers/{officer_id}/invitation"): (StaffRole.APPROVER, False),
    ("POST", "/officers/{officer_id}/mailbox"): (StaffRole.APPROVER, False),
}
