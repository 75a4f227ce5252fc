"""RSS, Atom and RDF: what is taken of an item, what is dropped, and what staff are told."""

from datetime import UTC, datetime

import pytest

from sharebot.sources.feed_xml import parse_xml
from sharebot.values.feeds import Feed, FeedItem, Translation

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


def atom(entry: str, head: str = "") -> FeedItem:
    namespace = 'xmlns="http://www.w3.org/2005/Atom" xml:lang="fr-FR"'
    document = f"<feed {namespace}><title>Nouvelles</title>{head}<entry>{entry}</entry></feed>"
    return read(document).items[0]


def one(item: str) -> FeedItem:
    return rss(item).items[0]


def test_a_plain_item_is_read():
    item = one(
        "<guid isPermaLink='false'>77</guid><title>We met</title><link>https://alliance.example/met</link>"
        "<pubDate>Mon, 23 Nov 2026 09:00:00 +0200</pubDate><dc:language>es-ES</dc:language>"
        "<description>&lt;p&gt;In Quito.&lt;/p&gt;&lt;p&gt;All of us.&lt;/p&gt;</description>"
    )
    assert item == FeedItem(
        external_id="77",
        title="We met",
        text="In Quito.\n\nAll of us.",
        url="https://alliance.example/met",
        published_at=datetime(2026, 11, 23, 7, tzinfo=UTC),
        language="es",
    )


def test_the_longer_of_summary_and_content_is_the_text():
    item = one(
        "<title>A</title><description>Short.</description>"
        "<content:encoded><![CDATA[<p>Long.</p><p>Longer.</p>]]></content:encoded>"
    )
    assert item.text == "Long.\n\nLonger."


# Identity (F19) and order


@pytest.mark.parametrize(
    ("item", "identity"),
    [
        ("<guid>https://a.example/1</guid><link>https://a.example/x</link>", "https://a.example/1"),
        ("<guid isPermaLink='false'>tag:1</guid>", "tag:1"),
        ("<enclosure url='https://a.example/1.mp3' type='audio/mpeg'/><link>https://a.example/x</link>",
         "https://a.example/1.mp3"),
        ("<link>https://a.example/x</link>", "https://a.example/x"),
    ],
)  # fmt: skip
def test_an_item_is_known_by_the_best_it_has(item, identity):
    assert one(f"<title>A</title>{item}").external_id == identity


def test_an_item_with_nothing_but_words_is_known_by_them():
    first, again = one("<title>A</title>"), one("<title>A</title>")
    assert first.external_id.startswith("sha256:")
    assert first.external_id == again.external_id != one("<title>B</title>").external_id


def test_an_identity_does_not_change_when_the_feed_moves():
    document = b"<rss version='2.0'><channel><title>T</title><item><guid>123</guid></item></channel></rss>"
    here = parse_xml(document, url="https://old.example/feed", content_type="", now=NOW)
    there = parse_xml(document, url="https://new.example/rss", content_type="", now=NOW)
    assert here.items[0].external_id == there.items[0].external_id == "123"


def test_the_same_identity_twice_is_one_item():
    feed = rss("<guid>1</guid><title>First</title>", "<guid>1</guid><title>Second</title>", "<guid>2</guid>")
    assert [(item.external_id, item.title) for item in feed.items] == [("1", "First"), ("2", "Untitled")]


def test_items_come_newest_first_and_undated_ones_last():
    feed = rss(
        "<guid>old</guid><pubDate>Mon, 02 Nov 2026 08:00:00 GMT</pubDate>",
        "<guid>none</guid>",
        "<guid>new</guid><pubDate>Mon, 09 Nov 2026 08:00:00 GMT</pubDate>",
    )
    assert [item.external_id for item in feed.items] == ["new", "old", "none"]


# Titles and texts (F16, F31)


def test_an_item_without_a_title_takes_its_first_words():
    item = one("<description>One two three.</description>")
    assert (item.title, item.warnings) == ("One two three.", ("no title",))
    assert len(one(f"<description>{'word ' * 100}</description>").title) <= 80


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("Bread &amp; roses", "Bread & roses"),
        ("Bread &amp;amp; roses", "Bread & roses"),
        ("<![CDATA[Bread &#038; <b>roses</b>]]>", "Bread & roses"),
        ("L&amp;rsquo;&#233;t&#xE9;", "L’été"),
        ("5 &lt; 6", "5 < 6"),
        ("\n  Two\n   lines ", "Two lines"),
    ],
)
def test_a_title_is_plain_text_on_one_line(written, read_as):
    assert one(f"<title>{written}</title>").title == read_as


@pytest.mark.parametrize(
    "title", ["a\u202ebc", "a\u200bbc", "a\u2066bc", "a\ufeffbc", "\u200eabc", "abc\ue000", "&#x202e;abc"]
)
def test_hidden_characters_in_a_title_go_and_are_flagged(title):
    item = one(f"<title>{title}</title>")
    assert item.title == "abc"
    assert "hidden characters in the title" in item.warnings


def test_a_tower_of_combining_marks_is_cut_and_flagged():
    item = one("<title>z" + "\u0301" * 2000 + "algo</title>")
    assert len(item.title) < 12
    assert "hidden characters in the title" in item.warnings


@pytest.mark.parametrize("title", ["Việt Nam đổi mới", "नमस्ते दुनिया", "سلام دنیا", "👩‍🌾 land", "می‌خواهم"])
def test_marks_and_joiners_that_a_language_needs_stay(title):
    item = one(f"<title>{title}</title>")
    assert (item.title, item.warnings) == (title, ())


def test_scripts_and_styles_are_no_text():
    markup = "<style>p{}</style><p>Words</p><script>alert(1)</script><noscript>x</noscript><img src=x onerror=y>"
    assert one(f"<title>A</title><description><![CDATA[{markup}]]></description>").text == "Words"


def test_line_breaks_of_the_source_are_none_of_the_text():
    text = one("<title>A</title><description>One\n      two.\n\n   Three\n four.</description>").text
    assert text == "One two.\n\nThree four."
    text = one("<title>A</title><description><![CDATA[<p>One\ntwo</p>\n\n<p>Three<br>four</p>]]></description>").text
    assert text == "One two\n\nThree\nfour"


# Dates (F21)


@pytest.mark.parametrize(
    "written",
    [
        "Mon, 23 Nov 2026 08:00:00 GMT", "2026-11-23T08:00:00Z", "2026-11-23T09:00:00+01:00",
        "Seg, 23 Nov 2026 05:00:00 -0300", "lun, 23 nov. 2026 09:00:00 +0100", "23 novembre 2026 08:00",
        "Monday, November 23, 2026 08:00 AM",
    ],
)  # fmt: skip
def test_dates_are_read_as_publishers_write_them(written):
    item = one(f"<title>A</title><pubDate>{written}</pubDate>")
    assert item.published_at == datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "warning"),
    [
        ("Thu, 01 Jan 1970 00:00:00 GMT", "unlikely date 1970-01-01 dropped"),
        ("Thu, 01 Jan 2099 00:00:00 GMT", "unlikely date 2099-01-01 dropped"),
        ("yesterday", "date not readable"),
    ],
)
def test_a_date_that_cannot_be_true_is_dropped_with_a_warning(written, warning):
    item = one(f"<title>A</title><pubDate>{written}</pubDate>")
    assert (item.published_at, item.warnings) == (None, (warning,))


# Links (F22, F24, O4)


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://a@b.example/",
        "https://a.example\\@b/",
        "https://a b.example/",
        "https://a%20b.example/",
        "tg://resolve?domain=alliance",
    ],
)
def test_a_link_that_is_no_web_address_is_dropped_and_the_item_kept(link):
    item = one(f"<guid isPermaLink='false'>1</guid><title>A</title><link>{link}</link>")
    assert (item.title, item.url, item.warnings) == ("A", None, ("link dropped: not a web address",))


def test_a_relative_link_is_resolved():
    assert one("<title>A</title><link>/story</link>").url == "https://alliance.example/story"
    assert rss("<title>A</title><link>/story</link>", head="").items[0].url == "https://alliance.example/story"


def test_an_identity_that_is_no_address_makes_no_link():
    item = one("<guid>12345</guid><title>A</title>")
    assert (item.url, item.warnings) == (None, ())


def test_an_identity_that_is_an_address_is_the_link():
    assert one("<guid>https://a.example/1</guid><title>A</title>").url == "https://a.example/1"


# Languages and translations


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("pt-BR", "pt"),
        ("EN_us", "en"),
        ("el", "el"),
        ("zh-Hant-TW", "zh"),
        ("Hindi", None),
        ("", None),
        ("und", None),
    ],
)
def test_a_language_is_its_primary_code(code, language):
    assert rss("<title>A</title>", head=f"<title>N</title><language>{code}</language>").language == language


def test_an_entry_may_speak_another_language_than_its_feed():
    assert atom("<id>1</id><title>Un</title>").language == "fr"
    assert atom("<id>1</id><title xml:lang='pt-BR'>Um</title>").language == "pt"


def test_atom_links_in_other_languages_are_translations():
    item = atom(
        "<id>1</id><title>Un</title><link rel='alternate' href='https://a.example/fr/1'/>"
        "<link rel='alternate' hreflang='es' href='https://a.example/es/1'/>"
        "<link rel='alternate' hreflang='en-GB' href='/en/1'/><link rel='self' hreflang='de' href='/x'/>"
    )
    assert item.url == "https://a.example/fr/1"
    assert item.translations == (
        Translation("es", "https://a.example/es/1"),
        Translation("en", "https://alliance.example/en/1"),
    )


# Encodings (F17)


def test_the_declared_encoding_counts():
    declaration = '<?xml version="1.0" encoding="iso-8859-7"?>'
    document = f"{declaration}<rss version='2.0'><channel><title>Νέα</title></channel></rss>"
    assert read(document.encode("iso-8859-7")).title == "Νέα"


def test_an_encoding_named_by_the_server_is_used():
    document = "<rss version='2.0'><channel><title>Notícias</title></channel></rss>".encode("latin-1")
    assert read(document, "application/rss+xml; charset=iso-8859-1").title == "Notícias"


def test_white_space_before_the_declaration_does_no_harm():
    document = "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel><title>T</title></channel></rss>"
    feed = read(f"\n\n{document}")
    assert (feed.title, feed.warnings) == ("T", ())
