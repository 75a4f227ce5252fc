"""The addresses that open a network's own "new post" with our text and link in it."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote

from sharebot.rules import lengths
from sharebot.rules.wordings import compose_post
from sharebot.values.cards import PostText
from sharebot.values.status import Network

MAX_ADDRESS = 2000  # what browsers, mail programs and Telegram's buttons all bear

SHARE_ORDER = (
    Network.X,
    Network.FACEBOOK,
    Network.LINKEDIN,
    Network.WHATSAPP,
    Network.TELEGRAM,
    Network.BLUESKY,
    Network.THREADS,
    Network.MASTODON,
    Network.EMAIL,
)
WRITTEN = (*(place for place in SHARE_ORDER if place is not Network.EMAIL), Network.INSTAGRAM)  # may have own words
ALWAYS_USED = frozenset({Network.WHATSAPP, Network.TELEGRAM, Network.EMAIL})  # they need no public account
REPOSTED = (Network.X, Network.BLUESKY)  # where the Alliance's own post can be passed on by an address
_REPOST = "_repost"
# How a handle names its server: user@server, @user@server, or the profile's address.
_SERVER = re.compile(
    r"(?:@?[\w.-]+@|https://)((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})(?:/@?[\w.@-]*)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ShownPost:
    """What is posted on a network: the text without its link, and its `length` of the `limit`, the link included.

    `is_own` when the network has words of its own, `is_cut` when not all of them fit, `carries` when the share button
    brings the whole text along; else it is pasted.
    """

    network: Network
    text: str
    length: int
    limit: int
    is_own: bool
    is_cut: bool
    carries: bool


@dataclass(frozen=True, slots=True)
class _Intent:
    """How one network is addressed: `{text}` and `{url}` stand for the escaped words.

    `limit` is of the text and the link together, as `measure` counts; where the link goes into the text,
    `joint` separates them.
    """

    address: str
    limit: int = lengths.TELEGRAM_TEXT
    measure: lengths.Measure = lengths.utf16_length
    joint: str | None = None


# Sources and limits: each network's documentation of its share links, as of November 2026.
_INTENTS = {
    Network.X: _Intent("https://x.com/intent/tweet?text={text}&url={url}", lengths.X_LIMIT, lengths.x_length),
    Network.FACEBOOK: _Intent("https://www.facebook.com/sharer/sharer.php?u={url}", 63_206),
    Network.LINKEDIN: _Intent("https://www.linkedin.com/sharing/share-offsite/?url={url}", 3000),
    Network.WHATSAPP: _Intent("https://wa.me/?text={text}", joint="\n"),
    Network.TELEGRAM: _Intent("https://t.me/share/url?url={url}&text={text}"),
    Network.BLUESKY: _Intent(
        "https://bsky.app/intent/compose?text={text}",
        lengths.BLUESKY_GRAPHEMES,
        lengths.bluesky_share,
        joint="\n",
    ),
    Network.THREADS: _Intent(
        "https://www.threads.com/intent/post?text={text}&url={url}",
        lengths.THREADS_LIMIT,
        lengths.threads_length,
    ),
    Network.MASTODON: _Intent(
        "https://share.joinmastodon.org/#text={text}",
        lengths.MASTODON_LIMIT,
        lengths.mastodon_length,
        joint="\n",
    ),
}


_BY_HAND = _Intent("", 2200)  # Instagram and TikTok take a caption that is pasted


def choose_places(chosen: Collection[Network], accounts: Collection[Network]) -> tuple[Network, ...]:
    """Return where a party shares, in our order: what the officer chose, else what it has an account on.

    What needs no account goes along with the accounts; a party of which nothing is known gets all.
    """
    used = set(chosen) or (set(accounts) | ALWAYS_USED if accounts else set(SHARE_ORDER))
    return tuple(place for place in SHARE_ORDER if place in used)


def share_url(network: Network, post: PostText, *, title: str = "", handle: str = "") -> str | None:
    """Return the address that opens a new post on `network`; None where the network offers none.

    The text is shortened to what the network allows beside the link, and to an address of 2,000 characters.
    Facebook and LinkedIn take only the link. `title` is a mail's subject, `handle` the party's own on Mastodon,
    whose server is opened then.
    """
    if network is Network.EMAIL:
        return mail_url(title=title, post=post)
    intent = _INTENTS.get(network)
    if intent is None:
        return None
    if network is Network.MASTODON and (server := find_server(handle)):
        intent = replace(intent, address=f"https://{server}/share?text={{text}}")
    return _fill(intent, _prefilled(intent, post.on(network)), post.url)


def pasted_text(network: Network, post: PostText) -> str:
    """Return what somebody pastes on `network`: the text and the link, no longer than a post may be there."""
    return _joined(_pasted(network, post), post.url, joint="\n")


def shown_post(network: Network, post: PostText) -> ShownPost:
    """Return what becomes of a text on `network`, for whoever writes it."""
    intent, text = _INTENTS.get(network, _BY_HAND), _pasted(network, post)
    length, limit = post_length(network, text, post.url)
    prefilled = _prefilled(intent, post.on(network)) if "{text}" in intent.address else ""
    is_cut, is_own = text != post.on(network).text, network in dict(post.own)
    return ShownPost(network, text, length, limit, is_own, is_cut, carries=prefilled == text and bool(text))


def post_length(network: Network, text: str, url: str) -> tuple[int, int]:
    """Return how long a text is with its link, as `network` counts, and how long a post may be there."""
    intent = _INTENTS.get(network, _BY_HAND)
    return intent.measure(_joined(text, url, joint=intent.joint or " ")), intent.limit


def _pasted(network: Network, post: PostText) -> str:
    intent = _INTENTS.get(network, _BY_HAND)
    return compose_post(post.on(network), fits=lambda text: _is_within(intent, text, post.url))


def _prefilled(intent: _Intent, post: PostText) -> str:
    def fits(text: str) -> bool:
        return _is_within(intent, text, post.url) and len(_fill(intent, text, post.url)) <= MAX_ADDRESS

    return compose_post(post, fits=fits)


def mail_url(*, title: str, post: PostText) -> str:
    """Return the mailto: address of a new mail with `title` as its subject, within 2,000 characters."""
    subject = quote(lengths.cut(" ".join(title.split()), 150), safe="", errors="replace")

    def fill(text: str) -> str:
        body = _joined(text, post.url, joint="\n\n").replace("\n", "\r\n")  # RFC 6068, 5
        return f"mailto:?subject={subject}&body={_escaped(body)}"

    return fill(compose_post(post, fits=lambda text: len(fill(text)) <= MAX_ADDRESS))


def repost_url(network: Network, external_id: str, url: str | None) -> str | None:
    """Return where the Alliance's own post is passed on; None where no address leads there.

    Bluesky has no address for a repost, so its post is opened, with the button beneath it.
    """
    if network is Network.X and external_id.isascii() and external_id.isdigit():
        return f"https://x.com/intent/retweet?tweet_id={external_id}"
    if network is Network.BLUESKY and (url or "").startswith("https://bsky.app/profile/"):
        return url
    return None


def repost_place(network: Network) -> str:
    """Return the word for a repost on `network` in a short link's address."""
    return f"{network.value}{_REPOST}"


def read_place(place: str) -> tuple[Network, bool] | None:
    """Return the network that a word of an address names, and whether a repost is meant; None for no such word."""
    word = place.removesuffix(_REPOST)
    network = next((one for one in SHARE_ORDER if one.value == word), None)
    is_repost = place != word
    if network is None or (is_repost and network not in REPOSTED):
        return None
    return network, is_repost


def find_server(handle: str) -> str | None:
    """Return the server that a handle of Mastodon names, or None."""
    match = _SERVER.fullmatch(handle.strip())
    return match[1].lower() if match else None


def _is_within(intent: _Intent, text: str, url: str) -> bool:
    return intent.measure(_joined(text, url, joint=intent.joint or " ")) <= intent.limit


def _fill(intent: _Intent, text: str, url: str) -> str:
    words = text if intent.joint is None else _joined(text, url, joint=intent.joint)
    return intent.address.format(text=_escaped(words), url=_escaped(url))


def _joined(text: str, url: str, *, joint: str) -> str:
    return joint.join(part for part in (text, url) if part)


@lru_cache(maxsize=1024)  # the same words go to many parties
def _escaped(text: str) -> str:
    # "+" for a space, as forms write it, shows as a plus on some networks.
    return quote(text, safe="", errors="replace")
