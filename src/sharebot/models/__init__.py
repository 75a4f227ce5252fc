"""The tables. Columns and nothing else; every statement on them stands in `store`."""

from sharebot.models.api import ApiReply, ApiToken, Webhook, WebhookCall
from sharebot.models.audit import AuditHead, AuditRecord
from sharebot.models.content import (
    Asset,
    AssetBody,
    AssetFile,
    Campaign,
    Content,
    NetworkText,
    Source,
    Variant,
    Wording,
)
from sharebot.models.members import Chat, Invitation, Member, MemberList, MemberListing, Officer, SocialAccount
from sharebot.models.queue import Answer, Attempt, Bot, CountryHold, Delivery, QueueEntry
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
from sharebot.models.staff import Passkey, SignInTry, Staff, StaffLink, StaffSession
from sharebot.models.system import Alert, Erasure, InboxUpdate, JobSlot, Marker, PassingMessage, Worker

__all__ = [
    "Alert",
    "Answer",
    "ApiReply",
    "ApiToken",
    "Asset",
    "AssetBody",
    "AssetFile",
    "Attempt",
    "AuditHead",
    "AuditRecord",
    "Bot",
    "Campaign",
    "Chat",
    "ClickSalt",
    "ClickTally",
    "Content",
    "CountryHold",
    "Delivery",
    "Erasure",
    "InboxUpdate",
    "Invitation",
    "JobSlot",
    "Marker",
    "Member",
    "MemberList",
    "MemberListing",
    "NetworkText",
    "ObservedPost",
    "Officer",
    "PassingMessage",
    "Passkey",
    "PastedPost",
    "Proposal",
    "QueueEntry",
    "Report",
    "Reshare",
    "SeenClick",
    "ShareTally",
    "SignInTry",
    "SocialAccount",
    "Source",
    "Staff",
    "StaffLink",
    "StaffSession",
    "TrackedLink",
    "Variant",
    "Webhook",
    "WebhookCall",
    "Wording",
    "Worker",
]
