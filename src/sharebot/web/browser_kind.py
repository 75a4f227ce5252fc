"""Which browser and system somebody signs in from, in two words; nothing else of its header is kept."""

_BROWSERS = (
    ("Firefox", ("Firefox/", "FxiOS/")),
    ("Edge", ("Edg/", "EdgA/", "EdgiOS/")),
    ("Opera", ("OPR/",)),
    ("Samsung Internet", ("SamsungBrowser/",)),
    ("Chrome", ("Chrome/", "CriOS/", "HeadlessChrome/")),
    ("Safari", ("Safari/",)),
)
_SYSTEMS = (
    ("Android", ("Android",)),
    ("iPhone", ("iPhone",)),
    ("iPad", ("iPad",)),
    ("Windows", ("Windows",)),
    ("Mac", ("Macintosh", "Mac OS X")),
    ("ChromeOS", ("CrOS",)),
    ("Linux", ("Linux",)),
)


def name_browser(agent: str) -> str:
    """Return words such as `Firefox on Linux`, as far as a User-Agent tells; an empty text when it tells nothing."""
    found = [_find(agent, known) for known in (_BROWSERS, _SYSTEMS)]
    return " on ".join(word for word in found if word)


def _find(agent: str, known: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    return next((name for name, signs in known if any(sign in agent for sign in signs)), "")
