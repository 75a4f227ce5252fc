"""The closed sets of words of the domain; stored by value, so a member's value never changes."""

from enum import StrEnum


class MemberKind(StrEnum):
    """What a member organisation is."""

    PARTY = "party"
    PARTNER = "partner"
    PERSONALITY = "personality"


class MemberStatus(StrEnum):
    """Whether a member takes part."""

    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"


class OfficerStatus(StrEnum):
    """Where an officer stands between the invitation and the farewell."""

    INVITED = "invited"
    WAITING = "waiting"
    ACTIVE = "active"
    PAUSED = "paused"
    UNREACHABLE = "unreachable"
    GONE = "gone"


class ChatKind(StrEnum):
    """Where messages go: Telegram allows less in a group than in a private chat; a mailbox is no chat of Telegram."""

    PRIVATE = "private"
    GROUP = "group"
    CHANNEL = "channel"
    MAILBOX = "mailbox"


class StaffRole(StrEnum):
    """What a person of the Alliance may do; each role may do all that the later ones may."""

    ADMIN = "admin"
    APPROVER = "approver"
    EDITOR = "editor"
    VIEWER = "viewer"


class Network(StrEnum):
    """A place where a member can share."""

    X = "x"
    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"
    LINKEDIN = "linkedin"
    BLUESKY = "bluesky"
    MASTODON = "mastodon"
    THREADS = "threads"
    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    YOUTUBE = "youtube"
    TIKTOK = "tiktok"
    WEBSITE = "website"
    EMAIL = "email"

    @property
    def label(self) -> str:
        """The name as the network writes it itself."""
        return _NETWORK_NAMES.get(self.value, self.value.title())


_NETWORK_NAMES = {"linkedin": "LinkedIn", "whatsapp": "WhatsApp", "youtube": "YouTube", "tiktok": "TikTok"}
_NETWORK_NAMES["email"] = "E-mail"


class AccountStatus(StrEnum):
    """Whether posts of a social account can be seen by us."""

    WATCHED = "watched"
    UNOBSERVABLE = "unobservable"
    BROKEN = "broken"


class SourceKind(StrEnum):
    """What a source publishes."""

    FEED = "feed"
    YOUTUBE = "youtube"
    PODCAST = "podcast"


class SourceStatus(StrEnum):
    """Whether a source is polled and answers."""

    ACTIVE = "active"
    FAILING = "failing"
    OFF = "off"


class ContentKind(StrEnum):
    """What kind of thing is to be spread."""

    POST = "post"
    VIDEO = "video"
    EPISODE = "episode"
    EVENT = "event"
    APPEAL = "appeal"


class ContentStatus(StrEnum):
    """`new`: arrived; `draft`: waits for review; `ready`: approved once; `archived`: put away."""

    NEW = "new"
    DRAFT = "draft"
    READY = "ready"
    ARCHIVED = "archived"


class AssetKind(StrEnum):
    """What a piece of media is."""

    PICTURE = "picture"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"


class EntryStatus(StrEnum):
    """The life of a queue entry; `releasing` lasts one transaction, `previewing` until staff's chat has it.

    `proposed` waits for an approver, `returned` for whoever proposed it.
    """

    PROPOSED = "proposed"
    RETURNED = "returned"
    APPROVED = "approved"
    RELEASING = "releasing"
    PREVIEWING = "previewing"
    RELEASED = "released"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class DeliveryKind(StrEnum):
    """Why the bot writes: an item to an officer, first to staff (preview); later, that it changed.

    `forward` brings the Alliance's own channel post just before its item, `digest` lists the items that wait
    for it, `reminder` comes back to an item. `review`, `joined` and `proposal` ask staff to decide: on a message
    that may or may not have arrived, on somebody who joined, on what an officer proposes; `decided` tells the
    proposer. `draft` brings staff something new to approve.
    """

    ITEM = "item"
    WELCOME = "welcome"
    PREVIEW = "preview"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    REVIEW = "review"
    FORWARD = "forward"
    DIGEST = "digest"
    REMINDER = "reminder"
    JOINED = "joined"
    PROPOSAL = "proposal"
    DECIDED = "decided"
    DRAFT = "draft"


class DeliveryStatus(StrEnum):
    """The states of a message on its way; `held` waits for its officer's digest, `needs_review` for a person."""

    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    NEEDS_REVIEW = "needs_review"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class AttemptOutcome(StrEnum):
    """How one try to send ended; `open` until it is known."""

    OPEN = "open"
    SENT = "sent"
    NOT_SENT = "not_sent"
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class AnswerKind(StrEnum):
    """What an officer says of a delivery."""

    TAKEN = "taken"
    SHARED = "shared"
    LATER = "later"
    DECLINED = "declined"


class DeclineReason(StrEnum):
    """Why an item is not for a party."""

    TOPIC = "topic"
    LANGUAGE = "language"
    TIMING = "timing"
    SENSITIVE = "sensitive"
    OTHER = "other"


class DataTier(StrEnum):
    """How much data an officer's connection bears."""

    FULL = "full"
    LIGHT = "light"
    TEXT = "text"


class Rhythm(StrEnum):
    """How an officer wants to be written to: for each item, or in one digest a day or a week."""

    EACH = "each"
    DAILY = "daily"
    WEEKLY = "weekly"


class Priority(StrEnum):
    """How much an entry may ask of officers: `low` waits for the digest, `high` has one ask of the week kept free."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class ProposalKind(StrEnum):
    """What an officer proposes: something to spread, or an item's words in one more language."""

    ITEM = "item"
    TRANSLATION = "translation"


class ProposalStatus(StrEnum):
    """Where a proposal stands; `draft` until the officer has confirmed it."""

    DRAFT = "draft"
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class CampaignStatus(StrEnum):
    """Where a campaign stands; its hashtag and line go along while it runs."""

    PLANNED = "planned"
    RUNNING = "running"
    ENDED = "ended"


class Evidence(StrEnum):
    """How sure we are that a member shared, weakest first. Levels are never added up silently."""

    CLAIMED = "claimed"
    LINK_GIVEN = "link_given"
    LINK_CHECKED = "link_checked"
    OBSERVED = "observed"


class ReshareKind(StrEnum):
    """In what form a member spread a content."""

    CLAIM = "claim"
    REPOST = "repost"
    QUOTE = "quote"
    LINK = "link"
    TAG = "tag"  # a campaign's hashtag and our name
    COPY = "copy"  # our file, or our words


class PostKind(StrEnum):
    """What an observed post is."""

    POST = "post"
    REPOST = "repost"
    QUOTE = "quote"


class ClickOutcome(StrEnum):
    """What became of one request for a short link: `counted`, or why it was not."""

    COUNTED = "counted"
    HEAD = "head"
    PREVIEW = "preview"
    PREFETCH = "prefetch"
    ROBOT = "robot"
    REPEAT = "repeat"


class ReportKind(StrEnum):
    """Which report."""

    WEEKLY = "weekly"


class ReportStatus(StrEnum):
    """Where one mail to one recipient stands."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class BotStatus(StrEnum):
    """Whether the bot may send; `paused` waits for a person."""

    RUNNING = "running"
    PAUSED = "paused"


class PauseKind(StrEnum):
    """Why a bot is paused; the first three are Telegram's word."""

    TOKEN = "token"  # noqa: S105 - a word, not a secret
    CONFLICT = "conflict"
    OTHER_BOT = "other_bot"
    STAFF = "staff"
    RESTORED = "restored"


class Decision(StrEnum):
    """What a person decides on a message of which nobody knows whether it arrived."""

    ARRIVED = "arrived"
    AGAIN = "again"
    DROP = "drop"
