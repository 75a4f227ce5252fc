"""Coming in, one's own account, the staff, and the log of changes."""

from sharebot.values.status import StaffRole
from tests.web.matrix import Matrix

ROUTES: Matrix = {
    ("GET", "/sign-in"): (None, False),
    ("GET", "/sign-in/{token}"): (None, False),
    ("POST", "/sign-in/{token}"): (None, False),
    ("POST", "/passkeys/options"): (None, False),
    ("POST", "/passkeys/sign-in"): (None, False),
    ("GET", "/oidc/start"): (None, False),
    ("GET", "/oidc/back"): (None, False),
    ("POST", "/sign-out"): (StaffRole.VIEWER, False),
    ("POST", "/language"): (StaffRole.VIEWER, False),
    ("GET", "/account"): (StaffRole.VIEWER, False),
    ("POST", "/account/passkeys/options"): (StaffRole.VIEWER, False),
    ("POST", "/account/passkeys"): (StaffRole.VIEWER, False),
    ("POST", "/account/passkeys/{passkey_id}/name"): (StaffRole.VIEWER, False),
    ("POST", "/account/passkeys/{passkey_id}/remove"): (StaffRole.VIEWER, False),
    ("POST", "/account/sessions/others"): (StaffRole.VIEWER, False),
    ("POST", "/account/sessions/{handle}/end"): (StaffRole.VIEWER, False),
    ("POST", "/account/telegram"): (StaffRole.VIEWER, False),
    ("POST", "/account/telegram/unlink"): (StaffRole.VIEWER, False),
    ("GET", "/staff"): (StaffRole.ADMIN, True),
    ("POST", "/staff"): (StaffRole.ADMIN, True),
    ("GET", "/staff/{staff_id}"): (StaffRole.ADMIN, True),
    ("POST", "/staff/{staff_id}"): (StaffRole.ADMIN, True),
    ("POST", "/staff/{staff_id}/remove"): (StaffRole.ADMIN, True),
    ("POST", "/staff/{staff_id}/link"): (StaffRole.ADMIN, True),
    ("GET", "/audit"): (StaffRole.APPROVER, True),
}
