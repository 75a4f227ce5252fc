"""What officers get: within Telegram's limits whatever the item says, safe, and in each language."""

from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharebot.texts.catalogue import languages, translator
from sharebot.texts.officer import (
    choose_item,
    compose,
    compose_moments,
    compose_more,
    compose_reasons,
)
from sharebot.values.cards import Card, FileOffer, PostText, ShareButton, Taken
from sharebot.values.feeds import Media
from sharebot.values.messages import Button, Message
from sharebot.values.status import AnswerKind, AssetKind, ContentKind, DataTier, DeclineReason, DeliveryKind
from sharebot.values.taps import LARGEST, Verb, decode_tap

CAPTION, TEXT, DATA, COPY = 1024, 4096, 64, 256  # Bot API: UTF-16 units, units, bytes, characters
OWN_TAGS = {"b", "i", "pre"}
HOSTILE = [
    "<b>bold",
    "</i></b>",
    '<a href="https://evil.example">',
    "<script>alert(1)</script>",
    "&lt;&amp;&#60;",
    "{title}{0}{url.__class__}",
    "😀",
    "👩‍👩‍👧‍👦",
    "🇪🇺",
    "e\u0301\u0323",
    "\u202e\u2066\u200b",
    "Ж",
    "字",
    " ",
    "\n\n",
    "\x00\x07",
    "…,;:–-",
]

NOW = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
OFFERS = (FileOffer(DataTier.LIGHT, 90_000, AssetKind.PICTURE), FileOffer(DataTier.FULL, None, AssetKind.VIDEO))
VIEWS = (compose, compose_reasons, compose_more, compose_moments)

pytestmark = pytest.mark.timeout(20)
quick = settings(max_examples=80, deadline=None, derandomize=True)
every_language = pytest.mark.parametrize("language", languages())


def hostile(most: int) -> st.SearchStrategy[str]:
    """Texts of at most `most` characters: any letters, and nasty ones over and over."""
    letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=most)
    repeated = st.builds(lambda parts, times: "".join(parts) * times, nasty, st.integers(1, most))
    return st.one_of(letters, repeated).map(lambda text: text[:most])


nasty = st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=4)
addresses = st.just("") | st.integers(0, 2000).map(lambda length: "https://go.example/r/" + "x" * length)
posts = st.builds(PostText, hostile(4000), hostile(90), hostile(200), addresses)
takers = st.builds(Taken, hostile(80), st.none() | st.just(NOW), st.booleans())
media = st.builds(
    Media,
    st.sampled_from(AssetKind),
    st.just("https://media.example/file"),
    size_bytes=st.none() | st.integers(0, 10**12),
    duration_s=st.none() | st.integers(0, 10**7),
)
cards = st.builds(
    Card,
    delivery_id=st.integers(0, LARGEST),
    kind=st.just(DeliveryKind.ITEM),
    language=st.sampled_from(languages()),
    organisation=hostile(80),
    item_kind=st.sampled_from(ContentKind),
    item_language=st.sampled_from(["en", "fr", "es", "zh_Hant", "ar", "xx"]),
    title=hostile(500),
    text=hostile(5000),
    post=posts,
    media=st.none() | media,
    other_languages=st.just(("fr", "es", "zh_hant")),
    answer=st.none() | st.sampled_from(AnswerKind),
    answered_by=st.none() | hostile(80),
    taken=st.none() | takers,
    offers=st.just(
        (FileOffer(DataTier.LIGHT, 90_000, AssetKind.PICTURE), FileOffer(DataTier.FULL, None, AssetKind.VIDEO))
    ),
    withdrawn=st.booleans(),
    copies=st.integers(0, 3),
)


class Reader(HTMLParser):
    """Reads a message as Telegram does, and notes its tags."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, bool]] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, bool(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def buttons_of(message: Message) -> list[Button]:
    return [button for row in message.buttons for button in row]


def item(language: str = "en") -> Card:
    return Card(
        delivery_id=7,
        kind=DeliveryKind.ITEM,
        language=language,
        organisation="The Union",
        item_language=language,
        title="A fair deal",
        text="Three lines about it.",
        url="https://go.example/r/abc",
        post=PostText("Words to post.", "#Fair", "A line.", "https://go.example/r/abc"),
        shares=(ShareButton("x", "https://x.example/intent"), ShareButton("whatsapp", "https://wa.example/send")),
        other_languages=tuple(code for code in languages() if code != language),
    )


def verbs_of(message: Message) -> list[Verb]:
    return [tap.verb for button in buttons_of(message) if (tap := decode_tap(button.data))]


def rows_of(message: Message) -> list[list[str]]:
    return [[button.text for button in row] for row in message.buttons]


def labels(card: Card) -> set[str]:
    return {button.text for button in buttons_of(compose(card))}


@quick
@given(cards)
def test_no_item_exceeds_the_limits_of_telegram(card: Card) -> None:
    for message in [view(card) for view in VIEWS]:
        length = units(Reader(message.html).words)
        assert 0 < length <= (CAPTION if message.media else TEXT)


@quick
@given(cards)
def test_no_button_exceeds_the_limits_of_telegram(card: Card) -> None:
    for button in [button for view in VIEWS for button in buttons_of(view(card))]:
        assert [button.url, button.data, button.copy].count(None) == 2
        assert button.text
        assert len((button.data or "").encode()) <= DATA
        assert units(button.copy or "") <= COPY


@quick
@given(cards)
def test_every_tap_can_be_read_again(card: Card) -> None:
    for button in [button for view in VIEWS for button in buttons_of(view(card))]:
        if button.data is not None:
            tap = decode_tap(button.data)
            assert tap is not None
            assert tap.number == card.delivery_id


@quick
@given(cards)
def test_foreign_text_brings_no_tags(card: Card) -> None:
    assert {tag for tag, _ in Reader(compose(card).html).tags} <= OWN_TAGS
    assert not any(has_attributes for _, has_attributes in Reader(compose(card).html).tags)


@quick
@given(hostile(80), st.sampled_from(languages()))
def test_the_welcome_escapes_and_fits(organisation: str, language: str) -> None:
    message = compose(Card(1, DeliveryKind.WELCOME, language, organisation))
    read = Reader(message.html)
    assert {tag for tag, _ in read.tags} <= OWN_TAGS
    assert units(read.words) <= TEXT


@quick
@given(st.lists(hostile(500), max_size=8))
def test_the_choice_of_an_item_fits(titles: list[str]) -> None:
    for button in buttons_of(choose_item("en", [(LARGEST, title) for title in titles])):
        assert units(button.text) <= 60
        assert len((button.data or "").encode()) <= DATA


def test_foreign_text_is_shown_as_it_was_written() -> None:
    card = replace(item(), title="<b>Now</b> & {url}", text="</i> 1 < 2", taken=Taken("<Ana>"))
    html = compose(card).html
    assert "&lt;b&gt;Now&lt;/b&gt; &amp; {url}" in html
    assert "<b>Now</b> & {url}" in Reader(html).words
    assert "</i> 1 < 2" in Reader(html).words
    assert "<Ana>" in Reader(html).words


def test_the_title_of_a_withdrawn_item_is_escaped_too() -> None:
    html = compose(replace(item(), title="<u>Gone</u>", withdrawn=True)).html
    assert "&lt;u&gt;Gone&lt;/u&gt;" in html


def test_a_long_text_of_pictures_is_cut() -> None:
    words = Reader(compose(replace(item(), text="😀" * 300)).html).words
    assert "😀…" in words


def test_an_address_too_long_to_copy_still_leaves_a_message() -> None:
    card = replace(item(), post=replace(item().post, url="https://go.example/" + "x" * 400))
    assert not [button for button in buttons_of(compose(card)) if button.copy]
    assert card.post.url in compose(card).html


@every_language
@pytest.mark.parametrize("kind", [ContentKind.POST, ContentKind.VIDEO, ContentKind.EPISODE])
def test_an_item_has_its_kind_its_words_and_all_its_buttons(language: str, kind: ContentKind) -> None:
    message = compose(replace(item(language), item_kind=kind))
    assert "<b>A fair deal</b>" in message.html
    assert "https://go.example/r/abc" in message.html
    assert labels(replace(item(language), item_kind=kind)) >= {"X", "WhatsApp"}
    verbs = {tap.verb for button in buttons_of(message) if (tap := decode_tap(button.data))}
    assert verbs == {Verb.LANGUAGE, Verb.MORE, Verb.TAKEN, Verb.SHARED, Verb.LATER, Verb.DECLINE}


@pytest.mark.parametrize("kind", ContentKind)
def test_each_language_names_a_kind_in_its_own_words(kind: ContentKind) -> None:
    firsts = {compose(replace(item(language), item_kind=kind)).html.split("\n")[0] for language in languages()}
    assert len(firsts) == len(languages())


@every_language
def test_a_video_says_its_length_and_size(language: str) -> None:
    video = Media(AssetKind.VIDEO, "https://media.example/v.mp4", size_bytes=12_400_000, duration_s=95)
    first = compose(replace(item(language), item_kind=ContentKind.VIDEO, media=video)).html.split("\n")[0]
    assert "1:35" in first
    assert translator("officer", language).number(12.4) in first


@every_language
def test_a_withdrawn_item_has_no_link_and_no_buttons(language: str) -> None:
    message = compose(replace(item(language), withdrawn=True))
    assert message.buttons == ()
    assert "go.example" not in message.html
    assert "A fair deal" in message.html


@every_language
def test_a_second_copy_says_so(language: str) -> None:
    note = translator("officer", language)("Sent again: the first copy could not be confirmed.")
    assert note in compose(replace(item(language), copies=1)).html
    assert note not in compose(item(language)).html


@every_language
@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (AnswerKind.TAKEN, {Verb.LANGUAGE, Verb.MORE, Verb.SHARED, Verb.LATER, Verb.DECLINE}),
        (AnswerKind.SHARED, {Verb.LANGUAGE, Verb.MORE}),
        (AnswerKind.LATER, {Verb.LANGUAGE, Verb.MORE, Verb.TAKEN, Verb.SHARED, Verb.DECLINE}),
        (AnswerKind.DECLINED, {Verb.BACK}),
    ],
)
def test_an_answer_is_shown_and_leaves_what_still_makes_sense(
    language: str, answer: AnswerKind, left: set[Verb]
) -> None:
    message = compose(replace(item(language), answer=answer))
    assert {tap.verb for button in buttons_of(message) if (tap := decode_tap(button.data))} == left
    assert "<i>" in message.html


@every_language
def test_a_colleague_who_takes_care_is_named(language: str) -> None:
    held = compose(replace(item(language), taken=Taken("Ben", NOW), zone="Europe/Brussels"))
    assert "Ben" in held.html and "14:30" in held.html
    assert Verb.TAKEN not in verbs_of(held)
    tomorrow = compose(replace(item(language), taken=Taken("Ben", NOW, today=False))).html
    assert {"en": "Tuesday", "fr": "mardi", "es": "martes"}[language] in tomorrow
    assert "Ben" in compose(replace(item(language), taken=Taken("Ben"))).html


@every_language
def test_declining_offers_every_reason_and_a_way_back(language: str) -> None:
    taps = [decode_tap(button.data) for button in buttons_of(compose_reasons(item(language)))]
    assert {tap.argument for tap in taps if tap and tap.verb is Verb.DECLINED} == set(DeclineReason)
    assert [tap.verb for tap in taps if tap][-1] is Verb.BACK


@every_language
def test_the_welcome_names_the_buttons_as_they_are(language: str) -> None:
    welcome = compose(Card(1, DeliveryKind.WELCOME, language, "The Union")).html
    shared = translator("officer", language)("✅ Shared").removeprefix("✅ ")
    assert f"<b>{shared}</b>" in welcome
    assert "The Union" in welcome


def test_the_buttons_stand_in_a_calm_order() -> None:
    shares = tuple(
        ShareButton(place, f"https://go.example/r/abc/{place}") for place in ("x", "bluesky", "email", "threads")
    )
    card = replace(
        item(),
        shares=shares,
        reposts=(ShareButton("x", "https://x.example"), ShareButton("bluesky", "https://b.example")),
    )
    assert rows_of(compose(card)) == [
        ["✋ I’ll take it"],
        ["🔁 Repost on X", "🔁 Repost on Bluesky"],
        ["X", "Bluesky", "E-mail"],
        ["Threads"],
        ["📋 Copy text", "🌐 Español", "⋯ More"],
        ["✅ Shared"],
        ["⏰ Later", "🚫 Not for us"],
    ]


def test_more_has_what_is_not_needed_every_day() -> None:
    offers = (FileOffer(DataTier.TEXT, None, AssetKind.PICTURE), FileOffer(DataTier.FULL, 12_400_000, AssetKind.VIDEO))
    card = replace(item(), tier=DataTier.LIGHT, offers=offers, reposts=(ShareButton("bluesky", "https://b.example"),))
    assert rows_of(compose_more(card)) == [
        ["🌐 Français"],
        ["⬇️ Picture", "⬆️ Video 12.4 MB"],
        ["🧰 Kit", "🔁 Repost on Bluesky"],
        ["← Back"],
    ]
    assert [tap.argument for button in buttons_of(compose_more(card)) if (tap := decode_tap(button.data))] == [
        "fr",
        "text",
        "full",
        "",
        "",
    ]


@every_language
def test_no_label_is_too_long_for_a_small_phone(language: str) -> None:
    places = ("x", "facebook", "linkedin", "whatsapp", "telegram", "bluesky", "threads", "mastodon", "email")
    shares = tuple(ShareButton(place, "https://go.example") for place in places)
    reposts = (ShareButton("x", "https://x.example"), ShareButton("bluesky", "https://b.example"))
    offers = tuple(FileOffer(DataTier.FULL, 112_400_000, kind) for kind in AssetKind)
    card = replace(item(language), tier=DataTier.LIGHT, shares=shares, reposts=reposts, offers=offers)
    long_post = replace(card, post=replace(card.post, words="word " * 99))
    made = [*[view(card) for view in VIEWS], compose(long_post), compose(replace(card, answer=AnswerKind.DECLINED))]
    rows = [row for message in made for row in rows_of(message)]
    assert max(len(row) for row in rows) <= 3
    assert [label for row in rows for label in row if len(label) > (26 if len(row) < 3 else 20)] == []


@every_language
def test_the_moments_of_later_are_three(language: str) -> None:
    taps = [decode_tap(button.data) for button in buttons_of(compose_moments(item(language)))]
    assert [(tap.verb, tap.argument) for tap in taps if tap] == [
        (Verb.WHEN, "evening"),
        (Verb.WHEN, "tomorrow"),
        (Verb.WHEN, "week"),
        (Verb.BACK, ""),
    ]


def test_the_text_to_post_stands_in_a_block_of_its_own() -> None:
    html = compose(item()).html
    assert "<pre>Words to post. #Fair\nA line.\nhttps://go.example/r/abc</pre>" in html
    (copied,) = [button.copy for button in buttons_of(compose(item())) if button.copy]
    assert copied == item().post.whole


def test_a_long_text_is_cut_in_a_caption_and_keeps_hashtag_and_link() -> None:
    media = Media(AssetKind.PICTURE, "https://media.example/p.jpg")
    card = replace(item(), media=media, text="Summary. " * 80, post=replace(item().post, words="😀 words " * 300))
    message = compose(card)
    assert message.media is media
    assert 900 < units(Reader(message.html).words) <= CAPTION
    assert "… #Fair\nhttps://go.example/r/abc</pre>" in message.html
    assert "A line." not in message.html
    assert [button.copy for button in buttons_of(message) if button.copy] == ["https://go.example/r/abc"]
    assert "A line." in compose(replace(card, media=None)).html, "without a caption there is room for all of it"


def test_a_link_too_long_for_a_caption_leaves_the_media_out() -> None:
    media = Media(AssetKind.PICTURE, "https://media.example/p.jpg")
    long = "https://go.example/" + "x" * 1200
    message = compose(replace(item(), media=media, post=replace(item().post, url=long)))
    assert message.media is None
    assert f"{long}</pre>" in message.html


@every_language
def test_in_a_group_it_says_who_of_the_officers_spoke(language: str) -> None:
    taken = compose(replace(item(language), answer=AnswerKind.TAKEN, answered_by="<Cleo>"))
    assert "&lt;Cleo&gt;" in taken.html
    assert Verb.TAKEN not in verbs_of(taken)
    assert "Dora" in compose(replace(item(language), answer=AnswerKind.SHARED, answered_by="Dora")).html


@every_language
def test_whoever_proposed_it_is_credited(language: str) -> None:
    shown = compose(replace(item(language), proposed_by="<b>Party South</b>")).html
    assert "💡" in shown and "&lt;b&gt;Party South&lt;/b&gt;" in shown
    assert "💡" not in compose(item(language)).html
