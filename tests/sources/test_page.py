"""What a page says of itself: OpenGraph, Twitter cards, JSON-LD, plain HTML, oEmbed."""

import json
from datetime import UTC, datetime

import pytest

from sharebot.errors import PermanentError, TemporaryError
from sharebot.sources.discovery import read_page
from sharebot.sources.page_html import parse_page
from sharebot.values.feeds import Media, Page, Translation
from sharebot.values.status import AssetKind, ContentKind
from tests.sources.site import Reply

URL = "https://alliance.example/stories/1"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def read(head: str, *, lang: str = "en", url: str = URL, content_type: str = "text/html; charset=utf-8") -> Page:
    document = f"<!DOCTYPE html><html lang='{lang}'><head>{head}</head><body><p>Body</p></body></html>"
    return parse_page(document.encode(), url=url, content_type=content_type)


def meta(**values: str) -> str:
    """Tags whose names are the keys, their underscores read as colons: og_image_width."""
    tags = {name.replace("_", ":"): value for name, value in values.items()}
    return "".join(f'<meta property="{name}" content="{value}">' for name, value in tags.items())


def block(**data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def test_opengraph_is_read_first():
    page = read(
        "<title>Site | We met</title><meta name='description' content='Plain'>"
        + meta(
            og_title="We met &amp; spoke",
            og_description="In Quito.",
            og_url="https://alliance.example/met",
            og_locale="es_EC",
            og_image="/met.jpg",
            og_image_width="1200",
            og_image_height="630",
            og_image_alt="Forty people",
            datepublished="2026-11-23T09:00:00+02:00",
        )
    )
    assert page == Page(
        url="https://alliance.example/met",
        title="We met & spoke",
        text="In Quito.",
        language="es",
        published_at=datetime(2026, 11, 23, 7, tzinfo=UTC),
        media=(
            Media(
                AssetKind.PICTURE,
                "https://alliance.example/met.jpg",
                width=1200,
                height=630,
                alt="Forty people",
            ),
        ),
    )


def test_twitter_cards_stand_in():
    head = "<meta name='twitter:title' content='T'><meta name='twitter:image' content='https://a.example/t.jpg'>"
    page = read(head)
    assert (page.title, page.media[0].url) == ("T", "https://a.example/t.jpg")


def test_plain_html_is_enough():
    page = read("<title>\n  A  title </title><meta name='description' content='Words'>", lang="pt-BR")
    assert (page.title, page.text, page.language, page.media) == ("A title", "Words", "pt", ())


@pytest.mark.parametrize(
    ("url", "head", "kind"),
    [
        (URL, meta(og_type="article"), ContentKind.POST),
        (URL, meta(og_type="video.other"), ContentKind.VIDEO),
        (URL, meta(og_type="music.song"), ContentKind.EPISODE),
        (URL, meta(og_audio="https://a.example/1.mp3"), ContentKind.EPISODE),
        (URL, block(**{"@type": "PodcastEpisode"}), ContentKind.EPISODE),
        (URL, block(**{"@type": ["VideoObject"]}), ContentKind.VIDEO),
        ("https://www.youtube.com/watch?v=1", "", ContentKind.VIDEO),
        ("https://youtu.be/1", "", ContentKind.VIDEO),
        ("https://vimeo.com/1", "", ContentKind.VIDEO),
        ("https://notyoutube.com/1", "", ContentKind.POST),
    ],
)
def test_the_kind_is_recognised(url, head, kind):
    assert read(f"<title>T</title>{head}", url=url).kind is kind


def test_a_sound_or_video_file_is_kept_and_a_player_page_is_not():
    head = meta(og_audio="/1.mp3", og_video="https://player.example/embed/1", og_video_type="text/html")
    assert read(f"<title>T</title>{head}").media == (Media(AssetKind.AUDIO, "https://alliance.example/1.mp3"),)


def test_json_ld_fills_what_is_missing():
    story = {
        "@type": "NewsArticle",
        "headline": "From the graph",
        "description": "Words",
        "datePublished": "2026-11-23T08:00:00Z",
        "image": [{"@type": "ImageObject", "url": "/ld.jpg"}],
        "inLanguage": "fr-FR",
    }
    page = read(block(**{"@graph": [{"@type": "WebSite", "name": "Site"}, story]}), lang="")
    assert (page.title, page.text, page.language) == ("From the graph", "Words", "fr")
    assert page.published_at == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert page.media[0].url == "https://alliance.example/ld.jpg"


@pytest.mark.parametrize("broken", ["{", "[" * 20_000, "3", "null", '{"@graph": 3}', '[[], {"@type": {"a": 1}}]'])
def test_broken_json_ld_does_no_harm(broken):
    assert read(f"<title>T</title><script type='application/ld+json'>{broken}</script>").title == "T"


def test_links_to_other_languages_are_translations():
    page = read(
        "<title>T</title><link rel='alternate' hreflang='fr' href='/fr/1'>"
        "<link rel='alternate' hreflang='x-default' href='/'>"
        "<link rel='alternate' hreflang='es' href='javascript:x'>"
    )
    assert page.translations == (Translation("fr", "https://alliance.example/fr/1"),)


def test_an_address_on_another_host_is_not_believed():
    assert read("<title>T</title>" + meta(og_url="https://evil.example/")).url == URL


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:image/png;base64,AAAA", "file:///etc/passwd"])
def test_a_dangerous_picture_is_dropped(link):
    assert read("<title>T</title>" + meta(og_image=link)).media == ()


def test_hidden_characters_in_a_title_are_flagged():
    page = read(meta(og_title="safe\u202egpj.exe"))
    assert (page.title, page.warnings) == ("safegpj.exe", ("hidden characters in the title",))


@pytest.mark.parametrize(
    ("declared", "inside"),
    [("text/html; charset=iso-8859-7", ""), ("text/html", "<meta charset='iso-8859-7'>"),
     ("text/html", "<meta http-equiv='Content-Type' content='text/html; charset=iso-8859-7'>")],
)  # fmt: skip
def test_the_declared_encoding_counts(declared, inside):
    document = f"<html><head>{inside}<title>Νέα</title></head></html>".encode("iso-8859-7")
    assert parse_page(document, url=URL, content_type=declared).title == "Νέα"


@pytest.mark.parametrize("charset", ["nonsense", "base64", "\0", "utf-8\udcff"])
async def test_an_encoding_that_does_not_exist_does_no_harm(parsers, charset):
    try:
        page = await parsers.parse_page(b"<title>T</title>", url=URL, content_type=f"text/html; charset={charset}")
        assert page.title == "T"
    except PermanentError as error:
        assert str(error).startswith("cannot be parsed")


@pytest.mark.parametrize(
    "body",
    [b"<title>T</title>" + b"<![x" * 1000, b"<title>T</title><!DOCTYPE [<!", b"<title>T</title>" + b"<a " * 50_000,
     b"<title>T</title>" + b"<!--" * 50_000, b"<title>T</title>" + b"<script>" * 50_000],
)  # fmt: skip
async def test_broken_html_ends_in_a_page_or_a_refusal(parsers, body):
    try:
        assert (await parsers.parse_page(body, url=URL, content_type="text/html")).title == "T"
    except PermanentError as error:
        assert str(error).startswith(("cannot be parsed", "parser time limit"))


@pytest.mark.parametrize(
    ("body", "why"),
    [(b"%PDF-1.7 words", "not a web page (application/pdf)"), (b"<p>Words</p>", "the page has no title")],
)
def test_what_is_no_page_is_refused(body, why):
    with pytest.raises(PermanentError) as caught:
        parse_page(body, url=URL, content_type="application/pdf")
    assert str(caught.value) == why


# Over http, with oEmbed


async def test_oembed_names_the_picture_and_the_kind_that_the_page_does_not(site, fetcher, parsers):
    link = "<link rel='alternate' type='application/json+oembed' href='/oembed?u=1&amp;f=json'>"
    site.pages["/p"] = Reply(f"<title>T</title>{link}".encode(), headers=HTML)
    answer = {"type": "video", "thumbnail_url": "https://a.example/t.jpg", "thumbnail_width": 480}
    site.pages["/oembed?u=1&f=json"] = Reply(json.dumps(answer).encode())
    page = await read_page(site.url("/p"), fetcher=fetcher, parsers=parsers)
    assert page.kind is ContentKind.VIDEO
    assert page.media == (Media(AssetKind.PICTURE, "https://a.example/t.jpg", width=480),)


@pytest.mark.parametrize(
    "reply", [Reply(status=404), *(Reply(body) for body in (b"{", b"[]", b"[" * 90_000, b'{"type": 3}'))]
)
async def test_an_oembed_answer_that_is_none_changes_nothing(site, fetcher, parsers, reply):
    link = "<link type='application/json+oembed' href='/oembed'>"
    site.pages["/p"] = Reply(f"<title>T</title>{link}".encode(), headers=HTML)
    site.pages["/oembed"] = reply
    page = await read_page(site.url("/p"), fetcher=fetcher, parsers=parsers)
    assert (page.title, page.media, page.kind) == ("T", (), ContentKind.POST)


async def test_an_oembed_address_is_checked_like_any_other(site, fetcher, parsers):
    link = "<link type='application/json+oembed' href='https://localhost/oembed'>"
    site.pages["/p"] = Reply(f"<title>T</title>{link}".encode(), headers=HTML)
    assert (await read_page(site.url("/p"), fetcher=fetcher, parsers=parsers)).title == "T"


@pytest.mark.parametrize(("status", "error"), [(404, PermanentError), (410, PermanentError), (503, TemporaryError)])
async def test_a_page_that_is_not_there_is_said_so(site, fetcher, parsers, status, error):
    site.pages["/p"] = Reply(status=status)
    with pytest.raises(error, match=str(status)):
        await read_page(site.url("/p"), fetcher=fetcher, parsers=parsers)
