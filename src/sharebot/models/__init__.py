"""The tables. Columns and nothing else; every statement on them stands in `store`."""

from sharebot.models.content import Asset, AssetFile, Content, Source, Variant
from sharebot.models.members import Chat, Invitation, Member, Officer, SocialAccount
from sharebot.models.queue import Answer, Attempt, Bot, Delivery, QueueEntry
from sharebot.models.reports import Report
from sharebot.models.reshares import ClickSalt, ClickTally, ObservedPost, Reshare, SeenClick, TrackedLink
from sharebot.models.staff import Staff, StaffLink, StaffSession
from sharebot.models.system import Alert, InboxUpdate, JobSlot, Marker, Worker

__all__ = [
    "Alert",
    "Answer",
    "Asset",
    "AssetFile",
    "Attempt",
    "Bot",
    "Chat",
    "ClickSalt",
    "ClickTally",
    "Content",
    "Delivery",
    "InboxUpdate",
    "Invitation",
    "JobSlot",
    "Marker",
    "Member",
    "ObservedPost",
    "Officer",
    "QueueEntry",
    "Report",
    "Reshare",
    "SeenClick",
    "SocialAccount",
    "Source",
    "Staff",
    "StaffLink",
    "StaffSession",
    "TrackedLink",
    "Variant",
    "Worker",
]
