"""Read the Data API's resources into posts and counts, trusting nothing in them."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeGuard

from sharebot.values.posts import Counts, Post
from sharebot.values.status import Network

MAX_TEXT = 5100  # a title of 100 and a description of 5,000 characters
_MAX_LINKS = 50
_MAX_COUNT = 2**31 - 1
_VIDEO = re.compile(r"[A-Za-z0-9_-]{11}", re.ASCII)
_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}", re.ASCII)
_LINK = re.compile(r"https?://[^\s<>\"']{1,2000}")
_TAG = re.compile(r"#([^\W_][\w]{0,99})")


def is_video_id(value: object) -> TypeGuard[str]:
    """Whether `value` is the id of a video."""
    return isinstance(value, str) and _VIDEO.fullmatch(value) is not None


def is_channel_id(value: object) -> TypeGuard[str]:
    """Whether `value` is the id of a channel."""
    return isinstance(value, str) and _CHANNEL.fullmatch(value) is not None


def uploads_of(channel: str) -> str:
    """Return the id of the list of a channel's uploads."""
    return f"UU{channel[2:]}"


def read_upload(item: Mapping[str, Any], channel: str) -> Post | None:
    """Return one item of a channel's uploads; None when it is damaged, private, or another channel's."""
    details, snippet = _dict(item.get("contentDetails")), _dict(item.get("snippet"))
    video = details.get("videoId")
    owner = snippet.get("videoOwnerChannelId", channel)
    if not is_video_id(video) or owner != channel:
        return None
    at = _instant(details.get("videoPublishedAt") or snippet.get("publishedAt"))
    return _post(video, channel, snippet, at)


def read_video(item: Mapping[str, Any]) -> Post | None:
    """Return one video of anybody; None when it is damaged."""
    snippet = _dict(item.get("snippet"))
    video, channel = item.get("id"), snippet.get("channelId")
    if not is_video_id(video) or not is_channel_id(channel):
        return None
    return _post(video, channel, snippet, _instant(snippet.get("publishedAt")))


def read_counts(item: Mapping[str, Any]) -> Counts:
    """Return what is counted of a video; what its channel hides is None."""
    told = _dict(item.get("statistics"))
    return Counts(
        replies=_number(told.get("commentCount"), most=_MAX_COUNT),
        likes=_number(told.get("likeCount"), most=_MAX_COUNT),
        views=_number(told.get("viewCount")),
    )


def handle_of(channel: Mapping[str, Any]) -> str | None:
    """Return the handle of a channel without its "@", or None."""
    told = _dict(channel.get("snippet")).get("customUrl")
    return told.removeprefix("@").lower()[:100] or None if isinstance(told, str) and told.isprintable() else None


def _post(video: str, channel: str, snippet: dict[str, Any], at: datetime | None) -> Post:
    texts = [text for name in ("title", "description") if isinstance(text := snippet.get(name), str)]
    text = "\n".join(texts)[:MAX_TEXT]
    return Post(
        network=Network.YOUTUBE,
        external_id=video,
        author_id=channel,
        at=at,
        url=f"https://www.youtube.com/watch?v={video}",
        links=tuple(dict.fromkeys(_LINK.findall(text)))[:_MAX_LINKS],
        text=text,
        hashtags=tuple(dict.fromkeys(_TAG.findall(text)))[:_MAX_LINKS],
    )


def _number(value: object, *, most: int = 10**15) -> int | None:
    """Return a count, `most` at most; the API writes them as text."""
    text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
