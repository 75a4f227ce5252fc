"""Write feeds and pages as publishers do: Atom with languages, a video channel, a podcast."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from html import escape

from sharebot.sandbox.world import Sandbox


@dataclass(frozen=True, slots=True)
class Story:
    """One thing to publish: titles and texts by language. `kind` is post, video or episode."""

    code: str
    kind: str
    titles: dict[str, str]
    texts: dict[str, str]
    at: datetime
    picture: str = "/img/cover.png"
    seconds: int = 0
    tags: tuple[str, ...] = field(default=())


def publish(sandbox: Sandbox, stories: Sequence[Story], *, organisation: str) -> None:
    """Publish all `stories` that are out by now: their pages, and the three feeds anew."""
    out = sorted((one for one in stories if one.at <= sandbox.clock.now()), key=lambda one: one.at, reverse=True)
    for story in out:
        _publish_pages(sandbox, story)
    base = f"{sandbox.base_url}/site"
    posts, videos, episodes = ([one for one in out if one.kind == kind] for kind in ("post", "video", "episode"))
    sandbox.sites.publish("/feed.xml", _atom(base, posts, organisation), "application/atom+xml")
    sandbox.sites.publish("/videos.xml", _youtube(base, videos, organisation), "application/atom+xml")
    sandbox.sites.publish("/podcast.xml", _podcast(base, episodes, organisation), "application/rss+xml")


def address_of(base: str, story: Story, language: str) -> str:
    """Return where a story stands in one language."""
    if story.kind == "video":
        return f"https://www.youtube.com/watch?v={story.code:_<11}"[:43]
    return f"{base}/{language}/{story.code}"


def _publish_pages(sandbox: Sandbox, story: Story) -> None:
    base = f"{sandbox.base_url}/site"
    for language, title in story.titles.items():
        others = "".join(
            f'<link rel="alternate" hreflang="{code}" href="{address_of(base, story, code)}">' for code in story.titles
        )
        page = (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
            f'<meta property="og:title" content="{escape(title)}">'
            f'<meta property="og:description" content="{escape(story.texts[language])}">'
            f'<meta property="og:image" content="{base}{story.picture}">{others}</head>'
            f"<body><h1>{escape(title)}</h1><p>{escape(story.texts[language])}</p></body></html>"
        )
        sandbox.sites.publish(f"/{language}/{story.code}", page, "text/html; charset=utf-8")


def _atom(base: str, stories: Sequence[Story], organisation: str) -> str:
    entries = "".join(_entry(base, story, language) for story in stories for language in story.titles)
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
        f"<title>{escape(organisation)}</title><id>{base}/</id>"
        f'<link rel="alternate" href="{base}/"/><link rel="self" href="{base}/feed.xml"/>{entries}</feed>'
    )


def _entry(base: str, story: Story, language: str) -> str:
    others = "".join(
        f'<link rel="alternate" hreflang="{code}" href="{address_of(base, story, code)}"/>'
        for code in story.titles
        if code != language
    )
    body = f'<p><img src="{base}{story.picture}" alt=""></p><p>{escape(story.texts[language])}</p>'
    return (
        f'<entry xml:lang="{language}"><id>tag:site,2026:{story.code}-{language}</id>'
        f"<title>{escape(story.titles[language])}</title>"
        f'<link rel="alternate" href="{address_of(base, story, language)}"/>{others}'
        f"<published>{story.at.isoformat()}</published><updated>{story.at.isoformat()}</updated>"
        f'<content type="html">{escape(body)}</content></entry>'
    )


def _youtube(base: str, stories: Sequence[Story], organisation: str) -> str:
    entries = ""
    for story in stories:
        language = next(iter(story.titles))
        address = address_of(base, story, language)
        entries += (
            f'<entry xml:lang="{language}"><id>yt:video:{story.code}</id><yt:videoId>{story.code}</yt:videoId>'
            f'<title>{escape(story.titles[language])}</title><link rel="alternate" href="{address}"/>'
            f"<published>{story.at.isoformat()}</published><media:group>"
            f'<media:thumbnail url="{base}{story.picture}" width="640" height="360"/>'
            f"<media:description>{escape(story.texts[language])}</media:description></media:group></entry>"
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/">'
        f"<title>{escape(organisation)} TV</title>"
        '<link rel="alternate" href="https://www.youtube.com/channel/UCinventedinventedinvent"/>'
        f"<yt:channelId>UCinventedinventedinvent</yt:channelId>{entries}</feed>"
    )


def _podcast(base: str, stories: Sequence[Story], organisation: str) -> str:
    items = ""
    for story in stories:
        language = next(iter(story.titles))
        items += (
            f'<item><guid isPermaLink="false">{story.code}</guid><title>{escape(story.titles[language])}</title>'
            f"<link>{address_of(base, story, language)}</link>"
            f"<description>{escape(story.texts[language])}</description>"
            f"<pubDate>{format_datetime(story.at)}</pubDate>"
            f'<enclosure url="{base}/audio/{story.code}.wav" length="{story.seconds * 8000 + 44}" type="audio/wav"/>'
            f"<itunes:duration>{story.seconds}</itunes:duration>"
            f'<itunes:image href="{base}{story.picture}"/></item>'
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>'
        f"<title>{escape(organisation)} on air</title><link>{base}/</link><language>fr</language>"
        f"<description>Conversations</description>{items}</channel></rss>"
    )
