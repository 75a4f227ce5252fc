"""A network like YouTube: channels, their uploads, what is counted of each, and the Data API with its quota."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sharebot.clock import Clock
from sharebot.sandbox.refusals import Refusal

KEY = "sandbox-key-of-no-value"
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Video:
    """One upload; `appeal` is how many people an hour watch it."""

    channel: str
    title: str
    description: str
    at: datetime
    appeal: int = 7


@dataclass(slots=True)
class YouTubeNetwork:
    """`page` is how many items one answer has at most; `used` counts units, of which there are `quota`."""

    clock: Clock
    page: int = _AT_ONCE
    quota: int = 10_000
    used: int = 0
    channels: dict[str, str] = field(default_factory=dict)
    videos: dict[str, Video] = field(default_factory=dict)

    def channel(self, handle: str) -> str:
        """Return the channel's id, opened on first use."""
        return self.channels.setdefault(handle, f"UC{len(self.channels) + 1:022}")

    def upload(self, channel: str, video_id: str, title: str, *, description: str = "", appeal: int = 7) -> str:
        """Publish a video; return its id. One that is there stays as it is."""
        self.videos.setdefault(video_id, Video(channel, title, description, self.clock.now(), appeal))
        return video_id

    def delete(self, video_id: str) -> None:
        """Take a video away."""
        self.videos.pop(video_id, None)

    def close(self, channel: str) -> None:
        """Let a channel be closed, with its videos."""
        self.channels = {handle: one for handle, one in self.channels.items() if one != channel}
        self.videos = {key: one for key, one in self.videos.items() if one.channel != channel}

    def rename(self, handle: str, *, to: str) -> None:
        """Give a channel another handle."""
        self.channels[to] = self.channels.pop(handle)

    def answer(self, method: str, query: Mapping[str, str], *, key: str | None) -> dict[str, Any]:
        """Answer one call, which costs a unit. Raises Refusal with the API's reason."""
        if key != KEY:
            raise Refusal(400, "API_KEY_INVALID")
        if self.used >= self.quota:
            raise Refusal(403, "quotaExceeded")
        self.used += 1
        match method:
            case "channels":
                return _list([self._channel(one, handle) for handle, one in self._wanted_channels(query)])
            case "playlistItems":
                return self._uploads(query)
            case "videos":
                wanted = query.get("id", "").split(",")[:_AT_ONCE]
                return _list([self._video(one) for one in wanted if one in self.videos])
        raise Refusal(404, "notFound")

    def _wanted_channels(self, query: Mapping[str, str]) -> list[tuple[str, str]]:
        if "forHandle" in query:
            name = query["forHandle"].removeprefix("@").lower()
            return [(handle, one) for handle, one in self.channels.items() if handle.lower() == name]
        wanted = query.get("id", "").split(",")[:_AT_ONCE]
        return [(handle, one) for handle, one in self.channels.items() if one in wanted]

    def _uploads(self, query: Mapping[str, str]) -> dict[str, Any]:
        channel = f"UC{query.get('playlistId', '')[2:]}"
        mine = [key for key, one in self.videos.items() if one.channel == channel]
        if not mine:
            raise Refusal(404, "playlistNotFound")
        mine.sort(key=lambda key: self.videos[key].at, reverse=True)
        start = int(query.get("pageToken", "0"))
        end = start + min(self.page, int(query.get("maxResults", "5")))
        more = {"nextPageToken": str(end)} if end < len(mine) else {}
        return _list([self._item(key) for key in mine[start:end]]) | more

    def _item(self, key: str) -> dict[str, Any]:
        details = {"videoId": key, "videoPublishedAt": _stamp(self.videos[key].at)}
        snippet = self._snippet(key) | {"videoOwnerChannelId": self.videos[key].channel}
        return {"kind": "youtube#playlistItem", "id": f"item-{key}", "snippet": snippet, "contentDetails": details}

    def _video(self, key: str) -> dict[str, Any]:
        one = self.videos[key]
        hours = int((self.clock.now() - one.at).total_seconds() // 3600)
        views = one.appeal * hours
        counts = {"viewCount": f"{views}", "likeCount": f"{views // 20}", "commentCount": f"{views // 90}"}
        return {"kind": "youtube#video", "id": key, "snippet": self._snippet(key), "statistics": counts}

    def _snippet(self, key: str) -> dict[str, Any]:
        one = self.videos[key]
        words = {"title": one.title, "description": one.description}
        return {"publishedAt": _stamp(one.at), "channelId": one.channel, **words}

    def _channel(self, channel: str, handle: str) -> dict[str, Any]:
        return {"kind": "youtube#channel", "id": channel, "snippet": {"title": handle, "customUrl": f"@{handle}"}}


def explain(refusal: Refusal) -> dict[str, Any]:
    """Return a refusal as the API writes it."""
    reason = {"reason": refusal.description, "domain": "youtube.sandbox"}
    error = {"code": refusal.code, "message": refusal.description, "errors": [reason], "details": [reason]}
    return {"error": error}


def _list(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"kind": "youtube#list", "pageInfo": {"totalResults": len(items)}, "items": items}


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
