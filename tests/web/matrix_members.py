"""Parties, their officers, lists, import and reminders."""

from sharebot.values.status import StaffRole
from tests.web.matrix import Matrix

FACTS = {"name": "North", "kind": "party", "country": "BE", "region": "Europe", "languages": "fr en"}
FACTS |= {"zone": "Europe/Brussels", "status": "active"}

ROUTES: Matrix = {
    ("GET", "/members"): (StaffRole.VIEWER, False),
    ("GET", "/members/new"): (StaffRole.APPROVER, False),
    ("POST", "/members/new"): (StaffRole.APPROVER, False),
    ("GET", "/members/import"): (StaffRole.APPROVER, True),
    ("POST", "/members/import"): (StaffRole.APPROVER, True),
    ("POST", "/members/import/do"): (StaffRole.APPROVER, True),
    ("GET", "/members/{code}"): (StaffRole.VIEWER, False, {}),
    ("POST", "/members/{code}"): (StaffRole.APPROVER, False, FACTS),
    ("POST", "/members/{code}/notes"): (StaffRole.EDITOR, False, {"notes": "Rang them."}),
    ("POST", "/members/{code}/seats"): (StaffRole.APPROVER, False, {"label": "Third desk", "language": "fr"}),
    ("POST", "/members/{code}/accounts"): (
        StaffRole.APPROVER,
        False,
        {"network": "bluesky", "handle": "north.example"},
    ),
    ("POST", "/members/{code}/accounts/{account_id}/confirm"): (StaffRole.APPROVER, False, {}),
    ("POST", "/members/{code}/accounts/{account_id}/decline"): (StaffRole.APPROVER, False, {}),
    ("POST", "/members/{code}/accounts/{account_id}/remove"): (StaffRole.APPROVER, False, {}),
    ("POST", "/officers/{officer_id}/confirm"): (StaffRole.APPROVER, False, {}),
    ("POST", "/officers/{officer_id}/reject"): (StaffRole.APPROVER, False, {}),
    ("POST", "/officers/{officer_id}/invitation"): (StaffRole.APPROVER, False, {}),
    ("POST", "/officers/{officer_id}/mailbox"): (StaffRole.APPROVER, False, {"address": "press@north.example"}),
    ("POST", "/officers/{officer_id}/revoke"): (StaffRole.APPROVER, False, {}),
    ("POST", "/officers/{officer_id}/choices"): (StaffRole.APPROVER, False, {"language": "fr", "tier": "full"}),
    ("POST", "/officers/{officer_id}/risk"): (StaffRole.APPROVER, False, {"risk": "high"}),
    ("POST", "/officers/{officer_id}/remove"): (StaffRole.APPROVER, False, {}),
    ("GET", "/lists"): (StaffRole.VIEWER, False),
    ("GET", "/lists/new"): (StaffRole.EDITOR, True),
    ("POST", "/lists/new"): (StaffRole.EDITOR, True),
    ("GET", "/lists/{list_id}"): (StaffRole.VIEWER, False),
    ("POST", "/lists/{list_id}"): (StaffRole.EDITOR, True),
    ("POST", "/lists/{list_id}/delete"): (StaffRole.EDITOR, True),
    ("GET", "/queue/{entry_id}/nudge"): (StaffRole.APPROVER, False),
    ("POST", "/queue/{entry_id}/nudge"): (StaffRole.APPROVER, False),
}
