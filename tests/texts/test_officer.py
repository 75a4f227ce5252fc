"""What officers get: within Telegram's limits whatever the item says, safe, and in each language."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharebot.texts.catalogue import languages, translator
from sharebot.texts.officer import choose_item, choose_language, compose, compose_reasons
from sharebot.values.cards import Card, ShareButton
from sharebot.values.feeds import Media
from sharebot.values.messages import Button, Message
from sharebot.values.status import AnswerKind, AssetKind, ContentKind, DeclineReason, DeliveryKind
from sharebot.values.taps import Verb, decode_tap

CAPTION, TEXT, DATA, COPY = 1024, 4096, 64, 256  # Bot API: UTF-16 units, units, bytes, characters
OWN_TAGS = {"b", "i"}
HIGHEST_ID = 2**47  # 15 digits, the most a tap can carry
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

pytestmark = pytest.mark.timeout(20)
quick = settings(max_examples=80, deadline=None, derandomize=True)
every_language = pytest.mark.parametrize("language", languages())


def hostile(most: int) -> st.SearchStrategy[str]:
    """Texts of at most `most` characters: any letters, and nasty ones over and over."""
    letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=most)
    repeated = st.builds(lambda parts, times: "".join(parts) * times, nasty, st.integers(1, most))
    return st.one_of(letters, repeated).map(lambda text: text[:most])


nasty = st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=4)
addresses = st.integers(0, 2000).map(lambda length: "https://go.example/r/" + "x" * length)
media = st.builds(
    Media,
    st.sampled_from(AssetKind),
    st.just("https://media.example/file"),
    size_bytes=st.none() | st.integers(0, 10**12),
    duration_s=st.none() | st.integers(0, 10**7),
)
cards = st.builds(
    Card,
    delivery_id=st.integers(0, HIGHEST_ID),
    kind=st.just(DeliveryKind.ITEM),
    language=st.sampled_from(languages()),
    organisation=hostile(80),
    item_kind=st.sampled_from(ContentKind),
    item_language=st.sampled_from(["en", "fr", "es", "zh_Hant", "ar", "xx"]),
    title=hostile(500),
    text=hostile(5000),
    url=st.none() | addresses,
    media=st.none() | media,
    other_languages=st.just(("fr", "es", "zh_hant")),
    answer=st.none() | st.sampled_from(AnswerKind),
    taken_by=st.none() | hostile(80),
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
        shares=(ShareButton("x", "https://x.example/intent"), ShareButton("whatsapp", "https://wa.example/send")),
        other_languages=tuple(code for code in languages() if code != language),
    )


def labels(card: Card) -> set[str]:
    return {button.text for button in buttons_of(compose(card))}


@quick
@given(cards)
def test_no_item_exceeds_the_limits_of_telegram(card: Card) -> None:
    for message in (compose(card), compose_reasons(card)):
        length = units(Reader(message.html).words)
        assert 0 < length <= (CAPTION if message.media else TEXT)


@quick
@given(cards)
def test_no_button_exceeds_the_limits_of_telegram(card: Card) -> None:
    for button in buttons_of(compose(card)) + buttons_of(compose_reasons(card)):
        assert [button.url, button.data, button.copy].count(None) == 2
        assert button.text
        assert len((button.data or "").encode()) <= DATA
        assert units(button.copy or "") <= COPY


@quick
@given(cards)
def test_every_tap_can_be_read_again(card: Card) -> None:
    for button in buttons_of(compose(card)) + buttons_of(compose_reasons(card)):
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
    for button in buttons_of(choose_item("en", [(HIGHEST_ID, title) for title in titles])):
        assert units(button.text) <= 60
        assert len((button.data or "").encode()) <= DATA


def test_foreign_text_is_shown_as_it_was_written() -> None:
    card = replace(item(), title="<b>Now</b> & {url}", text="</i> 1 < 2", taken_by="<Ana>")
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
    card = replace(item(), url="https://go.example/" + "x" * 400)
    assert all(units(button.copy or "") <= COPY for button in buttons_of(compose(card)))


@every_language
@pytest.mark.parametrize("kind", [ContentKind.POST, ContentKind.VIDEO, ContentKind.EPISODE])
def test_an_item_has_its_kind_its_words_and_all_its_buttons(language: str, kind: ContentKind) -> None:
    message = compose(replace(item(language), item_kind=kind))
    assert "<b>A fair deal</b>" in message.html
    assert "https://go.example/r/abc" in message.html
    assert labels(replace(item(language), item_kind=kind)) >= {"X", "WhatsApp"}
    verbs = {tap.verb for button in buttons_of(message) if (tap := decode_tap(button.data))}
    assert verbs == {Verb.LANGUAGE, Verb.TAKEN, Verb.SHARED, Verb.LATER, Verb.DECLINE}


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
        (AnswerKind.TAKEN, {Verb.LANGUAGE, Verb.SHARED, Verb.LATER, Verb.DECLINE}),
        (AnswerKind.SHARED, {Verb.LANGUAGE}),
        (AnswerKind.LATER, {Verb.LANGUAGE, Verb.TAKEN, Verb.SHARED, Verb.DECLINE}),
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
    assert "Ben" in compose(replace(item(language), taken_by="Ben")).html


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


@every_language
def test_the_choice_of_a_language_offers_all_in_their_own_names(language: str) -> None:
    buttons = buttons_of(choose_language(language))
    assert [tap.argument for button in buttons if (tap := decode_tap(button.data))] == languages()
    assert {"English", "Français", "Español"} <= {button.text for button in buttons}
