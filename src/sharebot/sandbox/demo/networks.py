"""The networks of the play behind one set of verbs: open an account, announce, repeat, write, take back."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sharebot.sandbox.demo import fiction
from sharebot.sandbox.publisher import Story, address_of
from sharebot.sandbox.world import Sandbox
from sharebot.values.status import Network

REPEATABLE = frozenset({Network.BLUESKY, Network.X, Network.MASTODON})
_FIRST_CHANNEL = -1_002_000_000_001


@dataclass(frozen=True, slots=True)
class Place:
    """An account of a party where its posts can be seen; `code` is the party's."""

    network: Network
    handle: str
    code: str


@dataclass(slots=True)
class Networks:
    """Everything is done as the account's owner would do it. `ours` are the Alliance's posts by network and title."""

    sandbox: Sandbox
    ours: dict[tuple[Network, str], str] = field(default_factory=dict)
    repeated: list[tuple[Place, str]] = field(default_factory=list)
    _written: int = 0

    def open(self, network: Network, handle: str, *, code: str, name: str) -> Place | None:
        """Open an account; None where nobody could see its posts."""
        match network:
            case Network.BLUESKY:
                self.sandbox.bluesky.account(handle)
            case Network.X:
                self.sandbox.x.account(handle)
            case Network.MASTODON:
                self.sandbox.mastodon.account(handle)
            case Network.WEBSITE:
                self.sandbox.party_sites.open(code, name, listing="sitemap" if "sitemap" in handle else "feed")
            case Network.TELEGRAM:
                number = _FIRST_CHANNEL - len(self.sandbox.telegram.channels)
                self.sandbox.telegram.add_channel(number, name, handle)
            case _:
                return None
        return Place(network, handle, code)

    def announce(self, story: Story) -> None:
        """Publish a story with the Alliance's own accounts."""
        language, title = next(iter(story.titles.items()))
        if (Network.BLUESKY, title) in self.ours:
            return
        link, box = address_of(f"{self.sandbox.base_url}/site", story, language), self.sandbox
        box.bluesky.account(fiction.ACCOUNT)
        posts = {
            Network.BLUESKY: box.bluesky.post(box.bluesky.account(fiction.ACCOUNT), title, link=link),
            Network.X: box.x.post(box.x.account(fiction.X_ACCOUNT), title, link=link),
            Network.MASTODON: box.mastodon.post(fiction.MASTODON_ACCOUNT, title, link=link),
        }
        if story.kind == "video":
            channel = box.youtube.channel(fiction.YOUTUBE_ACCOUNT)
            box.youtube.upload(channel, link[-11:], title, description=story.texts[language], appeal=len(title))
        for network, post in posts.items():
            self.ours |= {(network, one): post for one in story.titles.values()}

    def repeat(self, place: Place, title: str, *, quote: bool) -> bool:
        """Repost or quote the Alliance's post of a story; False where there is none."""
        post = self.ours.get((place.network, title))
        if post is None:
            return False
        if quote:
            self._post(place, "Read this.", None, quotes=post)
            return True
        match place.network:
            case Network.BLUESKY:
                self.sandbox.bluesky.repost(self.sandbox.bluesky.account(place.handle), post)
            case Network.X:
                self.sandbox.x.repost(self.sandbox.x.account(place.handle), post)
            case _:
                self.sandbox.mastodon.boost(place.handle, post)
        self.repeated.append((place, post))
        return True

    def write(self, place: Place, title: str, link: str) -> None:
        """Post a story with the party's own link."""
        self._post(place, title, link)

    def take_back(self, choose: Callable[[list[tuple[Place, str]]], tuple[Place, str]]) -> None:
        """Undo one repost, as people do."""
        if not self.repeated:
            return
        place, post = choose(self.repeated)
        self.repeated.remove((place, post))
        match place.network:
            case Network.BLUESKY:
                self.sandbox.bluesky.undo_repost(self.sandbox.bluesky.account(place.handle), post)
            case Network.X:
                author = self.sandbox.x.account(place.handle)
                self.sandbox.x.delete(self.sandbox.x.reposts[post][author].id)
            case _:
                self.sandbox.mastodon.undo_boost(place.handle, post)

    def _post(self, place: Place, text: str, link: str | None, *, quotes: str | None = None) -> None:
        box = self.sandbox
        match place.network:
            case Network.BLUESKY:
                box.bluesky.post(box.bluesky.account(place.handle), text, link=link, quotes=quotes)
            case Network.X:
                box.x.post(box.x.account(place.handle), text, link=link, quotes=quotes)
            case Network.MASTODON:
                box.mastodon.post(place.handle, text, link=link, quotes=quotes)
            case Network.TELEGRAM:
                channel = next(one for one in box.telegram.channels.values() if one.username == place.handle)
                channel.post(f"{text} {link}")
            case _:
                self._written += 1
                body = f'<p>{text}</p><p><a href="{link}">{link}</a></p>'
                box.party_sites.write(place.code, f"news-{self._written}", text, body)
