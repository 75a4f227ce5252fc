"""Pictures, sounds and videos of RSS items, and the kinds of feeds they make."""

from datetime import UTC, datetime

import pytest

from sharebot.sources.feed_xml import parse_xml
from sharebot.values.feeds import Feed, FeedItem, Media
from sharebot.values.status import AssetKind, ContentKind, SourceKind

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
URL = "https://alliance.example/feeds/news.xml"
SPACES = (
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def read(document: str | bytes, content_type: str = "") -> Feed:
    body = document if isinstance(document, bytes) else document.encode()
    return parse_xml(body, url=URL, content_type=content_type, now=NOW)


def rss(*items: str, head: str = "<title>News</title><link>https://alliance.example/</link>") -> Feed:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return read(f'<rss version="2.0" {SPACES}><channel>{head}{inner}</channel></rss>')


def one(item: str) -> FeedItem:
    return rss(item).items[0]


def test_an_enclosure_gives_type_size_and_length():
    item = one(
        "<title>A</title><enclosure url='/1.mp3' type='audio/mpeg' length='43200000'/>"
        "<itunes:duration>1:02:03</itunes:duration><itunes:image href='/cover.jpg'/>"
    )
    sound, cover = item.media
    assert sound == Media(AssetKind.AUDIO, "https://alliance.example/1.mp3", "audio/mpeg", 43200000, 3723)
    assert cover == Media(AssetKind.PICTURE, "https://alliance.example/cover.jpg")


@pytest.mark.parametrize("length", ["-1", "0", "74", "9000000000", "big", "", "1e9", "٣٣٣٣٣", "9" * 5000])
def test_an_absurd_size_is_unknown(length):
    item = one(f"<title>A</title><enclosure url='https://a.example/1.mp3' type='audio/mpeg' length='{length}'/>")
    assert item.media[0].size_bytes is None


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("74", 74), ("1:14", 74), ("01:01:14", 3674), ("74.6", 74), ("0", None), ("-5", None),
     ("99:99:99:99", None),     ("9" * 400, None), ("soon", None), ("", None)],
)  # fmt: skip
def test_a_length_is_read_in_all_its_forms_or_not_at_all(duration, seconds):
    enclosure = "<enclosure url='https://a.example/1.mp3' type='audio/mpeg'/>"
    item = one(f"<title>A</title>{enclosure}<itunes:duration>{duration}</itunes:duration>")
    assert item.media[0].duration_s == seconds


def test_a_dangerous_enclosure_is_dropped():
    assert one("<title>A</title><enclosure url='file:///etc/passwd' type='audio/mpeg'/>").media == ()


def test_the_largest_of_several_sizes_comes_first():
    item = one(
        "<title>A</title><media:content url='https://a.example/s.jpg' width='140' medium='image'/>"
        "<media:content url='https://a.example/l.jpg' width='1200' height='630' medium='image'/>"
    )
    assert [media.width for media in item.media] == [1200, 140]


def test_without_any_other_picture_the_first_of_the_text_is_taken():
    markup = (
        "<img src='/pixel.gif' width='1' height='1'><p>Words</p>"
        '<img class="x" alt="A &amp; B" src="/a.jpg?x=1&amp;y=2"><img src="/b.jpg">'
    )
    item = one(f"<title>A</title><description><![CDATA[{markup}]]></description>")
    assert item.media == (Media(AssetKind.PICTURE, "https://alliance.example/a.jpg?x=1&y=2", alt="A & B"),)


def test_a_picture_in_the_text_does_not_displace_a_declared_one():
    item = one(
        "<title>A</title><media:thumbnail url='https://a.example/t.jpg' width='480' height='360'/>"
        "<description>&lt;img src='https://a.example/i.jpg'&gt;</description>"
    )
    assert item.media == (Media(AssetKind.PICTURE, "https://a.example/t.jpg", width=480, height=360),)


def test_a_video_makes_the_item_a_video():
    item = one("<title>A</title><media:content url='https://a.example/v.mp4' type='video/mp4' duration='61'/>")
    assert (item.kind, item.media[0].kind, item.media[0].duration_s) == (
        ContentKind.VIDEO,
        AssetKind.VIDEO,
        61,
    )


# Kinds of feeds


def test_sound_in_most_items_makes_a_podcast_and_its_cover_stands_in():
    sound = "<enclosure url='https://a.example/1.mp3' type='audio/mpeg'/>"
    feed = rss(f"<title>A</title>{sound}", head="<title>Pod</title><itunes:image href='https://a.example/c.jpg'/>")
    assert feed.kind is SourceKind.PODCAST
    assert feed.items[0].kind is ContentKind.EPISODE
    assert [media.url for media in feed.items[0].media] == [
        "https://a.example/1.mp3",
        "https://a.example/c.jpg",
    ]


def test_one_sound_among_many_posts_is_no_podcast():
    sound = "<enclosure url='https://a.example/1.mp3' type='audio/mpeg'/>"
    feed = rss(f"<title>A</title>{sound}", *(f"<guid>{n}</guid><title>B</title>" for n in range(5)))
    assert feed.kind is SourceKind.FEED


def test_a_live_item_is_not_taken_for_the_podcast_itself():
    live = (
        '<podcast:liveItem xmlns:podcast="https://podcastindex.org/namespace/1.0"><title>Live now</title>'
        "<link>https://a.example/live</link></podcast:liveItem>"
    )
    feed = rss("<title>A</title>", head=f"<title>Pod</title><link>https://a.example/</link>{live}")
    assert (feed.title, feed.home_url, len(feed.items)) == ("Pod", "https://a.example/", 1)
