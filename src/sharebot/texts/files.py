"""The few words around a file that an officer asked for."""

from sharebot.texts.catalogue import Translator, translator
from sharebot.texts.cutting import shorten
from sharebot.values.feeds import Media
from sharebot.values.messages import Message
from sharebot.values.status import AssetKind

TITLE_SHOWN = 250
_MARKS = {AssetKind.PICTURE: "🖼", AssetKind.VIDEO: "🎬", AssetKind.AUDIO: "🎧", AssetKind.FILE: "📎"}


def speak(language: str) -> Translator:
    """Return the words of the files' and the personal page's catalogue."""
    return translator("personal", language)


def compose_file(language: str, title: str, media: Media) -> Message:
    """Write the caption of a file: what it belongs to."""
    name = speak(language).html("{title}", title=shorten(title, TITLE_SHOWN))
    return Message(f"{_MARKS[media.kind]} <b>{name}</b>", media=media)


def file_failed(language: str, url: str) -> Message:
    """Say that a file cannot be had here, and where it lies."""
    t = speak(language)
    return Message(t.html("This file could not be fetched just now. It is here: {url}", url=url))
