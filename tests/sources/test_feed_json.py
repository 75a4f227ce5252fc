"""JSON Feed, versions 1 and 1.1."""

import json
from datetime import UTC, datetime

import pytest

from sharebot.errors import PermanentError
from sharebot.sources.feed_json import parse_json
from sharebot.values.feeds import Feed, FeedItem, Media
from sharebot.values.status import AssetKind, ContentKind, SourceKind

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
VERSION = "https://jsonfeed.org/version/1.1"


def read(*items: object, **head: object) -> Feed:
    document = {
        "version": VERSION,
        "title": "News",
        "home_page_url": "https://a.example/",
        "items": items,
        **head,
    }
    return parse_json(json.dumps(document).encode(), url="https://a.example/feed.json", now=NOW)


def test_an_item_is_read():
    feed = read(
        {
            "id": "1",
            "url": "/one",
            "title": "One &amp; all",
            "content_html": "<p>Words.</p><p>More.</p>",
            "image": "https://a.example/1.jpg",
            "date_published": "2026-11-23T09:00:00+02:00",
            "language": "es-MX",
        },
        language="en",
    )
    assert (feed.title, feed.kind, feed.language, feed.home_url) == (
        "News",
        SourceKind.FEED,
        "en",
        "https://a.example/",
    )
    assert feed.items == (
        FeedItem(
            external_id="1",
            title="One & all",
            text="Words.\n\nMore.",
            url="https://a.example/one",
            published_at=datetime(2026, 11, 23, 7, tzinfo=UTC),
            language="es",
            media=(Media(AssetKind.PICTURE, "https://a.example/1.jpg"),),
        ),
    )


def test_plain_text_keeps_its_lines_and_signs():
    assert read({"id": "1", "content_text": "One\nTwo <three> & four"}).items[0].text == "One\nTwo <three> & four"


def test_sound_makes_an_episode_and_a_podcast():
    sound = {
        "url": "https://a.example/1.mp3",
        "mime_type": "audio/mpeg",
        "size_in_bytes": 9000,
        "duration_in_seconds": 61,
    }
    feed = read({"id": "1", "title": "A", "attachments": [sound]})
    assert feed.kind is SourceKind.PODCAST
    assert feed.items[0].kind is ContentKind.EPISODE
    assert feed.items[0].media == (Media(AssetKind.AUDIO, "https://a.example/1.mp3", "audio/mpeg", 9000, 61),)


@pytest.mark.parametrize("item", [{"id": 7}, {"id": "7", "title": None}, {"id": "7", "attachments": "no", "image": 3}])
def test_what_is_missing_or_of_another_type_is_left_out(item):
    item = read(item).items[0]
    assert (item.external_id, item.title, item.media) == ("7", "Untitled", ())


def test_an_item_without_identity_or_link_is_left_out():
    assert read({"title": "A"}, "no item", 3, None).items == ()


def test_the_same_identity_twice_is_one_item():
    assert [item.title for item in read({"id": "1", "title": "A"}, {"id": "1", "title": "B"}).items] == ["A"]


def test_the_newest_200_are_kept():
    items = [{"id": str(n), "date_published": f"2026-01-01T{n // 60:02}:{n % 60:02}:00Z"} for n in range(500)]
    feed = read(*items)
    assert (len(feed.items), feed.items[0].external_id) == (200, "499")
    assert feed.warnings == ("only the 200 newest items were read",)


@pytest.mark.parametrize(
    ("date", "warnings"),
    [
        ("1970-01-01T00:00:00Z", 1),
        ("2099-01-01T00:00:00Z", 1),
        ("yesterday", 0),
        ("0001-01-01T00:00:00+14:00", 0),
    ],
)
def test_a_date_that_cannot_be_true_is_none(date, warnings):
    item = read({"id": "1", "title": "A", "date_published": date}).items[0]
    assert item.published_at is None
    assert len(item.warnings) == warnings


def test_a_dangerous_link_is_dropped_with_a_warning():
    item = read({"id": "1", "title": "A", "url": "javascript:alert(1)"}).items[0]
    assert (item.url, item.warnings) == (None, ("link dropped: not a web address",))


def test_half_a_surrogate_pair_does_not_reach_the_database():
    item = read({"id": "\ud800", "title": "A\ud800", "content_html": "<p>\udfff</p>"}).items[0]
    assert "".join([item.external_id, item.title, item.text]).encode()


@pytest.mark.parametrize("items", [None, 3, {"id": "1"}])
def test_a_list_that_is_none_is_an_empty_feed(items):
    document = json.dumps({"version": VERSION, "items": items}).encode()
    assert parse_json(document, url="https://a.example/", now=NOW).items == ()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "not a feed (JSON that cannot be read)"),
        (b"[" * 100_000, "not a feed (JSON that cannot be read)"),
        (b"{}", "not a feed (JSON without a JSON Feed version)"),
        (b"[]", "not a feed (JSON without a JSON Feed version)"),
        (b'{"version": 1, "items": []}', "not a feed (JSON without a JSON Feed version)"),
    ],
)
def test_what_is_no_json_feed_is_refused(body, why):
    with pytest.raises(PermanentError) as caught:
        parse_json(body, url="https://a.example/", now=NOW)
    assert str(caught.value) == why
