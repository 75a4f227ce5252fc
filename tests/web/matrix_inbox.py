"""The inbox, new items, files of contents, and proposals."""

from sharebot.values.status import StaffRole
from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("GET", "/inbox"): (StaffRole.VIEWER, False),
    ("GET", "/contents"): (StaffRole.VIEWER, False),
    ("GET", "/proposals"): (StaffRole.VIEWER, False),
    ("POST", "/proposals"): (StaffRole.EDITOR, True),
    ("POST", "/inbox/put-away"): (StaffRole.EDITOR, True),
    ("POST", "/inbox/merge"): (StaffRole.EDITOR, True),
    ("POST", "/contents/{content_id}/split"): (StaffRole.EDITOR, True),
    ("GET", "/contents/new"): (StaffRole.EDITOR, False),
    ("POST", "/contents/new"): (StaffRole.EDITOR, False),
    ("POST", "/uploads/contents"): (StaffRole.EDITOR, False),
    ("POST", "/uploads/contents/{content_id}"): (StaffRole.EDITOR, True),
    ("POST", "/contents/{content_id}/files/alts"): (StaffRole.EDITOR, True),
    ("POST", "/contents/{content_id}/files/remove"): (StaffRole.EDITOR, True),
    ("GET", "/uploads/{asset_id}"): (StaffRole.VIEWER, False),
}
