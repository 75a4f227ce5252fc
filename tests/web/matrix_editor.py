"""The editor."""

from sharebot.values.status import StaffRole
from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("GET", "/contents/{content_id}"): (StaffRole.VIEWER, False),
    ("POST", "/contents/{content_id}/edit"): (StaffRole.EDITOR, True),
    ("POST", "/contents/{content_id}/evergreen"): (StaffRole.EDITOR, True),
    ("POST", "/contents/{content_id}/preview"): (StaffRole.EDITOR, True),
    ("POST", "/contents/{content_id}/archive"): (StaffRole.EDITOR, True),
}
