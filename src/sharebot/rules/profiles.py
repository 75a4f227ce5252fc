"""Read the address of a public account, as an officer writes it, and write it back."""

import re
from urllib.parse import urlsplit

from sharebot.rules.pasted_links import find_links, recognise
from sharebot.values.accounts import Profile, Refusal
from sharebot.values.page_urls import normalise_url
from sharebot.values.posts import PastedLink
from sharebot.values.status import Network

LONGEST = 200
_AT_SERVER = re.compile(r"@?(?P<name>\w{1,60})@(?P<server>[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+)", re.ASCII | re.I)
_SERVER_PROFILE = re.compile(r"/(?:@|users/)(?P<name>\w{1,60})(?P<server>@[\w.-]{3,190})?/?", re.ASCII)
_PERSONAL = (  # addresses that networks give to single people alone
    re.compile(r"https?://(?:[a-z]{2,3}\.)?linkedin\.com/in/", re.I),
    re.compile(r"https?://(?:[a-z]+\.)?facebook\.com/(?:profile\.php|people/)", re.I),
    re.compile(r"https?://(?:t|telegram)\.me/(?:\+|joinchat/)", re.I),
)
_FRONTS = {
    Network.X: "https://x.com/{}",
    Network.FACEBOOK: "https://www.facebook.com/{}",
    Network.INSTAGRAM: "https://www.instagram.com/{}",
    Network.LINKEDIN: "https://www.linkedin.com/company/{}",
    Network.BLUESKY: "https://bsky.app/profile/{}",
    Network.THREADS: "https://www.threads.com/@{}",
    Network.TELEGRAM: "https://t.me/{}",
    Network.YOUTUBE: "https://www.youtube.com/@{}",
    Network.TIKTOK: "https://www.tiktok.com/@{}",
    Network.WHATSAPP: "https://whatsapp.com/channel/{}",
}


def read_profile(text: str) -> Profile | Refusal:
    """Return the account that an address, or `name@server`, names, or why it names none that a party could have.

    Nobody is asked; whether the account exists is found out later.
    """
    words = text.strip()
    if match := _AT_SERVER.fullmatch(words):
        return Profile(Network.MASTODON, f"{match['name']}@{match['server'].lower()}")
    link = _only_link(words)
    if link is None:
        return Refusal.NO_PROFILE
    if any(shape.match(link.url) for shape in _PERSONAL):
        return Refusal.PERSONAL
    if link.network is Network.WEBSITE:
        return _elsewhere(link.url)
    if link.external_id is not None:
        return Refusal.A_POST
    return profile_of(link) or Refusal.NO_PROFILE


def names_server(text: str) -> bool:
    """Whether words are nothing but an account on a server of its own, such as `name@server`."""
    found = read_profile(text)
    return isinstance(found, Profile) and found.network is Network.MASTODON


def _only_link(words: str) -> PastedLink | None:
    if not words or len(words.split()) != 1:
        return None
    found = find_links(words)
    if not found and re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", words):
        found = [link for link in [recognise(f"https://{words}")] if link]
    return found[0] if len(found) == 1 else None


def profile_of(link: PastedLink) -> Profile | None:
    """Return the account whose profile a link opens; None for a post, a page, and an account without a name."""
    if link.external_id is not None or not link.handle or link.network is Network.WEBSITE:
        return None
    handle = link.handle.removeprefix("@")
    if link.network is Network.MASTODON and re.search(r"/\d+/?$", urlsplit(link.url).path):
        return None  # another server's copy of a post
    return Profile(link.network, handle) if len(handle) <= LONGEST else None


def _elsewhere(url: str) -> Profile | Refusal:
    parts = urlsplit(url)
    if match := _SERVER_PROFILE.fullmatch(parts.path):
        server = (match["server"] or "").removeprefix("@") or (parts.hostname or "")
        return Profile(Network.MASTODON, f"{match['name']}@{server.lower()}")
    if site_host(url) is None or len(url) > LONGEST:
        return Refusal.UNKNOWN_NETWORK
    return Profile(Network.WEBSITE, url if url.isascii() else normalise_url(url) or url)


def site_host(address: str) -> str | None:
    """Return the host of a website as it is compared; None for what is none, or has no name of its own."""
    plain = normalise_url(address if "://" in address else f"https://{address}")
    host = (urlsplit(plain).hostname or "") if plain else ""
    is_named = re.search(r"\.[a-z][a-z0-9-]+$", host) is not None
    return host if is_named else None


def profile_url(profile: Profile) -> str:
    """Return an address that opens an account, and that `read_profile` reads as the same account."""
    if profile.network is Network.WEBSITE:
        return profile.handle if "://" in profile.handle else f"https://{profile.handle}"
    if profile.network is Network.MASTODON:
        name, _, server = profile.handle.partition("@")
        return f"https://{server}/@{name}"
    return _FRONTS[profile.network].format(profile.handle)
