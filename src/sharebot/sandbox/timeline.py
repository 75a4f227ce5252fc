"""What a person sees on each network of the sandbox, newest first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

from sharebot.sandbox.world import Sandbox


@dataclass(frozen=True, slots=True)
class Entry:
    """One post as its page shows it; `quotes` is whose post it quotes."""

    author: str
    at: datetime
    text: str
    link: str | None = None
    quotes: str | None = None
    repeated_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """One network's posts."""

    name: str
    label: str
    posts: tuple[Entry, ...]


def list_timelines(sandbox: Sandbox) -> list[Timeline]:
    """Return all networks that parties post on."""
    read = {
        "bluesky": ("Bluesky", _bluesky(sandbox)),
        "x": ("X", _x(sandbox)),
        "mastodon": ("Mastodon", _mastodon(sandbox)),
        "telegram": ("Telegram channels", _telegram(sandbox)),
        "youtube": ("YouTube", _youtube(sandbox)),
        "websites": ("Websites", _websites(sandbox)),
    }
    return [
        Timeline(name, label, tuple(sorted(posts, key=lambda one: one.at, reverse=True)))
        for name, (label, posts) in read.items()
    ]


def _bluesky(sandbox: Sandbox) -> Iterator[Entry]:
    network = sandbox.bluesky
    names = {did: handle for handle, did in network.accounts.items()}
    for post in network.posts.values():
        quoted = network.posts.get(post.quotes or "")
        quotes = _quoted(post.quotes, names.get(quoted.did) if quoted else None)
        by = tuple(names.get(one.did, one.did) for one in network.reposts if one.uri == post.uri)
        yield Entry(names.get(post.did, post.did), post.at, post.text, post.link, quotes, by)


def _x(sandbox: Sandbox) -> Iterator[Entry]:
    network = sandbox.x
    for post in network.posts.values():
        quoted = network.posts.get(post.quotes or "")
        by = tuple(network.accounts[author].handle for author in network.reposts.get(post.id, {}))
        link = post.links[0] if post.links and not quoted else None
        quotes = _quoted(post.quotes, network.accounts[quoted.author].handle if quoted else None)
        yield Entry(network.accounts[post.author].handle, post.at, post.text, link, quotes, by)


def _mastodon(sandbox: Sandbox) -> Iterator[Entry]:
    toots = sandbox.mastodon.toots
    for toot in toots.values():
        if toot.boosts:
            continue
        quoted = toots.get(toot.quotes or "")
        by = tuple(_name(one.actor.name, one.actor.server) for one in toots.values() if one.boosts == toot.uri)
        text = unescape(re.sub(r"<a\b.*?</a>|<[^>]+>", "", toot.html)).strip()
        quotes = _quoted(toot.quotes, _name(quoted.actor.name, quoted.actor.server) if quoted else None)
        yield Entry(_name(toot.actor.name, toot.actor.server), toot.at, text, toot.link, quotes, by)


def _telegram(sandbox: Sandbox) -> Iterator[Entry]:
    for channel in sandbox.telegram.channels.values():
        for shown in channel.messages:
            at = datetime.fromtimestamp(shown.at, UTC)
            yield Entry(f"@{channel.username}", at, shown.words.text)


def _youtube(sandbox: Sandbox) -> Iterator[Entry]:
    names = {channel: handle for handle, channel in sandbox.youtube.channels.items()}
    for video_id, video in sandbox.youtube.videos.items():
        link = f"https://www.youtube.com/watch?v={video_id}"
        yield Entry(names.get(video.channel, video.channel), video.at, video.title, link)


def _websites(sandbox: Sandbox) -> Iterator[Entry]:
    for code, article, address in sandbox.party_sites.list_articles():
        yield Entry(code, article.at, article.title, address)


def _quoted(post: str | None, author: str | None) -> str | None:
    return author or ("a deleted post" if post else None)


def _name(name: str, server: str) -> str:
    return f"{name}@{server}"
