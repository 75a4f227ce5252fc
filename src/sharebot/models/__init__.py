"""The tables. Columns and nothing else; every statement on them stands in `store`."""

from sharebot.models.content import Asset, AssetBody, AssetFile, Campaign, Content, Source, Variant, Wording
from sharebot.models.members import Chat, Invitation, Member, Officer, SocialAccount
from sharebot.models.queue import Answer, Attempt, Bot, Delivery, QueueEntry
from sharebot.models.reports import Report
from sharebot.models.reshares import (
    ClickSalt,
    ClickTally,
    ObservedPost,
    PastedPost,
    Proposal,
    Reshare,
    SeenClick,
    ShareTally,
    TrackedLink,
)
from sharebot.models.staff import Staff, StaffLink, StaffSession
from sharebot.models.system import Alert, Erasure, InboxUpdate, JobSlot, Marker, PassingMessage, Worker

__all__ = [
    "Alert",
    "Answer",
    "Asset",
    "AssetBody",
    "AssetFile",
    "Attempt",
    "Bot",
    "Campaign",
    "Chat",
    "ClickSalt",
    "ClickTally",
    "Content",
    "Delivery",
    "Erasure",
    "InboxUpdate",
    "Invitation",
    "JobSlot",
    "Marker",
    "Member",
    "ObservedPost",
    "Officer",
    "PassingMessage",
    "PastedPost",
    "Proposal",
    "QueueEntry",
    "Report",
    "Reshare",
    "SeenClick",
    "ShareTally",
    "SocialAccount",
    "Source",
    "Staff",
    "StaffLink",
    "StaffSession",
    "TrackedLink",
    "Variant",
    "Wording",
    "Worker",
]
