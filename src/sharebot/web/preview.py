"""What a content becomes for officers: the message as Telegram shows it, and what is posted on each network."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import nh3
from fastapi import Request
from markupsafe import Markup
from sqlmodel import Session

from sharebot.rules.share_links import WRITTEN, ShownPost, shown_post
from sharebot.rules.utm import CODE_LENGTH
from sharebot.runtime import Runtime
from sharebot.store.cards import list_previews
from sharebot.store.uploads import FileView
from sharebot.texts.officer import compose
from sharebot.values.cards import Card
from sharebot.values.drafts import Draft
from sharebot.values.feeds import Media
from sharebot.values.status import DataTier
from sharebot.web.guard import Unreadable

# What Telegram's HTML knows and our messages use.
_TAGS = {"b", "strong", "i", "em", "u", "s", "code", "pre", "blockquote"}


@dataclass(frozen=True, slots=True)
class Preview:
    """One language's message in one tier: its text, media and the words on its buttons; and the posts made of it.

    `picture_id` is the file that shows the picture, where we hold one.
    """

    language: str
    html: Markup
    media: Media | None
    buttons: tuple[tuple[str, ...], ...]
    posts: tuple[ShownPost, ...] = ()
    picture_id: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What the preview shows, and what else it could: the languages and the tiers."""

    preview: Preview | None
    languages: tuple[str, ...]
    tier: DataTier
    tiers: tuple[DataTier, ...] = tuple(DataTier)


def show(card: Card, *, link: str = "", files: Sequence[FileView] = ()) -> Preview:
    """Compose the message of a card just as the worker will; `link` stands for a party's short link in the posts."""
    message = compose(card)
    # Composed of escaped values and our own tags; cleaned again, since it leaves Telegram's hands here.
    html = Markup(nh3.clean(message.html, tags=_TAGS, attributes={}, link_rel=None))  # noqa: S704
    rows = tuple(tuple(button.text for button in row) for row in message.buttons)
    post = replace(card.post, url=link or card.post.url)
    posts = tuple(shown_post(network, post) for network in WRITTEN)
    return Preview(card.language, html, message.media, rows, posts, _find_picture(message.media, files))


def read_preview(
    session: Session,
    request: Request,
    runtime: Runtime,
    content_id: int,
    files: Sequence[FileView],
    draft: Draft | None = None,
) -> Shown:
    """Return the preview that the address asks for, `?tier=` and `?shown=`. Raises Unreadable for no such tier."""
    wished, tier = request.query_params.get("shown", ""), _read_tier(request)
    cards = list_previews(session, content_id, settings=runtime.settings, now=runtime.now(), tier=tier, draft=draft)
    languages = tuple(card.language for card in cards)
    card = next((one for one in cards if one.language == wished), cards[0] if cards else None)
    preview = show(card, link=sample_link(runtime), files=files) if card else None
    return Shown(preview, languages, tier)


def sample_link(runtime: Runtime) -> str:
    """Return an address as long as the short links are that parties get."""
    return f"{runtime.settings.web.public_url}/r/{'x' * CODE_LENGTH}"


def _read_tier(request: Request) -> DataTier:
    word = request.query_params.get("tier", DataTier.FULL.value)
    if word not in set(DataTier):
        raise Unreadable("tier: full, light or text")
    return DataTier(word)


def _find_picture(media: Media | None, files: Sequence[FileView]) -> int | None:
    if media is None:
        return None
    same = (one for one in files if media.url in {one.media.url, *(light.media.url for light in one.lighter)})
    return next((one.shown_id for one in same), None)
