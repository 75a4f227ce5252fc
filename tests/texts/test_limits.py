"""Whatever an item says: messages within Telegram's limits, share links that mean what was meant, no foreign markup."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sharebot.rules import lengths
from sharebot.rules.share_links import MAX_ADDRESS, SHARE_ORDER, WRITTEN, pasted_text, share_url, shown_post
from sharebot.sandbox.entities import parse_html
from sharebot.texts.catalogue import languages
from sharebot.texts.kit import compose_kit
from sharebot.texts.officer import compose, compose_moments, compose_more, compose_reasons
from sharebot.values.cards import Card, FileOffer, Kit, KitText, PostText, ShareButton, Taken
from sharebot.values.feeds import Media
from sharebot.values.messages import Message
from sharebot.values.status import AnswerKind, AssetKind, ContentKind, DataTier, DeliveryKind, Network
from sharebot.values.taps import LARGEST, decode_tap

CAPTION, TEXT, DATA, COPY = 1024, 4096, 64, 256  # Bot API: UTF-16 units, units, bytes, characters
VIEWS = (compose, compose_more, compose_reasons, compose_moments)
OWN_MARKS = {"bold", "italic", "pre"}
NASTY = [
    "<b>bold",
    "</pre></b>",
    '<a href="tg://user?id=1">',
    "<script>alert(1)</script>",
    "&lt;&amp;&#60;&copy",
    "{title}{0}",
    "😀",
    "👩‍👩‍👧‍👦",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "🇪🇺",
    "e\u0301\u0323\u0335",
    "\u202e\u2066\u200b\u0000",
    "سلام على الجميع ",
    "שלום לכולם ",
    "世界人民团结起来",
    "ひとつの声で。",
    "Việt Nam độc lập ",
    "#GlobalVax ",
    "https://evil.example/" + "a" * 300 + " ",
    "www.evil.example ",
    "\r\n\t",
    "…,;:–- ",
    "% + & = ? #",
]

pytestmark = pytest.mark.timeout(60)
# Shrinking a message that is built of thousands of letters would take minutes.
quick = settings(max_examples=100, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])


def hostile(most: int) -> st.SearchStrategy[str]:
    """Return texts of at most `most` characters: any letters, and nasty ones over and over."""
    letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=most)
    nasty = st.lists(st.sampled_from(NASTY), min_size=1, max_size=4)
    repeated = st.builds(lambda parts, times: "".join(parts) * times, nasty, st.integers(1, most))
    return st.one_of(letters, repeated).map(lambda text: text[:most])


codes = st.text("0123456789abcXYZ", min_size=10, max_size=10)
links = st.one_of(
    codes.map(lambda code: f"https://go.alliance.example/r/{code}"),
    st.just("https://alliance.example/a b?x=<y>&z='é'#1"),
    st.integers(1, 600).map(lambda length: "https://alliance.example/story?q=" + "x" * length),
)
hashtags = st.sampled_from(
    ["", "#GlobalVaxSolidarity", "#Santé", "#团结", "#Health " + "#" + "x" * 90 + " #Santé #团结", "#a #B #a"]
)
lines = st.sampled_from(["", "Ensemble pour la santé de tous.", "我们在一起。" * 20])
own = st.lists(st.tuples(st.sampled_from(WRITTEN), hostile(600)), max_size=2, unique_by=lambda one: one[0]).map(tuple)
posts = st.builds(PostText, hostile(2000), hashtags, lines, links, own)
media = st.builds(
    Media, st.sampled_from(AssetKind), st.just("https://media.example/file"), duration_s=st.none() | st.just(95)
)
cards = st.builds(
    Card,
    delivery_id=st.integers(0, LARGEST),
    kind=st.sampled_from([DeliveryKind.ITEM, DeliveryKind.PREVIEW]),
    language=st.sampled_from(languages()),
    organisation=hostile(80),
    item_kind=st.sampled_from(ContentKind),
    item_language=st.sampled_from(["en", "fr", "es", "zh", "ar"]),
    title=hostile(500),
    text=hostile(3000),
    proposed_by=st.just("") | hostile(200),
    media=st.none() | media,
    post=posts,
    shares=st.just(tuple(ShareButton(place.value, f"https://go.example/r/a/{place.value}") for place in SHARE_ORDER)),
    reposts=st.just((ShareButton("x", "https://go.example/r/a/x_repost"),)),
    other_languages=st.just(("en", "es", "fr", "zh")),
    answer=st.none() | st.sampled_from(AnswerKind),
    answered_by=st.none() | hostile(80),
    taken=st.none() | hostile(80).map(Taken),
    withdrawn=st.booleans(),
    copies=st.integers(0, 2),
    offers=st.just((FileOffer(DataTier.LIGHT, 90_000, AssetKind.PICTURE),)),
)
kits = st.builds(
    lambda language, post, title, alt: Kit(
        language,
        title,
        # Places with the same text stand together, as in every kit.
        tuple(KitText((Network.X,), text) for text in dict.fromkeys(pasted_text(place, post) for place in WRITTEN)),
        hashtags=post.hashtags,
        source_url=post.url,
        picture_alt=alt,
    ),
    st.sampled_from(languages()),
    posts,
    hostile(500),
    st.none() | hostile(1000),
)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def check_words(message: Message) -> None:
    """Read a message as Telegram does, which refuses what is not well-formed."""
    read = parse_html(message.html)
    assert 0 < read.length <= (CAPTION if message.media else TEXT)
    assert {str(one["type"]) for one in read.entities} <= OWN_MARKS
    assert len(read.entities) <= 100
    for one in read.entities:
        assert 0 <= int(str(one["offset"])) < int(str(one["offset"])) + int(str(one["length"])) <= read.length


def check_buttons(message: Message) -> None:
    """Look at what Telegram counts of buttons, and that their taps can be read again."""
    for button in (button for row in message.buttons for button in row):
        assert 0 < units(button.text) <= 64
        assert len((button.data or "").encode()) <= DATA
        assert units(button.copy or "") <= COPY
        assert button.data is None or decode_tap(button.data) is not None


@quick
@given(cards)
def test_a_message_is_within_every_limit_of_telegram_and_has_only_our_own_marks(card: Card) -> None:
    """O1 and O2."""
    for view in VIEWS:
        message = view(card)
        check_words(message)
        check_buttons(message)
        assert max((len(row) for row in message.buttons), default=0) <= 3


@quick
@given(cards)
def test_the_link_is_never_lost_and_the_hashtag_goes_along(card: Card) -> None:
    message = compose(card)
    if card.withdrawn:
        assert card.post.url not in parse_html(message.html).text
        return
    text = parse_html(message.html).text
    (block,) = [one for one in parse_html(message.html).entities if one["type"] == "pre"]
    start = int(str(block["offset"]))
    posted = text.encode("utf-16-le")[2 * start : 2 * (start + int(str(block["length"])))].decode("utf-16-le")
    assert posted.endswith(card.post.url)
    assert card.post.hashtags.split(" ")[0].casefold() in posted.casefold()


@quick
@given(kits)
def test_a_kit_is_one_message_and_every_text_of_it_keeps_its_link(kit: Kit) -> None:
    message = compose_kit(kit)
    check_words(message)
    assert parse_html(message.html).text.count(kit.texts[0].text.rpartition("\n")[2]) >= len(kit.texts)


def read_text(network: Network, address: str) -> tuple[str, str]:
    """Return the text and the link that a network reads out of an address."""
    parts = urlsplit(address)
    if network is Network.EMAIL:
        body = dict(piece.split("=", 1) for piece in parts.query.split("&"))["body"]
        return _apart(unquote(body).replace("\r\n", "\n"), "\n\n")
    words = parse_qs(parts.query or parts.fragment, keep_blank_values=True, strict_parsing=True)
    if "u" in words or network is Network.LINKEDIN:
        return "", (words.get("u") or words["url"])[0]
    if "url" in words:
        return words.get("text", [""])[0], words["url"][0]
    return _apart(words["text"][0], "\n")


def _apart(whole: str, joint: str) -> tuple[str, str]:
    text, _, link = whole.rpartition(joint)
    return text, link


MEASURES = {
    Network.X: (lengths.x_length, lengths.X_LIMIT),
    Network.BLUESKY: (lengths.bluesky_share, lengths.BLUESKY_GRAPHEMES),
    Network.THREADS: (lengths.threads_length, lengths.THREADS_LIMIT),
    Network.MASTODON: (lengths.mastodon_length, lengths.MASTODON_LIMIT),
    Network.TELEGRAM: (lengths.utf16_length, lengths.TELEGRAM_TEXT),
}


@quick
@given(posts, st.sampled_from(SHARE_ORDER), hostile(300))
def test_a_share_link_is_within_its_networks_limit_and_means_what_was_meant(
    post: PostText, network: Network, title: str
) -> None:
    address = share_url(network, post, title=title, handle="party@social.example")
    assert address is not None
    assert len(address) <= MAX_ADDRESS
    assert re.fullmatch(r"(https://|mailto:)[!-~]+", address)
    text, link = read_text(network, address)
    assert link == post.url
    measure, limit = MEASURES.get(network, (len, 10_000))
    if not text:
        return  # Facebook and LinkedIn, or a link that leaves no room
    assert measure(f"{text} {link}") <= limit
    line_break = re.compile(r"\r\n?")
    there = post.on(network)
    meant = [line_break.sub("\n", one) for one in (there.text, there.words.strip())]
    text = line_break.sub("\n", text)
    kept, cut, _ = text.rpartition("…")
    assert text == meant[0] or text.startswith(meant[1]) or (cut and meant[1].startswith(kept.rstrip()))
    assert post.hashtags.split(" ")[0].casefold() in text.casefold()


@quick
@given(posts, st.sampled_from([*MEASURES]))
def test_what_is_pasted_fits_its_network(post: PostText, network: Network) -> None:
    measure, limit = MEASURES[network]
    text = pasted_text(network, post)
    assert measure(text) <= limit or text == post.url
    assert text.endswith(post.url)
    shown = shown_post(network, post)
    assert text == "\n".join(part for part in (shown.text, post.url) if part)
    assert shown.length <= shown.limit or not shown.text
    assert shown.is_cut == (shown.text != post.on(network).text)
