"""Drafts, proposals and the editor."""

from sharebot.values.status import StaffRole
from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("GET", "/contents"): (StaffRole.VIEWER, False),
    ("GET", "/contents/{content_id}"): (StaffRole.VIEWER, False),
    ("GET", "/proposals"): (StaffRole.VIEWER, False),
    ("POST", "/proposals"): (StaffRole.EDITOR, False),
    ("POST", "/contents/{content_id}/archive"): (StaffRole.EDITOR, False),
    ("POST", "/contents/{content_id}/texts"): (StaffRole.EDITOR, False),
    ("POST", "/contents/{content_id}/sorting"): (StaffRole.EDITOR, False),
}
