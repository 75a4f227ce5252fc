"""Library, campaigns, reports, sources, settings."""

from sharebot.values.status import StaffRole
from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("GET", "/library"): (StaffRole.VIEWER, False),
    ("GET", "/campaigns"): (StaffRole.VIEWER, False),
    ("GET", "/campaigns/new"): (StaffRole.EDITOR, True),
    ("POST", "/campaigns/new"): (StaffRole.EDITOR, True),
    ("GET", "/campaigns/{code}"): (StaffRole.VIEWER, False),
    ("POST", "/campaigns/{code}"): (StaffRole.EDITOR, True),
    ("POST", "/campaigns/{code}/end"): (StaffRole.EDITOR, True),
    ("GET", "/reports"): (StaffRole.VIEWER, True),
    ("GET", "/reports/{period}"): (StaffRole.VIEWER, True),
    ("GET", "/reports/{period}/parties.csv"): (StaffRole.VIEWER, True),
    ("GET", "/reports/{period}/report.html"): (StaffRole.VIEWER, True),
    ("GET", "/settings"): (StaffRole.VIEWER, True),
    ("GET", "/sources"): (StaffRole.VIEWER, False),
    ("POST", "/sources"): (StaffRole.EDITOR, True),
    ("POST", "/sources/find"): (StaffRole.EDITOR, True),
    ("POST", "/sources/{source_id}"): (StaffRole.EDITOR, True),
}
