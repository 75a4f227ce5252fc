"""What differs between a content as somebody saw it and as it is now."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sharebot.store.review import ContentView, VariantView


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of one language version that is not what it was; `part` is a word, `now` what it says, if anything.

    The parts: title, text, link, media, wordings, new (the whole version), gone.
    """

    language: str
    part: str
    now: str = ""


def note_versions(view: ContentView) -> str:
    """Return short marks of all parts of a content, to be sent along with a form."""
    marks = (f"{one.language}.{part}:{_mark(text)}" for one in view.variants for part, text in _parts(one))
    return " ".join(marks)


def find_differences(view: ContentView, seen: str) -> list[Difference]:
    """Return what is not as the marks say; nothing when there are none, or when it is something beside the versions."""
    before = dict(pair.partition(":")[::2] for pair in seen.split())
    if not before:
        return []
    had = {name.partition(".")[0] for name in before}
    found = [Difference(language, "gone") for language in sorted(had - {one.language for one in view.variants})]
    for one in view.variants:
        if one.language not in had:
            found.append(Difference(one.language, "new", one.title))
            continue
        found += [
            Difference(one.language, part, text)
            for part, text in _parts(one)
            if before.get(f"{one.language}.{part}") != _mark(text)
        ]
    return found


def _parts(one: VariantView) -> Iterator[tuple[str, str]]:
    yield "title", one.title
    yield "text", one.text
    yield "link", one.url or ""
    yield "media", "\n".join(sorted(f"{media.url} {media.alt or ''}".strip() for media in one.media))
    yield "wordings", "\n".join(one.wordings)


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
