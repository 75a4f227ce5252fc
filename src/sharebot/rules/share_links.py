"""Pre-filled share addresses of the networks; the officer still presses the network's own Post."""

from collections.abc import Callable
from urllib.parse import quote

from sharebot.rules.lengths import (
    BLUESKY_GRAPHEMES,
    MASTODON_LIMIT,
    THREADS_LIMIT,
    X_LIMIT,
    X_LINK,
    cut,
    x_length,
)

_MAX_TEXT = 500


def share_url(place: str, *, text: str, url: str) -> str | None:
    """Return the address that opens `place` with `text` and `url` filled in as far as it allows.

    None when `place` offers no such address (Instagram, TikTok, YouTube).
    """
    make = _PLACES.get(place)
    return make(text, url) if make else None


def _q(text: str) -> str:
    return quote(text, safe="")


def _x(text: str, url: str) -> str:
    room = X_LIMIT - X_LINK - 1
    while x_length(text) > room:
        text = cut(text, min(len(text) - 1, room))
    return f"https://x.com/intent/tweet?text={_q(text)}&url={_q(url)}"


def _with_link(start: str, limit: int) -> Callable[[str, str], str]:
    return lambda text, url: start + _q(f"{cut(text, limit - len(url) - 2)}\n\n{url}")


_PLACES: dict[str, Callable[[str, str], str]] = {
    "x": _x,
    "facebook": lambda _text, url: f"https://www.facebook.com/sharer/sharer.php?u={_q(url)}",
    "linkedin": lambda _text, url: f"https://www.linkedin.com/sharing/share-offsite/?url={_q(url)}",
    "whatsapp": _with_link("https://wa.me/?text=", _MAX_TEXT),
    "telegram": lambda text, url: f"https://t.me/share/url?url={_q(url)}&text={_q(cut(text, _MAX_TEXT))}",
    "bluesky": _with_link("https://bsky.app/intent/compose?text=", BLUESKY_GRAPHEMES),
    "threads": _with_link("https://www.threads.com/intent/post?text=", THREADS_LIMIT),
    "mastodon": _with_link("https://share.joinmastodon.org/#text=", MASTODON_LIMIT),
}
PLACES = tuple(_PLACES)
