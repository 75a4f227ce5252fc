"""The addresses that open a network's own "new post" with our text and link in it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from urllib.parse import quote

from sharebot.rules import lengths
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
)


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
    Network.FACEBOOK: _Intent("https://www.facebook.com/sharer/sharer.php?u={url}"),
    Network.LINKEDIN: _Intent("https://www.linkedin.com/sharing/share-offsite/?url={url}"),
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


def share_url(network: Network, *, text: str, url: str) -> str | None:
    """Return the address that opens a new post on `network`; None where the network offers none.

    `text` is shortened to what the network allows beside the link, and to an address of 2,000 characters.
    Facebook and LinkedIn take only the link.
    """
    intent = _INTENTS.get(network)
    if intent is None:
        return None
    fill = partial(_fill, intent, url=url)
    return fill(_fitting(text, fill=fill, limit=intent.limit, measure=partial(_measure, intent, url=url)))


def mail_url(*, title: str, text: str, url: str) -> str:
    """Return the mailto: address of a new mail with `title` as its subject, within 2,000 characters."""
    subject = quote(lengths.cut(" ".join(title.split()), 150), safe="")

    def fill(words: str) -> str:
        body = _joined(words, url, joint="\n\n").replace("\n", "\r\n")  # RFC 6068, 5
        return f"mailto:?subject={subject}&body={_escaped(body)}"

    return fill(_fitting(text, fill=fill, limit=MAX_ADDRESS, measure=len))


def _fitting(text: str, *, fill: Callable[[str], str], limit: int, measure: Callable[[str], int]) -> str:
    words = lengths.cut(text.strip(), limit, measure=measure)
    return lengths.cut(words, MAX_ADDRESS, measure=lambda piece: len(fill(piece)))


def _measure(intent: _Intent, text: str, *, url: str) -> int:
    return intent.measure(_joined(text, url, joint=intent.joint or " "))


def _fill(intent: _Intent, text: str, *, url: str) -> str:
    words = text if intent.joint is None else _joined(text, url, joint=intent.joint)
    return intent.address.format(text=_escaped(words), url=_escaped(url))


def _joined(text: str, url: str, *, joint: str) -> str:
    return f"{text}{joint}{url}" if text else url


@lru_cache(maxsize=1024)  # the same words go to many parties
def _escaped(text: str) -> str:
    # "+" for a space, as forms write it, shows as a plus on some networks.
    return quote(text, safe="", errors="replace")
