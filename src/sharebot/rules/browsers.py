"""Tell a browser from who only gives its name, by the headers that browsers of that name are known to send.

- Accept: a navigation asks for text/html, in every browser since Internet Explorer 9
  (developer.mozilla.org, "List of default Accept values"; fetch.spec.whatwg.org, "fetching", step on `Accept`).
- Accept-Language: sent by Chromium, Firefox and WebKit with every request, Tor and private windows included
  (fetch.spec.whatwg.org, the step on `Accept-Language`; developer.mozilla.org, "Accept-Language").
- Sec-Fetch-Mode, Sec-Fetch-Dest: over https since Chrome 80, Firefox 90, Safari 16.4, and by pages' scripts not to be
  changed (w3.org/TR/fetch-metadata; developer.mozilla.org, browser compatibility of "Sec-Fetch-Dest").

What browsers inside of apps, those that fetch over a server of their own (Opera Mini, UC, Silk, data savers) and old or
unknown ones leave out says nothing: they are believed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

# Browsers whose headers are not those of the engine they name, or are changed on the way.
_OF_THEIR_OWN = re.compile(
    r"; wv\)|version/4\.0 |fban|fbav|fb_iab|instagram|\bline/|micromessenger|tiktok|bytelocale|musical_ly|trill_"
    r"|linkedinapp|telegram|snapchat|pinterest|whatsapp|viber|twitter|\[.*app|kakaotalk|\bgsa/|duckduckgo|opera m|opios"
    r"|ucbrowser|ucweb|silk/|kaios|nokia|samsung-|midp|series\d\d|puffin|yabrowser.*lite|qqbrowser|miuibrowser|lynx|w3m|links|netfront",
)
_ENGINES = (
    # name, its version in the User-Agent, since when Accept and Accept-Language are sure, since when Sec-Fetch-*
    (re.compile(r"chrom(?:e|ium)/(\d+)"), (49,), (80,)),
    (re.compile(r"firefox/(\d+)"), (45,), (90,)),
    (re.compile(r"trident/(\d+)"), (7,), (99,)),
    (re.compile(r"version/(\d+)(?:\.(\d+))?(?: mobile/\w+)? safari/"), (10, 0), (16, 4)),
)


@dataclass(frozen=True, slots=True)
class Habits:
    """What a browser is known to send: Accept with text/html and Accept-Language; over https Sec-Fetch-Mode."""

    names_itself: bool
    says_what_for: bool


def habits_of(agent: str) -> Habits:
    """Return what a browser of this User-Agent is known to send; nothing of those that are believed."""
    lowered = agent.lower()
    if not _OF_THEIR_OWN.search(lowered):
        for pattern, named, fetches in _ENGINES:
            if found := pattern.search(lowered):
                version = tuple(int((part or "0")[:6]) for part in found.groups("0"))
                return Habits(version >= named, version >= fetches)
    return Habits(names_itself=False, says_what_for=False)


def is_feigned(habits: Habits, headers: Mapping[str, str], *, is_https: bool, wants: str) -> bool:
    """Whether the headers, by their names in small letters, are not those of a browser with these habits.

    `wants` is what a person's browser would ask for here: a "document" or an "image".
    """
    if "range" in headers or "from" in headers:  # a preview that wants the beginning alone; a robot's owner
        return True
    if headers.get("sec-fetch-dest", wants) != wants:
        return True
    if wants == "document" and headers.get("sec-fetch-mode", "navigate") != "navigate":
        return True
    if habits.names_itself and "accept-language" not in headers:
        return True
    if habits.names_itself and wants == "document" and "text/html" not in headers.get("accept", ""):
        return True
    return is_https and habits.says_what_for and "sec-fetch-mode" not in headers
