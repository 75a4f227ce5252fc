"""The words of the domain as staff read them; templates call these with their translator."""

from collections.abc import Sequence

from sharebot.rules.asks import Hold
from sharebot.rules.audience import Audience
from sharebot.rules.members_file import REGIONS
from sharebot.texts.catalogue import Translator
from sharebot.values.feeds import Media
from sharebot.values.status import (
    AnswerKind,
    AssetKind,
    CampaignStatus,
    ContentKind,
    ContentStatus,
    DataTier,
    DeclineReason,
    DeliveryStatus,
    EntryStatus,
    Evidence,
    MemberKind,
    MemberStatus,
    Network,
    OfficerStatus,
    Priority,
    ReportStatus,
    Rhythm,
    SourceKind,
    SourceStatus,
    StaffRole,
)

_NETWORKS = {Network.X: "X", Network.LINKEDIN: "LinkedIn", Network.WHATSAPP: "WhatsApp"}
_NETWORKS |= {Network.YOUTUBE: "YouTube", Network.TIKTOK: "TikTok"}


def content_kind(t: Translator, kind: ContentKind) -> str:
    """Name a kind of content."""
    return {
        ContentKind.POST: t("Article"),
        ContentKind.VIDEO: t("Video"),
        ContentKind.EPISODE: t("Podcast episode"),
        ContentKind.EVENT: t("Event"),
        ContentKind.APPEAL: t("Appeal"),
    }[kind]


def content_status(t: Translator, status: ContentStatus) -> str:
    """Name where a content stands."""
    return {
        ContentStatus.NEW: t("new"),
        ContentStatus.DRAFT: t("draft"),
        ContentStatus.READY: t("approved once"),
        ContentStatus.ARCHIVED: t("put away"),
    }[status]


def campaign_status(t: Translator, status: CampaignStatus) -> str:
    """Name where a campaign stands."""
    yet, over = t("begins later"), t("has ended")
    return {CampaignStatus.PLANNED: yet, CampaignStatus.RUNNING: t("running"), CampaignStatus.ENDED: over}[status]


def source_status(t: Translator, status: SourceStatus) -> str:
    """Name how a source is."""
    return {
        SourceStatus.ACTIVE: t("answers"),
        SourceStatus.FAILING: t("does not answer"),
        SourceStatus.OFF: t("switched off"),
    }[status]


def source_kind(t: Translator, kind: SourceKind) -> str:
    """Name what a source publishes."""
    return {
        SourceKind.FEED: t("Site"),
        SourceKind.YOUTUBE: t("YouTube channel"),
        SourceKind.PODCAST: t("Podcast"),
    }[kind]


def report_status(t: Translator, status: ReportStatus) -> str:
    """Name where a mail of a report stands."""
    return {
        ReportStatus.DUE: t("waits to be mailed"),
        ReportStatus.SENDING: t("being mailed"),
        ReportStatus.SENT: t("mailed"),
        ReportStatus.FAILED: t("failed"),
    }[status]


def asset_kind(t: Translator, kind: AssetKind) -> str:
    """Name a kind of media."""
    return {
        AssetKind.PICTURE: t("Picture"),
        AssetKind.VIDEO: t("Video file"),
        AssetKind.AUDIO: t("Audio file"),
        AssetKind.FILE: t("File"),
    }[kind]


def media_facts(t: Translator, media: Media) -> str:
    """Say how long, large and wide a file is, as far as its source said so."""
    facts = []
    if media.duration_s:
        hours, rest = divmod(media.duration_s, 3600)
        facts.append(f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}")
    if media.size_bytes:
        size = media.size_bytes
        is_small = size < 1_000_000
        facts.append(
            t("{n} kB", n=t.number(max(1, size // 1000)))
            if is_small
            else t("{size} MB", size=t.number(round(size / 1_000_000, 1)))
        )
    if media.width and media.height:
        facts.append(f"{media.width} × {media.height}")
    return " · ".join(facts)


def reason(t: Translator, text: str) -> str:
    """Say why staff should look twice; reasons are stored in English by `rules.intake` and `store.contents`."""
    host = text.removeprefix("links to a foreign host: ")
    if host != text:
        return t("links to a foreign site, {host}", host=host)
    return {
        "no link": t("no link"),
        "no date": t("no date"),
        "older than 30 days": t("older than 30 days"),
        "dated in the future": t("dated in the future"),
        "edited after approval": t("edited after approval"),
        "changed at its source, which staff had edited here": t(
            "changed at its source; the words edited here stand: compare them"
        ),
        "very many new items at once": t("very many new items at once"),
    }.get(text, text)


def entry_status(t: Translator, status: EntryStatus) -> str:
    """Name where an entry stands."""
    return {
        EntryStatus.PROPOSED: t("waits for approval"),
        EntryStatus.RETURNED: t("returned"),
        EntryStatus.APPROVED: t("planned"),
        EntryStatus.RELEASING: t("going out"),
        EntryStatus.PREVIEWING: t("in the preview chat"),
        EntryStatus.RELEASED: t("released"),
        EntryStatus.PAUSED: t("halted"),
        EntryStatus.WITHDRAWN: t("withdrawn"),
        EntryStatus.EXPIRED: t("over"),
    }[status]


def delivery_status(t: Translator, status: DeliveryStatus) -> str:
    """Name where a message stands."""
    return {
        DeliveryStatus.HELD: t("waiting for a digest"),
        DeliveryStatus.QUEUED: t("waiting to be sent"),
        DeliveryStatus.SENDING: t("being sent"),
        DeliveryStatus.SENT: t("sent"),
        DeliveryStatus.UNCERTAIN: t("may have arrived"),
        DeliveryStatus.NEEDS_REVIEW: t("needs a person"),
        DeliveryStatus.FAILED: t("failed"),
        DeliveryStatus.SUPPRESSED: t("held back"),
        DeliveryStatus.CANCELLED: t("cancelled"),
        DeliveryStatus.EXPIRED: t("too late"),
    }[status]


def answer(t: Translator, kind: AnswerKind) -> str:
    """Name what an officer said."""
    return {
        AnswerKind.TAKEN: t("taken"),
        AnswerKind.SHARED: t("said shared"),
        AnswerKind.LATER: t("later"),
        AnswerKind.DECLINED: t("not for us"),
    }[kind]


def decline_reason(t: Translator, reason: DeclineReason) -> str:
    """Name why an item was not for a party."""
    return {
        DeclineReason.TOPIC: t("not our topic"),
        DeclineReason.LANGUAGE: t("not in our language"),
        DeclineReason.TIMING: t("wrong moment"),
        DeclineReason.SENSITIVE: t("too sensitive here"),
        DeclineReason.OTHER: t("another reason"),
    }[reason]


def member_kind(t: Translator, kind: MemberKind | str) -> str:
    """Name a kind of member."""
    return {
        MemberKind.PARTY: t("Party"),
        MemberKind.PARTNER: t("Partner organisation"),
        MemberKind.PERSONALITY: t("Personality"),
    }[MemberKind(kind)]


def member_status(t: Translator, status: MemberStatus) -> str:
    """Name whether a member takes part."""
    return {
        MemberStatus.ACTIVE: t("takes part"),
        MemberStatus.PAUSED: t("pauses"),
        MemberStatus.LEFT: t("has left"),
    }[status]


def officer_status(t: Translator, status: OfficerStatus) -> str:
    """Name where a seat stands."""
    return {
        OfficerStatus.INVITED: t("not joined yet"),
        OfficerStatus.WAITING: t("waits for confirmation"),
        OfficerStatus.ACTIVE: t("receives items"),
        OfficerStatus.PAUSED: t("takes a break"),
        OfficerStatus.UNREACHABLE: t("cannot be reached"),
        OfficerStatus.GONE: t("has gone"),
    }[status]


def role(t: Translator, value: StaffRole) -> str:
    """Name a role."""
    return {
        StaffRole.ADMIN: t("administrator"),
        StaffRole.APPROVER: t("approver"),
        StaffRole.EDITOR: t("editor"),
        StaffRole.VIEWER: t("viewer"),
    }[value]


def region(t: Translator, name: str) -> str:
    """Name a region; one that is none of ours stays as it is."""
    known = (t("Africa"), t("Americas"), t("Asia-Pacific"), t("Europe"), t("Middle East"))
    return dict(zip(REGIONS, known, strict=True)).get(name, name)


def left_out(t: Translator, reason: str) -> str:
    """Say why a party gets nothing."""
    return {
        "paused": t("The party pauses"),
        "left": t("The party has left"),
        "kind": t("Another kind of member"),
        "region": t("Another region"),
        "country": t("Another country"),
        "language": t("Another language"),
        "list": t("Not on the list"),
        "officer": t("No active officer yet"),
        "variant": t("No version with a link"),
        "topic": t("Chose other topics"),
        "silence": t("Its country is on hold"),
        "got": t("Got it already"),
        "shared": t("Shared it already"),
    }.get(reason, reason)


def version_part(t: Translator, part: str) -> str:
    """Name a part of a language version, by the words of `web.differences`."""
    return {
        "title": t("title"),
        "text": t("text"),
        "link": t("link"),
        "media": t("pictures and files"),
        "wordings": t("texts to post"),
        "new": t("new version"),
        "gone": t("version taken away"),
    }[part]


def held(t: Translator, reason: Hold) -> str:
    """Say why an item waits for a digest."""
    return {
        Hold.RHYTHM: t("since they want digests"),
        Hold.LOW: t("since the priority is low"),
        Hold.BUDGET: t("since their week is full"),
    }[reason]


def priority(t: Translator, level: Priority) -> str:
    """Name how much an entry may ask of officers."""
    return {
        Priority.HIGH: t("high priority"),
        Priority.NORMAL: t("normal priority"),
        Priority.LOW: t("low priority"),
    }[level]


def evidence(t: Translator, level: Evidence) -> str:
    """Name how sure we are of a share."""
    return {
        Evidence.CLAIMED: t("says so"),
        Evidence.LINK_GIVEN: t("link given"),
        Evidence.LINK_CHECKED: t("link checked"),
        Evidence.OBSERVED: t("seen by us"),
    }[level]


def network(t: Translator, value: Network) -> str:
    """Name a network as it writes itself; a party's own site and mail have no name of their own."""
    ways = {Network.WEBSITE: t("Website"), Network.EMAIL: t("E-mail")}
    return ways.get(value) or _NETWORKS.get(value, value.value.capitalize())


def audience(t: Translator, chosen: Audience) -> str:
    """Say in one line who an entry is for."""
    parts: list[str] = []
    parts += _listed([region(t, one) for one in sorted(chosen.regions)])
    parts += _listed([t.country_name(code) for code in sorted(chosen.countries)])
    parts += _listed([t.language_name(code) for code in sorted(chosen.languages)])
    parts += _listed([member_kind(t, kind) for kind in sorted(chosen.kinds)])
    if chosen.members:
        parts.append(t.n("{n} chosen member", "{n} chosen members", len(chosen.members)))
    return " · ".join(parts) or t("All parties")


def _listed(names: Sequence[str]) -> list[str]:
    return [", ".join(names)] if names else []


def place(value: str) -> str:
    """Name a place to share to."""
    return Network(value).label


def tiers(t: Translator) -> list[tuple[str, str]]:
    """Name how much a mail may weigh."""
    return [
        (DataTier.FULL.value, t("everything")),
        (DataTier.LIGHT.value, t("light")),
        (DataTier.TEXT.value, t("text only")),
    ]


def rhythms(t: Translator) -> list[tuple[str, str]]:
    """Name how often somebody wants to be written to."""
    return [
        (Rhythm.EACH.value, t("each item")),
        (Rhythm.DAILY.value, t("one digest a day")),
        (Rhythm.WEEKLY.value, t("one digest a week")),
    ]
