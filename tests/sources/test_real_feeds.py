"""What is read of every file in the shared folder of real feeds, as a person reading the file would say it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sharebot.errors import PermanentError
from sharebot.values.feeds import FeedItem, Media
from sharebot.values.status import AssetKind, ContentKind, SourceKind

FOLDER = Path(__file__).parents[3] / "shared" / "feeds"
FEED, YOUTUBE, PODCAST = SourceKind.FEED, SourceKind.YOUTUBE, SourceKind.PODCAST
POST, VIDEO, EPISODE = ContentKind.POST, ContentKind.VIDEO, ContentKind.EPISODE
GUIM = "https://i.guim.co.uk/img/media/0d6c52afb7da2e8f0d0cae3cbd7522180069cb62/118_872_4539_2723/master/4539.jpg"
FDA = "http://www.fda.gov/safety/recalls-market-withdrawals-safety-alerts/vivimed-life-sciences-pvt-ltd-issues-"
TRANSFERMARKT = "http://www.transfermarkt.de/eberl-lobt-bvb-fur-pulisic-deal-ndash-hudson-odoi-kostet-bdquo-fast-so-"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared folder of real feeds is not here")


@dataclass(frozen=True)
class Read:
    """The feed, then its newest item. `file` is (address, bytes, seconds) of what can be played."""

    feed: str
    kind: SourceKind
    items: int
    title: str
    text: str  # the first words
    url: str | None
    date: datetime | None
    language: str | None
    picture: str | None = None
    file: tuple[str, int | None, int | None] | None = None
    item_kind: ContentKind = POST
    warnings: tuple[str, ...] = ()


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


READ = {
    "odd-malformed.xml": Read(  # white space before the XML declaration
        "Android Authority", FEED, 1,
        "Japan’s plans for 5G include 10 billion 14-digit phone numbers",
        "With 5G promising to bring billions of devices into the fold, Japan hopes to meet that demand by",
        "https://www.androidauthority.com/japan-phone-numbers-14-digits-5g-986823/",
        at(2019, 5, 15, 20, 48, 2), "en",
        "https://cdn57.androidauthority.net/wp-content/uploads/2019/02/Whats-next-with-5g--500x260.jpg",
    ),
    "odd-missing-fields.atom": Read(  # an identity, nothing else
        "example.org", FEED, 1, "Untitled", "", None, None, "en", warnings=("no title",),
    ),
    "odd-relative-url.xml": Read(  # Atom without its namespace, every link relative
        "Aurimas Liutikas", FEED, 1,
        "What The Distribution - What Is Inside Gradle Distribution Zips?", "When I saw this post",
        "https://example.org/2024/12/18/What-The-Distribution.html", at(2024, 12, 18), None,
    ),
    "odd-time.xml": Read(  # the date sits in an HTML tag inside pubDate
        "Drug Recalls", FEED, 1,
        "Vivimed Life Sciences Pvt Ltd Issues Voluntary Nationwide Recall of Losartan Potassium 25 mg, 50 mg and "
        "100 mg Tablets, USP Due to the Detection of Trace Amounts of N-Nitroso-N-methyl-4-aminobutyric acid "
        "(NMBA) Impurity",
        "Vivimed Life Sciences Pvt Ltd (Vivimed) is recalling 19 lots of Losartan Potassium Tablets USP 25 mg",
        FDA + "voluntary-nationwide-recall-losartan-potassium-25-mg-50-mg-and",
        at(2019, 5, 3, 19, 21, 28), "en",
    ),
    "podcast-giantbomb.rss": Read(
        "Giant Bombcast", PODCAST, 200, "Giant Bombcast 603: Call of Tuesday",
        "Video games! Ghost Recon Breakpoint, The Last of Us Part II, Code Vein, The Surge 2, Card of Darkness",
        "https://www.giantbomb.com/shows/603-call-of-tuesday/2970-19653/free-podcast",
        at(2019, 10, 1, 22, 30), "en",
        "https://giantbomb1.cbsistatic.com/uploads/original/0/30/3132120-mspac-marquee-full.jpg?20191008",
        ("https://dts.podtrac.com/redirect.mp3/www.giantbomb.com/podcasts/download/2823/"
         "603__Call_of_Tuesday-10-01-2019-6277737276.mp3", 105003355, 10475), EPISODE,
    ),
    "podcast-itunes-href.rss": Read(  # a news site's feed in spite of the file's name
        "Transfermarkt", FEED, 10,
        "Manager bewertet Transfers | Eberl lobt BVB für Pulisic-Deal – Hudson-Odoi kostet „fast so viel wie mein "
        "Kader“",
        "Max Eberl (Foto) hat dem BVB zum Transfererlös von Christian Pulisic (20) gratuliert.",
        TRANSFERMARKT + "viel-wie-mein-kader-ldquo-/view/news/326649?rss", at(2019, 1, 7, 16, 19, 19), "de",
    ),
    "podcast-itunes-season.xml": Read(
        "With Gourley And Rust", PODCAST, 1, "RASING CAIN",
        "The De Palma Paradox.\n\nWith Gourley And Rust bonus content on PATREON and merchandise on REDBUBBLE.",
        "https://www.patreon.com/withgourleyandrust", at(2022, 11, 4, 7, 0, 46), "en",
        "https://assets.pippa.io/shows/6217ecbc4b795a924efd3b6f/1666735987433-0c7f8a23c84a67257190c040b06b4490.jpeg",
        ("https://sphinx.acast.com/p/acast/s/with-gourley-and-rust/e/635861df5f0a000012334a6f/media.mp3",
         342725492, 8575), EPISODE,
    ),
    "podcast-namespace-example.xml": Read(  # a live item before the episodes, which is none of them
        "Podcasting 2.0 Namespace Example", PODCAST, 3, "Episode 3 - The Future",
        "A look into the future of podcasting and how we get to Podcasting 2.0!",
        "https://example.com/podcast/ep0003", at(2020, 10, 9, 4, 30, 38), "en",
        "https://example.com/ep0003/artMd.jpg", ("https://example.com/file-03.mp3", 43200000, None), EPISODE,
    ),
    "podcast-narro.rss": Read(  # the enclosure's length is the seconds, no size
        "foobar on Narro", PODCAST, 1, "FAQ for Narro",
        "Listen to your reading list anywhere. Narro will take your bookmarked articles and read them back to you "
        "as a podcast.\nhttp://www.narro.co/faq",
        "https://www.narro.co/article/54e703933058540300000069", at(2015, 2, 20, 9, 51, 15), "en",
        "http://example.com/someImage.jpg",
        ("https://s3.amazonaws.com/nareta-articles/audio/54d046c293f79c0300000003/"
         "7e2d2b00-a945-441a-f49b-063786a319a4.mp3", None, 74), EPISODE,
    ),
    "site-feedburner.atom": Read(  # the publisher's own link, not FeedBurner's
        "Google Ads Developer Blog", FEED, 25, "AdWords and DFP Java client library will soon require Java 7+",
        "After November 2016, all releases of the Google Ads API Java Client Library will only be compatible",
        "http://googleadsdeveloper.blogspot.com/2016/06/adwords-and-dfp-java-client-library.html",
        at(2016, 6, 3, 14, 38), None,
        "https://lh6.googleusercontent.com/OARJJ1a0J4Mw11dlC-Wl_OuLl2eKtEjhYQw8DiRxq19R_N38Vu5xICRd6D5WE66ibQklt5"
        "BWyquFuRLThvI6V067SGVhE-vW_5IiKq_G1tn8cDcZRAdHXE-8UegB_UryQ9dw5N7K",
    ),
    "site-greek.xml": Read(  # ISO-8859-7
        "Liberal - ΕΠΙΚΑΙΡΟΤΗΤΑ", FEED, 1, "«Πορτραίτα καραντίνας» για έμπνευση από τη συλλογή Φέλιου",
        "Η συνθήκη του αναγκαστικού εγκλεισμού οδήγησε τα μεγάλα μουσεία διεθνώς να βρουν νέους",
        "https://www.liberal.gr/news/portraita%2Dkarantinas%2Dgia%2Dempneusi%2Dapo%2Dti%2Dsullogi%2Dfeliou/298923",
        at(2020, 4, 24, 20, 3), "el", "http://www.liberal.gr/photos/646464564565.jpg",
    ),
    "site-guardian.rss": Read(  # two sizes of a picture: the larger one first
        "The Guardian", FEED, 55, "Tottenham Hotspur v Manchester United: Premier League – live!",
        "Latest updates from the 8pm kick-off at Wembley\n\nClockwatch: keep up with all tonight’s other matches",
        "https://www.theguardian.com/football/live/2018/jan/31/"
        "tottenham-hotspur-v-manchester-united-premier-league-live",
        at(2018, 1, 31, 20, 13, 54), "en",
        GUIM + "?w=460&q=55&auto=format&usm=12&fit=max&s=57c3d64f53205884064f89e493630b50",
    ),
    "site-heise.atom": Read(
        "heise developer neueste Meldungen", FEED, 15, "Java-Anwendungsserver: Red Hat gibt WildFly 10 frei",
        "Die nun verfügbare Version 10 des Enterprise-Java-Servers stellt die Basis für Red Hats kommerzielle",
        "http://www.heise.de/developer/meldung/Java-Anwendungsserver-Red-Hat-gibt-WildFly-10-frei-3088438.html"
        "?wt_mc=rss.developer.beitrag.atom",
        at(2016, 2, 1, 16, 22), None,
        "http://www.heise.de/scale/geometry/264/q80/imgs/18/1/7/3/9/9/2/1/"
        "wildfly-2bf4ffd2935e38b6-90200def80b152e9-5ba35d3770232d92.jpeg",
    ),
    "site-hindi.xml": Read(  # an American date without a zone, a language by name
        "Latest News चीन News18 हिंदी", FEED, 1,
        "कैसे फैला कोरोना वायरस, WHO की टीम करेगी चीनी अधिकारियों के साथ बैठक",
        "कोरोना वायरस की उत्पत्ति को लेकर विश्व स्वास्थ्य संगठन (WHO) के विशेषज्ञ शुक्रवार को चीन के वुहान (Wuhan)",
        "https://hindi.news18.com/news/world/"
        "who-experts-in-wuhan-probing-coronavirus-origins-meet-chinese-scientists-nodtg-3437941.html",
        at(2021, 1, 29, 16, 42), "hi", "https://images.news18.com/ibnkhabar/uploads/2021/01/who-team-1.jpg",
    ),
    "site-images-video.xml": Read(  # a picture and a video beside the text
        "Motor.ru", FEED, 1, "Kia сомневается в перспективах Stinger второго поколения",
        "Планируемый рестайлинг Kia Stinger окажется весьма масштабным, но появление второго поколения модели "
        "находится под большим вопросом.\n\nStinger позиционировался производителем",
        "https://motor.ru/news/kia-stinger-future-25-04-2020.htm", at(2020, 4, 25, 7), None,
        "https://motor.ru/imgs/2020/04/24/22/3883005/7e8815499c86633261719c7154c9fee6acb7d47b.jpg",
        ("https://motor.media.eagleplatform.com/index/player?record_id=1410861", None, None), VIDEO,
    ),
    "site-rdf.xml": Read(  # RSS 1.0
        "news.ORF.at", FEED, 1, "Kiew erneut Ziel russischer Drohnenangriffe",
        "The DistroWatch Weekly news feed is brought to you by", "https://orf.at/stories/3380633/",
        at(2025, 1, 3, 9, 14, 24), "de",
    ),
    "site-ru.xml": Read(
        "Аргументы и Факты", FEED, 1, "СМИ: собака в Таиланде спасла заживо похороненного младенца",
        "15-летняя мать ребенка решила избавиться от него, побоявшись гнева родителей",
        "http://www.aif.ru/incidents/smi_sobaka_v_tailande_spasla_zazhivo_pohoronennogo_mladenca",
        at(2019, 5, 18, 7, 52, 50), "ru", "https://images.aif.ru/017/020/025bc5cb4cc5d0f8347bbb27f5e4d13b.jpg",
    ),
    "site-uol-pt.rss": Read(  # Latin-1 that is not declared, Portuguese month names, no identity
        "UOL Noticias", FEED, 15, "Ibope: Bolsonaro perde de Haddad, Ciro e Alckmin em simulações de 2º turno",
        "Líder na pesquisa Ibope de intenção de voto para o primeiro turno divulgada nesta segunda-feira (24)",
        "https://noticias.uol.com.br/politica/eleicoes/2018/noticias/2018/09/24/"
        "ibope-bolsonaro-perde-de-haddad-ciro-e-alckmin-em-simulacoes-de-2-turno.htm",
        at(2018, 9, 24, 22, 42, 40), None,
        "https://conteudo.imguol.com.br/c/noticias/5f/2018/09/17/presidenciaveis-1537211917356_142x100.jpg",
    ),
    "youtube-channel.xml": Read(  # the player page is no file to send
        "Kotlin by JetBrains", YOUTUBE, 1, "Multi-dollar String Interpolation in Kotlin | $$",
        "Kotlin’s string interpolation has been a much-liked feature from the beginning, and in this video",
        "https://www.youtube.com/watch?v=ULBuIB9lHkc", at(2024, 12, 16, 15, 10, 21), None,
        "https://i2.ytimg.com/vi/ULBuIB9lHkc/hqdefault.jpg", None, VIDEO,
    ),
}  # fmt: skip

REFUSED = {
    "odd-unrecognized.rss": "not a feed (application/xml)",  # an HTML page that says "moved"
}


async def parse(parsers, name: str):
    body = (FOLDER / name).read_bytes()
    return await parsers.parse_feed(body, url=f"https://example.org/{name}", content_type="application/xml")


def first(item: FeedItem, *kinds: AssetKind) -> Media | None:
    return next((one for one in item.media if one.kind in kinds), None)


@pytest.mark.parametrize("name", READ)
async def test_a_real_feed_is_read_as_a_person_would(parsers, name):
    feed = await parse(parsers, name)
    item, expected = feed.items[0], READ[name]
    picture, file = (
        first(item, AssetKind.PICTURE),
        first(item, AssetKind.AUDIO, AssetKind.VIDEO, AssetKind.FILE),
    )
    assert item.text.startswith(expected.text)
    assert Read(
        feed.title, feed.kind, len(feed.items), item.title, expected.text, item.url, item.published_at,
        item.language, picture.url if picture else None,
        (file.url, file.size_bytes, file.duration_s) if file else None,
        item.kind, item.warnings,
    ) == expected  # fmt: skip


@pytest.mark.parametrize("name", READ)
async def test_every_item_of_a_real_feed_is_fit_to_show(parsers, name):
    feed = await parse(parsers, name)
    assert len({item.external_id for item in feed.items}) == len(feed.items)
    for item in feed.items:
        assert item.title
        assert "<" not in item.title
        assert "&amp;" not in item.title + item.text
        assert item.url or name == "odd-missing-fields.atom"
        assert item.published_at or name == "odd-missing-fields.atom"
        assert "</p>" not in item.text
        assert "\n\n\n" not in item.text


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_feed_is_refused_with_a_reason(parsers, name):
    with pytest.raises(PermanentError) as caught:
        await parse(parsers, name)
    assert str(caught.value) == REFUSED[name]


async def test_only_the_newest_items_of_a_long_podcast_are_kept(parsers):
    feed = await parse(parsers, "podcast-giantbomb.rss")
    assert feed.warnings == ("only the 200 newest items were read",)


async def test_a_videos_description_keeps_its_lines(parsers):
    text = (await parse(parsers, "youtube-channel.xml")).items[0].text
    assert "\n\nTo enable it:\nEnsure you are using Kotlin 2.1.0 or later in your project\nAdd -Xmulti" in text


def test_every_file_of_the_folder_stands_in_a_table():
    files = {path.name for path in FOLDER.iterdir()} - {"README.md"}
    assert files == {*READ, *REFUSED}
